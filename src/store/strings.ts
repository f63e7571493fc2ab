/** What the state of the page says by itself, in English: of links, files, marks and runs. What components show is in src/views. */
import { grouped } from '../base/numbers.ts';

const taken = (value: string): string => (value === '' ? 'it was left out' : `${value} was taken`);

/** Of what an address says and what became of it; `key` and `value` as they stand there. */
export const LINK_TEXT = {
  unknown: (key: string, value: string, usual: string) => `${key}=${value} is unknown; ${taken(usual)}.`,
  noName: (key: string, value: string, usual: string) => `${key}=${value} is no name; ${usual} was taken.`,
  noNumber: (key: string, value: string, usual: number | string = 'the machine’s own') => `${key}=${value} is not a number; ${usual} was taken.`,
  noCount: (key: string, value: string) => `${key}=${value} is no whole number from 1; it was left out.`,
  noWhole: (key: string, value: string) => `${key}=${value} is no whole number; it was left out.`,
  noCycle: {
    t: (value: string) => `t=${value} is not a cycle; the playhead was left where it was.`,
    from: (value: string) => `from=${value} is not a cycle; no range begins there.`,
  },
  noMark: (part: string) => `marks: ${part} is no cycle, nor cycle.x.y; it was left out.`,
  noPair: (key: string, value: string, separator: string) => `${key}=${value} is not two numbers parted by "${separator}"; it was left out.`,
  noSpan: (value: string) => `span=${value} is no range of cycles; the whole run is shown.`,
  outside: (key: string, value: number, nearest: number) => `${key}=${value} cannot be set; ${nearest} was taken.`,
  afterEnd: (cycle: number, end: number) => `t=${cycle} is after the end; the playhead is at ${grouped(end)}.`,
  outsideFabric: (x: number, y: number) => `sel=${x},${y} is outside the rectangle; the nearest PE is selected.`,
  version: (theirs: string, ours: number) => `The link is of version ${theirs}; this page reads version ${ours} and took what it knows.`,
  damaged: 'This link is cut or damaged, so its state could not be read; copy it again, whole.',
  nothingKnown: (key: string) => `The link holds nothing that this page knows (${key}); what it does not say is as usual.`,
  otherCycles: (then: number, now: number) => `This run took ${grouped(then)} cycles when the link was made; it takes ${grouped(now)} now.`,
  otherModel: (theirs: string, ours: string) =>
    `The link was made with version ${theirs} of the machine's model; this page computes with ${ours}, so numbers may differ.`,
  sameCycles: (theirs: string, ours: string, cycles: number) =>
    `The link was made with version ${theirs} of the machine's model; this page computes with ${ours}: the same ${grouped(cycles)} cycles.`,
  bothDiffer: (theirs: string, ours: string, then: number, now: number) =>
    `The link was made with version ${theirs} of the machine's model; this page computes with ${ours}. The run took ${grouped(then)} cycles then; it takes ${grouped(now)} now.`,
  othersFile: (name: string, shown: string) => `${name} is a file of whoever made this link; ${shown} is shown.`,
  parts: (unknown: string, parts: string) => `ui=${unknown} is unknown; the parts are ${parts}.`,
  theme: (value: string | null) => `theme=${value} is unknown; it is light, dark or system.`,
  remote: {
    noAddress: (url: string) => `url=${url} is no address; nothing is fetched.`,
    notSecure: (url: string) => `url=${url} is not https; nothing is fetched.`,
    named: 'The address in this link has a name or a password in it; nothing is fetched.',
    notOpened: (name: string) => `${name} is no file that Weft opens; nothing is fetched.`,
  },
  packed: {
    tooMuch: 'the link unpacks to more than a link holds',
    tooLong: (characters: number, most: number) => `the link has ${grouped(characters)} characters; ${grouped(most)} are read`,
    noLetters: 'the link has characters that no packed link has',
    damaged: 'the link is cut or damaged',
    empty: 'the link holds no state',
    fix: 'copy the link again, whole',
  },
} as const;

/** Of files. */
export const FILE_TEXT = {
  reading: (file: string) => `Reading ${file}.`,
  open: (title: string) => `${title} is open.`,
  noComparison: (file: string) => `${file} holds no comparison; the Lab opens it.`,
  notAwaited: (file: string) => `No side waits for ${file}; the Lab opens it.`,
  notOpened: (name: string) =>
    `${name} is none of what Weft opens: a model (.gguf), a trace (.weft-trace; .trace.json or .pftrace as this page saves them), a topology (.csv), a project (.weft.json), a config.json.`,
  chooseAgain: 'choose the file again',
  noRun: (file: string) => `'${file}' does not say which run it is of`,
  noRunFixes: ['open a trace that this page saved', 'open the .weft-trace'],
  tooLarge: (size: 'M' | 'K' | 'N', value: number, most: number) => `${size} = ${grouped(value)} is more than the Lab takes; ${grouped(most)} was taken.`,
  padded: (k: number, padded: number) => `K = ${grouped(k)} was padded to ${grouped(padded)}, whole blocks of 256.`,
  counted: (layer: string, count: number) => `${layer} stands for ${grouped(count)} products of this size; one is run.`,
  layers: (file: string, count: number, first: string) => `${file} holds ${grouped(count)} layers; ${first} is set up.`,
  marks: (count: number) => (count === 1 ? '1 mark is back.' : `${count} marks are back.`),
  marksOf: (count: number, trace: string) => `${count === 1 ? '1 mark is' : `${count} marks are`} back; open ${trace} for the run that they belong to.`,
  project: {
    noJson: (file: string) => `'${file}' is not JSON`,
    noProject: (file: string) => `'${file}' is no Weft project`,
    version: (file: string, theirs: string, ours: number) => `'${file}' is of version ${theirs}; this page reads version ${ours}`,
    noSetup: (file: string) => `'${file}' has no setup of the Lab`,
    fix: 'choose a .weft.json that this page saved with Ctrl S',
  },
} as const;

/** Of marks and ranges; `end` where one is of a range. */
export const MARK_TEXT = {
  noRange: 'No range is chosen.',
  range: (cycle: number) => `A range begins at cycle ${grouped(cycle)}: move the playhead, M keeps it.`,
  gone: (cycle: number, end?: number) =>
    end === undefined ? `The mark at cycle ${grouped(cycle)} is gone.` : `The mark at cycles ${grouped(cycle)} to ${grouped(end)} is gone.`,
  made: (cycle: number, end?: number) => (end === undefined ? `Cycle ${grouped(cycle)} is marked.` : `Cycles ${grouped(cycle)} to ${grouped(end)} are marked.`),
  tooMany: (most: number) => `There are ${grouped(most)} marks already; take one away first.`,
  key: (digit: number, cycle: number) => `Key ${digit} goes to cycle ${grouped(cycle)}.`,
  noKey: (digit: number) => `No mark has the key ${digit}; Ctrl ${digit} or Shift ${digit} sets it.`,
} as const;

/** Of runs, sweeps and questions. */
export const RUN_TEXT = {
  restarted: 'The simulation worker stopped and was started again.',
  cancelled: 'The run was cancelled.',
  exportCancelled: 'The export was cancelled; nothing was saved.',
  cancelledAt: (cycle: number) => `The run was cancelled at cycle ${grouped(cycle)}.`,
  tooManyPoints: (points: number, most: number) => `${grouped(points)} points are more than the ${grouped(most)} of a page`,
  fewerPoints: ['use weft sweep', 'take larger steps'],
  sentences: ['How old are you?', 'What is your age?'],
} as const;
