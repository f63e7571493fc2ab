/** The English of the lesson: the last PE. */
import type { Given } from '../../../lessons/types.ts';
import { grouped as n } from '../../format.ts';
import type { LessonWords } from './types.ts';

export const lastPe: LessonWords<Given['last-pe']> = {
  cycles: {
    title: 'One row too many',
    text: (g) => [
      `A matrix product puts rows of A on PEs. On ${n(g.width)} × ${n(g.height)} = ${n(g.pes)} PEs with one row of K = ${n(g.k)} each it takes ${n(g.oneRow)} cycles. A PE with two rows takes ${n(g.twoRows)} for both: a little more than twice, because it must keep the activations for its second row.`,
      `Now A has ${n(g.m)} rows for the same ${n(g.pes)} PEs. Each PE is filled with as many rows as the fullest needs to have.`,
    ],
    ask: () => 'How many cycles until the last result is out?',
    hints: () => ['How many rows does the fullest PE have?', 'Two. Everybody else waits for it.', 'The run ends when a PE with two rows ends.'],
    explain: (g) => [
      `Rows over PEs, rounded up, set the time: here two, and so ${n(g.twoRows)} cycles, as many as for ${n(2 * g.pes)} rows. The row after the ${n(g.pes)}th costs as much as ${n(g.pes)} more.`,
    ],
  },
  share: {
    title: 'What is left idle',
    text: (g) => [
      `With ${n(2 * g.pes)} rows every PE has two, and none waits. With ${n(g.m)} rows the run takes as long. On average a PE has ${n(g.m / g.pes, 2)} rows then, which sounds well filled.`,
    ],
    ask: (g) => `What percentage of the full run's work does the run of ${n(g.m)} rows do in the same time?`,
    hints: (g) => ['A row is as much work as any other.', `${n(g.m)} rows of ${n(2 * g.pes)}.`, 'In percent, with one decimal.'],
    explain: (g) => [`${n(g.m)} / ${n(2 * g.pes)}: nearly half of the PEs do nothing. The average hides it; the fullest PE shows it.`],
  },
  worst: {
    title: 'Where it hurts most',
    text: (g) => [
      `The same share for any number of rows M: M over ${n(g.pes)} times M / ${n(g.pes)} rounded up. It is a saw: it falls after every multiple of ${n(g.pes)}, and climbs back.`,
    ],
    ask: () => 'Which of these numbers of rows uses the PEs worst?',
    hints: (g) => [
      `Divide each by the next multiple of ${n(g.pes)}.`,
      `${n(g.m)} / ${n(2 * g.pes)} and ${n(2 * g.pes + 1)} / ${n(3 * g.pes)} are the candidates.`,
      'The higher the multiple, the smaller its tooth.',
    ],
    explain: (g) => [
      `${n(g.m)}: just past the first multiple, where a PE goes from one row to two. Past the second one it goes from two to three, and less is lost.`,
    ],
    choices: (g) => ({
      'one-less': `${n(g.pes - 1)} rows`,
      full: `${n(g.pes)} rows`,
      'one-more': `${n(g.m)} rows`,
      'two-more': `${n(2 * g.pes + 1)} rows`,
    }),
  },
  split: {
    title: 'Cutting the rows',
    text: (g) => [
      `${n(g.m)} rows again, of K = ${n(g.splitK)}, on ${n(g.pes)} PEs. The kernel split-k also cuts the rows: the PEs form a rectangle, each row of the fabric gets whole rows of A, and its PEs share each of them. In the end the parts are added up along the fabric row.`,
      `One PE wide, so that nothing is cut, it takes ${n(g.splitWhole)} cycles.`,
    ],
    ask: () => 'Which rectangle, width × height, is done first?',
    hints: (g) => [
      `A fabric row gets ${n(g.m)} / height rows, rounded up.`,
      'A PE has these rows, and of each its part, K / width.',
      'With a height of 1 nothing has to be rounded up.',
    ],
    explain: () => [
      'With a single fabric row every PE has the same part of every row, and none waits for another. Adding up the parts costs little beside that. Work that is cut finer fits better.',
    ],
    choices: (g) => ({
      whole: `1 × ${n(g.pes)}`,
      quarter: `${n(g.pes / 4)} × 4`,
      half: `${n(g.pes / 2)} × 2`,
      rows: `${n(g.pes)} × 1`,
    }),
  },
};
