/** The sweep page's English and what its metrics are. */
import { DEFINITIONS } from '../../analysis/definitions.ts';
import type { Metric, PointResult } from '../../store/sweep.ts';

interface MetricWords {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly of: (result: PointResult) => number;
  /** The same by closed form; NaN where it says nothing. */
  readonly closedForm: (result: PointResult) => number;
}

const cyclesOf = ({ cycles, closedForm }: PointResult): number => cycles ?? closedForm;
const none = (): number => Number.NaN;

export const METRIC_WORDS: Readonly<Record<Metric, MetricWords>> = {
  cycles: { name: 'Cycles', unit: 'cycles', meaning: DEFINITIONS.cycles.meaning, of: cyclesOf, closedForm: (r) => r.closedForm },
  cyclesPerColumn: {
    name: 'Cycles per column',
    unit: 'cycles a column',
    meaning: 'Simulated cycles / N: what one column of B costs beside the others.',
    of: (r) => cyclesOf(r) / r.n,
    closedForm: (r) => r.closedForm / r.n,
  },
  microseconds: { name: 'Time', unit: 'µs', meaning: DEFINITIONS.microseconds.meaning, of: (r) => r.microseconds, closedForm: none },
  utilisationMac: {
    name: 'Multiply-add utilisation',
    unit: '%',
    meaning: DEFINITIONS['utilisation.mac'].meaning,
    of: (r) => 100 * r.utilisationMac,
    closedForm: none,
  },
  sramBytes: { name: 'SRAM of the fullest PE', unit: 'B', meaning: DEFINITIONS.sram.meaning, of: (r) => r.sramBytes, closedForm: none },
  usedPes: { name: 'PEs with work', unit: 'PEs', meaning: 'PEs that hold rows of A.', of: (r) => r.usedPes, closedForm: none },
};

/** Values to begin with when a parameter is chosen. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  n: '1..8*2',
  k: '256..2048:256',
  m: '16..128*2',
  seed: '1..4',
  kernel: 'streaming,stationary',
  machine: 'teaching,wse2,wse3',
  format: 'q4_k,q6_k,q8_0,f16',
  pes: '4x4,8x4,8x8',
};
