/** Stationary against streaming and against weight-streaming: crossings in N, K and M under three ways of counting the load. */
import { describe, expect, it } from 'vitest';
import { type Along, type Cost, compare, type Question } from '../../src/kernels/compare.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';

const question = (change: Partial<Question> & { along: Along }, n = 4): Question => ({
  against: 'streaming',
  accounting: 'resident',
  machine: WSE2,
  shape: { m: 4096, k: 4096, n, format: 'q4_k' },
  ...change,
});
const ACCOUNTINGS = ['resident', 'loaded', 'reloaded'] as const;
const placed = (cost: Cost | string): Cost => {
  if (typeof cost === 'string') throw new Error(cost);
  return cost;
};

describe('stationary against streaming', () => {
  it.each(ACCOUNTINGS)('%s, in N: a tie at N = 1, stationary wins for every N >= 2', (accounting) => {
    for (const machine of [WSE2, WSE3]) {
      const { crossing, table, because } = compare(question({ along: 'n', accounting, machine }));
      expect(crossing).toBe(2);
      expect(table.map((p) => p.winner)).toEqual(['tie', ...Array(table.length - 1).fill('stationary')]);
      expect(because).toContain('streaming dequantises every block for every column, stationary once');
    }
  });

  it.each(ACCOUNTINGS)('%s, in K: stationary wins at N = 4 while the row fits, up to K = 11,008, which leaves 944 B; 16,384 does not fit', (accounting) => {
    const { crossing, because, table } = compare(question({ along: 'k', accounting }));
    expect(crossing).toBe(11_264);
    expect(because).toContain('stationary no longer fits, a PE overflows by 516 B');
    expect(table.find((p) => p.value === 11_008)?.winner).toBe('stationary');
    expect(table.find((p) => p.value === 16_384)).toMatchObject({ winner: 'streaming', stationary: expect.stringContaining('overflows') });
    const { memory } = kernelById('stationary').plan({ m: 1, k: 11_008, n: 1, format: 'q4_k' }, WSE2);
    expect(49_152 - memory[0].bytes - memory[1].bytes).toBe(944);
  });

  it('resident, in M: two f32 rows of K = 4096 fit a PE, so up to M = 1,491,000 on WSE-2 and 8192 on 64x64 PEs', () => {
    expect(compare(question({ along: 'm' })).crossing).toBe(1_491_001);
    expect(compare(question({ along: 'm', rectangle: { width: 64, height: 64 } })).crossing).toBe(8193);
  });

  it('reloaded, in M at N = 1 on 64x64: beyond 8192 rows stationary loads every wave again and streaming, which keeps its rows, wins', () => {
    const { crossing, because, table } = compare(question({ along: 'm', accounting: 'reloaded', rectangle: { width: 64, height: 64 } }, 1));
    expect(crossing).toBe(8193);
    expect(because).toContain('stationary no longer fits at once and loads 2 waves for every product');
    const at = table.find((p) => p.value === 8193);
    expect([placed(at?.stationary ?? '').waves, placed(at?.against ?? '').waves]).toEqual([2, 1]);
    expect(placed(at?.stationary ?? '').load).toBe(Math.ceil((8192 * 2304) / 4 / 44) + Math.ceil(2304 / 4 / 44));
  });

  it('reloaded, at N = 64 there is no crossing in M: dequantising once outweighs loading', () => {
    const { crossing, because } = compare(question({ along: 'm', accounting: 'reloaded', rectangle: { width: 64, height: 64 } }, 64));
    expect(crossing).toBeNull();
    expect(because).toContain('there is none: stationary wins');
  });

  it('at N = 1 there is no crossing in K below 11,008: both dequantise every block once', () => {
    const { crossing, because } = compare(question({ along: 'k', values: [256, 1024, 4096, 11_008] }, 1));
    expect(crossing).toBeNull();
    expect(because).toContain('with one column both dequantise every block once');
  });

  it('loaded counts ceil(bytes / 4 / 44) cycles for either', () => {
    const load = Math.ceil((4096 * 2304) / 4 / 44);
    const [without, with_] = (['resident', 'loaded'] as const).map((accounting) => compare(question({ along: 'n', accounting, values: [1, 2] })).table);
    without.forEach((point, i) => {
      for (const side of ['stationary', 'against'] as const) expect(placed(with_[i][side]).cycles - placed(point[side]).cycles).toBe(load);
    });
  });
});

