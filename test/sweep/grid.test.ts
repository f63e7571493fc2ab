/** Parameters and grids of a sweep. */
import { describe, expect, it } from 'vitest';
import { gridOf, type ParamKind, parseParam } from '../../src/sweep/grid.ts';

const KINDS = new Map<string, ParamKind>([
  ['k', 'number'],
  ['n', 'number'],
  ['kernel', 'text'],
  ['pes', 'rectangle'],
  ['mac', 'decimal'],
]);
const parse = (text: string) => parseParam('--param', text, KINDS);

describe('a parameter', () => {
  it.each([
    ['k=256..1024:256', [256, 512, 768, 1024]],
    ['k=1..4', [1, 2, 3, 4]],
    ['n=1..100*4', [1, 4, 16, 64]],
    ['n=8,1..3,8', [8, 1, 2, 3]],
    ['kernel=streaming, stationary', ['streaming', 'stationary']],
    ['pes=8x8,16x4', ['8x8', '16x4']],
    ['mac=0.25..4*2', [0.25, 0.5, 1, 2, 4]],
    ['mac=0.5..2:0.5,3', [0.5, 1, 1.5, 2, 3]],
  ])('%s has the values %j', (text, values) => {
    expect(parse(text).values).toEqual(values);
  });

  it.each([
    ['k', /does not begin with a parameter/],
    ['size=3', /parameters are k, n, kernel, pes, mac/],
    ['k=', /neither a whole number nor a range/],
    ['k=3..1', /ends before it begins/],
    ['k=1..5:0', /never reaches its end/],
    ['n=1..8*1', /never reaches its end/],
    ['n=0..8*2', /never reaches its end/],
    ['k=1e3', /neither a whole number/],
    ['k=0.5', /neither a whole number/],
    ['mac=.5', /neither a number/],
    ['mac=0..1*2', /never reaches its end/],
    ['k=1..99999999', /more than 500000 values/],
    ['pes=8', /not a rectangle/],
    ['kernel=a,,b', /an empty value/],
  ])('%s is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('a grid', () => {
  it('is every combination over the base, the last parameter fastest', () => {
    const grid = gridOf('--param', { m: 8 }, [parse('k=1,2'), parse('kernel=a,b')]);
    expect(grid.map((p) => `${p.m} ${p.k} ${p.kernel}`)).toEqual(['8 1 a', '8 1 b', '8 2 a', '8 2 b']);
  });

  it('refuses a parameter named twice, and more points than anybody means', () => {
    expect(() => gridOf('--param', {}, [parse('k=1'), parse('k=2')])).toThrow(/given twice/);
    expect(() => gridOf('--param', {}, [parse('k=1..2000'), parse('n=1..2000')])).toThrow(/4000000 points/);
  });
});
