/** Conditions and baselines: what is read, what fails, what is refused. */
import { describe, expect, it } from 'vitest';
import { resultOf } from '../../src/analysis/compare.ts';
import { checkMetric, failedConditions, parseCondition, worseThan } from '../../src/analysis/gates.ts';

const RESULT = resultOf({ cycles: 100, utilisation: { mac: 0.5 }, sram: { usedBytes: 64 }, facts: [{ name: 'tokens a second', value: 9 }] });
const failed = (...texts: readonly string[]) =>
  failedConditions(
    '--fail-if',
    texts.map((text) => parseCondition('--fail-if', text)),
    RESULT,
  );

describe('a condition', () => {
  it.each([
    ['cycles > 13000', { metric: 'cycles', operator: '>', value: 13000 }],
    ['cycles>=1e3', { metric: 'cycles', operator: '>=', value: 1000 }],
    ['  utilisation.mac < 50 % ', { metric: 'utilisation.mac', operator: '<', value: 0.5 }],
    ['facts.tokens a second <= .5', { metric: 'facts.tokens a second', operator: '<=', value: 0.5 }],
    ['errors.vsPlainLoop != 0', { metric: 'errors.vsPlainLoop', operator: '!=', value: 0 }],
    ['a == -1.5', { metric: 'a', operator: '==', value: -1.5 }],
  ])('%s is read', (text, condition) => {
    expect(parseCondition('--fail-if', text)).toEqual(condition);
  });

  it.each(['', 'cycles', 'cycles >', '> 3', 'cycles = 3', 'cycles => 3', 'cycles > many', 'cycles > 1 > 2', 'cycles > 1; x', 'cycles > 0x10'])(
    '%j is refused',
    (text) => {
      expect(() => parseCondition('--fail-if', text)).toThrow(/is not a metric, an operator/);
    },
  );

  it.each([
    ['<', [false, false, true]],
    ['<=', [false, true, true]],
    ['>', [true, false, false]],
    ['>=', [true, true, false]],
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
  ])('%s holds against 99, 100 and 101 as it says', (operator, holds) => {
    expect([99, 100, 101].map((value) => failed(`cycles ${operator} ${value}`).length === 1)).toEqual(holds);
  });

  it('that holds says so with the value; several say so each', () => {
    expect(failed('cycles > 99', 'utilisation.mac < 60%', 'cycles > 100')).toEqual(['cycles is 100, which is > 99', 'utilisation.mac is 0.5, which is < 0.6']);
  });

  it('on a metric that is not there names the nearest', () => {
    expect(() => failed('cycels > 1')).toThrow(/there is no metric 'cycels'/);
    expect(() => checkMetric('--fail-if', parseCondition('--fail-if', 'usedbytes > 1'), [...RESULT.measures.keys()])).toThrow(
      expect.objectContaining({ fixes: [expect.stringContaining('sram.usedBytes')] }),
    );
  });
});

describe('a baseline', () => {
  const with_ = (changes: object, config = {}) =>
    resultOf({ config: { m: 4, k: 256, n: 1, ...config }, cycles: 100, utilisation: { mac: 0.5 }, closedForm: 100, ...changes });
  const worse = (changes: object, tolerance = 0) => worseThan('--baseline', with_({}), with_(changes), tolerance);

  it('passes what is equal or better, and what is no cost', () => {
    expect(worse({})).toEqual([]);
    expect(worse({ cycles: 90, utilisation: { mac: 0.6 }, closedForm: 900 })).toEqual([]);
  });

  it('fails what is worse by more than the tolerance: more cycles, less utilisation', () => {
    expect(worse({ cycles: 101 })).toEqual(['cycles is 101, was 100, 1 % more']);
    expect(worse({ cycles: 101 }, 0.01)).toEqual([]);
    expect(worse({ cycles: 102, utilisation: { mac: 0.4 } }, 0.01)).toEqual(['cycles is 102, was 100, 2 % more', 'utilisation.mac is 0.4, was 0.5, 20 % less']);
  });

  it('of zero fails anything more', () => {
    const of = (n: number) => resultOf({ errors: { vsPlainLoop: n } });
    expect(worseThan('--baseline', of(0), of(1), 0.5)).toEqual(['errors.vsPlainLoop is 1, was 0']);
  });

  it('of another problem, or with nothing in common, is refused', () => {
    expect(() => worseThan('--baseline', with_({}), with_({}, { n: 2 }), 0)).toThrow(/config\.n is 1 there and 2 here/);
    const bare = resultOf({ m: 4, k: 256, n: 3, format: 'q4_k', cycles: 100 });
    expect(() => worseThan('--baseline', bare, with_({}), 0), 'of cycles alone').toThrow(/config\.n is 3 there and 1 here/);
    expect(() => worseThan('--baseline', with_({}, { format: 'q6_k', n: 3 }), bare, 0)).toThrow(/config\.format is q6_k there and q4_k here/);
    expect(worseThan('--baseline', bare, bare, 0)).toEqual([]);
    expect(() => worseThan('--baseline', resultOf({ x: 1 }), with_({}), 0)).toThrow(/no metric in common/);
  });
});
