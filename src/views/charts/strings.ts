/** The English of the charts: axes, their ends, the playhead. */
import { grouped, percent } from '../format.ts';

export const CHART_TEXT = {
  pes: 'PEs',
  noneReaches: 'No PE reaches this stage.',
  cycles: (n: number) => `${grouped(n)} cycles`,
  cycleOf: (cycle: number, last: number) => `cycle ${grouped(cycle)} of ${grouped(last)}`,
  log: (title: string) => `${title}, log`,
  /** A change as a share, and of what value. */
  change: (share: number, at: string) => `${share > 0 ? '+' : ''}${percent(share, Math.abs(share) < 0.001 ? 3 : 1)}${at === '' ? '' : ` at ${at}`}`,
  playhead: 'Playhead',
  /** Where the playhead is that the chart does not show. */
  beyond: [', before what is shown', '', ', after what is shown'],
} as const;
