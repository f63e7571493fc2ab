/** The English of the charts: axes, their ends, the playhead. */
import { grouped } from '../format.ts';

export const CHART_TEXT = {
  pes: 'PEs',
  noneReaches: 'No PE reaches this stage.',
  cycles: (n: number) => `${grouped(n)} cycles`,
  cycleOf: (cycle: number, last: number) => `cycle ${grouped(cycle)} of ${grouped(last)}`,
  log: (title: string) => `${title}, log`,
  playhead: 'Playhead',
  /** Where the playhead is that the chart does not show. */
  beyond: [', before what is shown', '', ', after what is shown'],
} as const;
