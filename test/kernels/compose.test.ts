/** Programs side by side: each keeps its place, and two on one PE are refused. */
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { compose } from '../../src/kernels/compose.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { gemmOf } from './drive.ts';

const part = (name: string, x: number, y: number) => {
  const gemm = gemmOf(4, 256, 1);
  const kernel = kernelById('streaming');
  return { name, x, y, program: kernel.build(kernel.plan(gemm, WSE2, { width: 2, height: 2 }), gemm) };
};

describe('programs on one rectangle', () => {
  it('two bands of 2 x 2 PEs share classes and routes; the second one has its sources two fabric rows down', () => {
    const whole = compose(WSE2, { width: 2, height: 4 }, [part('north', 0, 0), part('south', 0, 2)]);
    expect(whole.sources.map((s) => s.pe)).toEqual([0, 4]);
    expect(whole.classOf.slice(0, 4)).toEqual(whole.classOf.slice(4));
  });

  it('that lie on one another are one error that names both, the PE and the first free fabric row', () => {
    try {
      compose(WSE2, { width: 4, height: 4 }, [part('a', 0, 0), part('b', 2, 0), part('c', 1, 1)]);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(WeftError);
      expect((error as WeftError).oneLine()).toBe('regions: a and c both lie on PE 1,1. Fix: place c from fabric row 2 on.');
    }
  });
});
