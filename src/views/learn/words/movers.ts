/** The English of the lesson: who moves. */
import type { Given } from '../../../lessons/types.ts';
import { grouped as n, percent } from '../../format.ts';
import type { LessonWords } from './types.ts';

export const movers: LessonWords<Given['movers']> = {
  once: {
    title: 'A single column',
    text: (g) => [
      `A is a matrix of M = ${n(g.m)} rows with K = ${n(g.k)} quantised weights each. B has N columns of activations; a column is a token of a text. Every row is multiplied with every column.`,
      `Two kernels keep the weights in the PEs, one row each, on a rectangle of ${n(g.width)} × ${n(g.height)} PEs, and let the columns flow past. Streaming unpacks every block anew for every column. Stationary unpacks its row once.`,
    ],
    ask: () => 'With N = 1, which is done first?',
    hints: () => [
      'How often does each of them unpack a block?',
      'With one column, both do it once.',
      'What is left are details: stationary copies each block to its place first.',
    ],
    explain: (g) => [
      `${n(g.streaming1)} cycles for streaming, ${n(g.stationary1)} for stationary: with one column there is nothing to save. Then the lines in the figure part.`,
    ],
    choices: (g) => ({ streaming: 'streaming', stationary: 'stationary', tie: `neither, within ${percent(g.tie, 0)}` }),
  },
  slope: {
    title: 'The price of a column',
    text: (g) => [`Stationary took ${n(g.stationary1)} cycles for one column, and takes ${n(g.stationary2)} for two.`],
    ask: (g) => `How many cycles for N = ${n(g.slopeN)}?`,
    hints: (g) => [
      'What does the second column cost?',
      `${n(g.stationary2 - g.stationary1)} cycles. Unpacking is not in it.`,
      `Add it ${n(g.slopeN - 2)} more times to ${n(g.stationary2)}.`,
    ],
    explain: (g) => [
      `Unpacking is paid once; after that every column costs the same. Streaming pays for both each time, and needs ${n(g.streamingAtSlope)} cycles.`,
    ],
  },
  crossing: {
    title: 'Weights on the move',
    text: (g) => [
      `A third kernel lets the weights move. The activations stay in the PEs; the quantised blocks come from outside and stream down the columns of the fabric, as the grid of routers is called. Each row of the fabric works on columns of B of its own, so ${n(g.height)} columns are worked on at once. But a fabric column has ${n(g.rowsOfColumn)} rows of A to unpack, and each of its PEs unpacks them for itself.`,
      `With N = 1 this takes ${n(g.moving1)} cycles. Up to N = ${n(g.height)} it hardly takes longer, because every column has a fabric row of its own. Stationary takes ${n(g.stationary1)} for one column, and ${n(g.stationary2 - g.stationary1)} for each further one.`,
    ],
    ask: () => 'From which N on does weight streaming take fewer cycles?',
    hints: (g) => [
      `How many further columns does stationary manage before it has used ${n(g.moving1)} cycles?`,
      `(${n(g.moving1)} − ${n(g.stationary1)}) / ${n(g.stationary2 - g.stationary1)} = ${n((g.moving1 - g.stationary1) / (g.stationary2 - g.stationary1), 2)} further columns.`,
      'Add the first column, and take the next whole number.',
    ],
    explain: (g) => [
      `Stationary has a row for ${n(g.stationaryPes)} of the ${n(g.width * g.height)} PEs; the others do nothing. Weight streaming puts ${n(g.movingPes)} to work. It pays for unpacking in every fabric row, and wins by the PEs that were idle.`,
      'The crossing was found by simulating both at every N in the figure.',
    ],
  },
  full: {
    title: 'No PE to spare',
    text: (g) => [
      `Now A has ${n(g.nextM)} rows, one for every PE of the same rectangle. Stationary takes about as long as before, because the rows work side by side. In weight streaming a fabric column has ${n(g.nextRowsOfColumn)} rows to unpack instead of ${n(g.rowsOfColumn)}.`,
    ],
    ask: (g) => `Does weight streaming overtake sooner, later, or never? Look up to N = ${n(g.nextMost)}.`,
    hints: () => [
      'Which PEs are idle now?',
      'None. So what could weight streaming still be better at?',
      'It unpacks every row once in every fabric row that works.',
    ],
    explain: () => [
      'Never. Every PE already has a row, so there is nothing to gain, and the unpacking is repeated. Weights should move when they do not fit, or when much of the machine would have nothing to do.',
    ],
    choices: () => ({ sooner: 'sooner', later: 'later', never: 'never' }),
  },
};
