/** The English of the lesson: 48 KB. */
import type { Given } from '../../../lessons/types.ts';
import { factor, grouped as n } from '../../format.ts';
import type { LessonWords } from './types.ts';

const divide = (...rest: readonly [sram: number, code: number, beside: number, row: number]): string => {
  const [sram, code, beside, row] = rest;
  return `(${n(sram)} − ${n(code)} − ${n(beside)}) / (${n(row)} + 4)`;
};

const rowHints = (sram: number, code: number, beside: number, row: number): readonly [string, string, string] => [
  `What is left for rows: ${n(sram)} − ${n(code)} − ${n(beside)} bytes.`,
  `A row and its result take ${n(row)} + 4 bytes.`,
  'Divide, and round down: half a row computes nothing.',
];

export const memory: LessonWords<Given['memory']> = {
  row: {
    title: 'The bytes of a row',
    text: (g) => [
      `The weights of a language model are matrices, and each PE gets whole rows of one. To save room, weights are quantised: the format Q4_K keeps blocks of 256 weights in ${n(g.blockBytes)} bytes, a few bits for each.`,
      `A row here has K = ${n(g.k)} weights.`,
    ],
    ask: () => 'How many bytes is a row?',
    hints: (g) => [`How many blocks of 256 are ${n(g.k)} weights?`, `${n(g.k / 256)} blocks.`, `Each of them takes ${n(g.blockBytes)} bytes.`],
    explain: (g) => [
      `${n(g.k / 256)} blocks of ${n(g.blockBytes)} bytes are ${n(g.rowBytes)}. As floats of 32 bits the same row takes ${n(g.floatBytes)} bytes, ${factor(g.floatBytes / g.rowBytes)} as much. The dashed line in the figure is all that a PE has.`,
    ],
  },
  rows: {
    title: 'Rows as they are stored',
    text: (g) => [
      `A PE has ${n(g.sram)} bytes of memory and nothing behind it: no cache, no slower memory to fall back on. The program takes ${n(g.code)} of them.`,
      `A kernel is a way to lay a matrix product out on the PEs. The one called streaming keeps its rows quantised and unpacks one block at a time. For that, and for the activations it multiplies with, it needs ${n(g.besideStored)} bytes. Every row also needs 4 bytes for its result.`,
    ],
    ask: (g) => `How many rows of K = ${n(g.k)} does one PE hold?`,
    hints: (g) => rowHints(g.sram, g.code, g.besideStored, g.rowBytes),
    explain: (g) => [
      `${divide(g.sram, g.code, g.besideStored, g.rowBytes)}, rounded down. The simulator placed that many rows and computed with them; one more cannot be placed.`,
      'In the figure grey is the program, blue the rows, orange what computing needs beside them.',
    ],
  },
  floats: {
    title: 'Rows as floats',
    text: (g) => [
      'Unpacking a block costs about as many cycles as multiplying it. The kernel called stationary unpacks every row once and keeps the floats: 4 bytes a weight.',
      `It needs ${n(g.besideFloat)} bytes beside its rows.`,
    ],
    ask: (g) => `How many rows of K = ${n(g.k)} does one PE hold now?`,
    hints: (g) => rowHints(g.sram, g.code, g.besideFloat, g.floatBytes),
    explain: (g) => [
      `${divide(g.sram, g.code, g.besideFloat, g.floatBytes)}, rounded down. What is saved in cycles is paid in bytes: it is memory that decides which mapping can be chosen.`,
    ],
  },
  longest: {
    title: 'The longest row',
    text: (g) => [
      `Take a single row a PE. With buffers as small as they can be, stationary gets by with ${n(g.besideLongest)} bytes beside the row, and 4 for its result. K must be a multiple of 256.`,
    ],
    ask: () => 'What is the largest K whose row fits as floats?',
    hints: (g) => [
      `${n(g.sram)} − ${n(g.code)} − ${n(g.besideLongest)} − 4 bytes are left for the row.`,
      'A weight takes 4 bytes.',
      'Round down to a multiple of 256.',
    ],
    explain: (g) => [
      `K = ${n(g.longest)} fits, and was computed. K = ${n(g.tooLong)} is ${n(g.over)} bytes too long: the placement is refused and says so. Nothing is ever cut off silently.`,
    ],
  },
  mend: {
    title: 'What mends it',
    text: (g) => [
      `A row of K = ${n(g.tooLong)} floats overflows the PE by ${n(g.over)} bytes. Three remedies come to mind: floats of 16 bits instead of 32; rows that stay quantised, as in streaming; more PEs for the same matrix, each with whole rows as before.`,
    ],
    ask: () => 'Which of them does not help?',
    hints: () => [
      'What is the least of a matrix that a PE can hold when it gets whole rows?',
      'One row.',
      'More PEs make fewer rows a PE. They make no row shorter.',
    ],
    explain: () => [
      'One row a PE is the least this mapping can do, so more PEs change nothing. Halving the weights helps, and leaving them quantised does, at the price of unpacking every block for every column.',
      'There is a fourth way, to cut the rows themselves. That is the kernel split-k, and the end of the lesson on the last PE.',
    ],
    choices: () => ({ f16: 'floats of 16 bits', streaming: 'rows that stay quantised', 'more-pes': 'more PEs' }),
  },
  halves: {
    title: 'Half the bytes',
    text: (g) => [
      `Now rows of K = ${n(g.nextK)} as floats of 16 bits: 2 bytes a weight. The kernel needs ${n(g.besideNext)} bytes beside them, and 4 a row for the result.`,
    ],
    ask: () => 'How many rows does one PE hold?',
    hints: (g) => rowHints(g.sram, g.code, g.besideNext, g.nextBytes),
    explain: (g) => [`${divide(g.sram, g.code, g.besideNext, g.nextBytes)}, rounded down.`],
  },
};