describe('stationary against weight-streaming', () => {
  it('resident, in N: with a whole wafer for 4096 rows, weight-streaming wins from some N between 10 and 20 on; on equal 64x64 PEs never', () => {
    const free = compare(question({ along: 'n', against: 'weight-streaming' }));
    expect(free.crossing).toBeGreaterThanOrEqual(10);
    expect(free.crossing).toBeLessThanOrEqual(20);
    expect(free.because).toContain('stationary wins at first, a tie at N = ');
    const equal = compare(question({ along: 'n', against: 'weight-streaming', rectangle: { width: 64, height: 64 } }));
    expect(equal.crossing).toBeNull();
    expect(equal.because).toContain('each PE of weight-streaming dequantises all rows of its fabric column');
  });

  it('in K neither is placed beyond 11,008, and stationary wins below', () => {
    const { crossing, table } = compare(question({ along: 'k', against: 'weight-streaming' }));
    expect(crossing).toBeNull();
    expect(table.find((p) => p.value === 12_288)?.winner).toBe('none');
  });

  it('a matrix that does not fit is placed by weight-streaming alone, if nothing is reloaded', () => {
    const { crossing, because } = compare(
      question({ along: 'm', against: 'weight-streaming', values: [4096, 8192, 16_384], rectangle: { width: 64, height: 64 } }),
    );
    expect(crossing).toBe(8193);
    expect(because).toContain('stationary no longer fits');
  });

  it('in M at N = 4 on 64x64 PEs the winner changes twice: weight-streaming to 128 rows, stationary to 8192, then it no longer fits', () => {
    const { crossing, changes } = compare(question({ along: 'm', against: 'weight-streaming', rectangle: { width: 64, height: 64 } }));
    expect(changes.map((c) => [c.at, c.winner])).toEqual([
      [129, 'stationary'],
      [8193, 'weight-streaming'],
    ]);
    expect([crossing, changes[1].because.includes('stationary no longer fits')]).toEqual([129, true]);
  });

  it('reloaded wave by wave, stationary still wins beyond 8192 rows: its load takes less than dequantising every row in every fabric row', () => {
    const { changes, table } = compare(question({ along: 'm', against: 'weight-streaming', accounting: 'reloaded', rectangle: { width: 64, height: 64 } }));
    expect(changes.map((c) => c.at)).toEqual([129]);
    expect(table.filter((p) => p.value > 8192 && typeof p.stationary !== 'string').every((p) => p.winner === 'stationary')).toBe(true);
  });

  it('a crossing is where it says: neighbours have different winners, by their closed forms', () => {
    for (const machine of [TEACHING, WSE2, WSE3])
      for (const along of ['n', 'm'] as const) {
        const { crossing, table } = compare(
          question({ along, against: 'weight-streaming', machine, shape: { m: 500, k: 1024, n: 8, format: 'q4_k' }, values: [1, 8, 64, 512] }),
        );
        if (crossing === null) continue;
        const at = table.findIndex((p) => p.value === crossing);
        expect(table[at - 1].value).toBe(crossing - 1);
        expect(table[at].winner).not.toBe(table[at - 1].winner);
        const kernel = kernelById('stationary');
        const plan = kernel.plan({ m: 500, k: 1024, n: 8, format: 'q4_k', [along]: crossing }, machine);
        expect(placed(table[at].stationary).cycles).toBe(kernel.estimate(plan).closedForm.cycles);
      }
  });
});
