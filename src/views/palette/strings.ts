/** The English of search and commands. What is found by a number is asked for by the word of its kind: "row 17", of several matrices "row 17 of ffn_up". */
import { grouped } from '../format.ts';

/** A command's name, and the key that does the same. */
type Words = readonly [name: string, keys?: string];

export const PALETTE_TEXT = {
  title: 'Search and commands',
  field: 'Search',
  placeholder: 'PE x,y, row, cycle, tensor, event or command',
  found: 'Found',
  of: 'of',
  nothing: 'Nothing is called so.',
  kinds: { pe: 'PE', row: 'Row', cycle: 'Cycle', tensor: 'Tensor', event: 'Event', command: 'Command' },
  row: (row: number, matrix: string) => `Row ${grouped(row)}${matrix === '' ? '' : ` of ${matrix}`}`,
  cycle: (cycle: number) => `Cycle ${grouped(cycle)}`,
  at: (cycle: number, pe: string | null) => `cycle ${grouped(cycle)}${pe === null ? '' : `, ${pe}`}`,
  size: (m: number, k: number) => `${grouped(m)} × ${grouped(k)}`,
} as const;

export const COMMANDS = {
  run: ['Run', 'Ctrl Enter'],
  play: ['Play', 'Space'],
  playBack: ['Play backwards'],
  blame: ['Go to what the selected PE waits for', 'B'],
  copyLink: ['Copy a link to this moment', 'Ctrl Shift C'],
  openFile: ['Open a file', 'Ctrl O'],
  save: ['Save as a project file', 'Ctrl S'],
  export: ['Export', 'Ctrl E'],
  demo: ['Open the demo model'],
  synthetic: ['Use a synthetic matrix'],
  layer: (name: string): Words => [`Layer: ${name}`, 'L'],
  dock: (name: string): Words => [`Dock: ${name}`],
  toggleDock: ['Show or hide the dock', 'Q'],
  toggleSetup: ['Show or hide the setup', 'Ctrl B'],
  table: ['Fabric as a table'],
  theme: (name: string): Words => [`Theme: ${name}`],
  page: (name: string): Words => [`Page: ${name}`],
  lessons: 'Lessons',
  help: ['Help and keys', '?'],
} as const;
