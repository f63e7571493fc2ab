/** The English of the inspector: one PE, or a rectangle of PEs, in words and numbers; what the whole page shares is in ../strings.ts. */
import { bytes, count, grouped, percent, real } from '../format.ts';

export const INSPECTOR_TEXT = {
  none: 'Run, then select a PE on the fabric.',
  selected: 'Selected PE',
  noRow: 'no row',
  rows: (first: number, last: number) => `rows ${grouped(first)} to ${grouped(last)}`,
  rowsOf: (rows: string, matrices: readonly string[]) => `${rows} of ${matrices.join(' and ')}`,
  host: 'the host',
  area: {
    label: 'Selected PEs',
    drop: 'Let go',
    dropKey: 'Esc',
    running: 'Pause to see what they do.',
    /** Shares of the cycles that are shown. */
    computing: 'Computing',
    shares: (mean: number, p95: number, max: number) => `mean ${percent(mean)}, p95 ${percent(p95)}, max ${percent(max)}`,
    leaving: 'Last results leave',
    leavingIn: (first: number, last: number) => `cycles ${grouped(first)} to ${grouped(last)}`,
  },
  now: {
    name: 'Now',
    nothing: 'nothing',
    inProgram: 'in its program',
    inThread: 'in a microthread',
    beforeFirst: 'before the first block',
    mark: (name: string, at: number, of: number) => `${name} ${grouped(at)} of ${grouped(of)}`,
    queue: (letter: string) => `${letter} queue`,
    queued: (n: number, capacity: number) => `${grouped(n)} of ${grouped(capacity)} words`,
    float64: (value: number) => `float64 ${real(value, 9)}`,
    more: (n: number) => `${grouped(n)} more`,
    exact: '✓ bit-exact',
  },
  /** What a PE waits for; `word` is a word of a stream: "x[3]". */
  waits: {
    name: 'Waits for',
    goThere: 'Go there',
    nothing: 'nothing',
    slot: 'the issue slot, held by another thread',
    room: (letter: string, held: number) => `room in the ${letter} output queue, which holds ${grouped(held)}`,
    unsent: (word: string, by: string) => `${word}, not yet sent by ${by}`,
    link: (word: string) => `${word}, on its way`,
    router: (word: string) => `${word}, in the router`,
    at: (word: string, pe: string) => `${word}, now at ${pe}`,
  },
  why: {
    name: (cycles: number) => `Why does it wait ${cycles === 1 ? 'this cycle' : `these ${count(cycles, 'cycle')}`}?`,
    earlier: (n: number) => `after ${count(n, 'earlier step')}`,
  },
  /** Steps of the critical path; places are PEs or the host. */
  leg: {
    work: (reason: string, at: string) => `${reason} at ${at}`,
    stays: (at: string) => `On the way at ${at}`,
    goes: (from: string, to: string) => `On the way from ${from} to ${to}`,
    from: (cycle: number) => `from ${grouped(cycle)}`,
  },
  memory: {
    name: 'SRAM',
    class: (name: string) => `SRAM, class ${name}`,
    allocations: (name: string, n: number) => `class ${name}, ${count(n, 'allocation')}`,
    map: 'Memory map',
    range: (name: string, first: number, last: number, addresses: string) =>
      `${name}: bytes ${grouped(first)} to ${grouped(last)} (${addresses}), ${bytes(last - first + 1)}`,
    rangeOf: (range: string, n: number, all: number) => `${range}, ${n} of ${all}`,
    table: (capacity: number) => `Memory, ${bytes(capacity)}`,
    columns: { range: 'Range', kind: 'For', first: 'First byte', last: 'Last byte', bytes: 'Bytes', share: 'Share' },
  },
  latency: 'Latency of this PE',
  roofline: {
    name: 'Roofline',
    ofPe: (pe: string) => `Roofline of ${pe}`,
    ofMean: 'Roofline of a PE, the mean',
    meaning:
      'Multiply-adds a cycle against multiply-adds for each word from the fabric. The slope is the ramp, one word a cycle; the line is the row dot of the op table; dashed, what is left of it with dequantising, set-up and scalar code.',
    bound: { ramp: 'held by the ramp', compute: 'held by the compute element' },
    shows: (achieved: number, intensity: number, peak: number) =>
      `${real(achieved, 3)} multiply-adds a cycle at ${real(intensity, 3)} a word; the row dot alone would give ${real(peak, 3)}`,
    x: 'multiply-adds a word, log',
    y: 'multiply-adds a cycle, log',
    columns: { rate: 'Rate', macs: 'Multiply-adds a cycle' },
    achieved: (intensity: number) => `achieved, at ${real(intensity, 3)} multiply-adds a word`,
    withOverheads: 'with dequantising, set-up and scalar code',
    peak: 'row dot alone',
    byRamp: 'by the ramp, one word a cycle',
  },
} as const;

/** The machine's exact state at the paused playhead. */
export const EXACT_TEXT = {
  name: 'Exact state',
  pause: 'Pause to read registers, threads and queue words.',
  reading: 'Reading…',
  alone: 'Timed only: this PE was simulated alone, with the words it took and sent at their cycles in the run.',
  ofLayer: 'Timed only: a PE of a layer needs what others compute, so it has no state and no results by itself. Numerics computes the results of all.',
  tiled: 'Timed only: this PE adds up what others send, so it has no state by itself. Its results were computed with its fabric row alone.',
  noRows: 'Timed only: a PE without rows has no state by itself.',
  empty: 'empty',
  /** Between the values of a list, whose digits stand in groups. */
  between: ', ',
  registers: 'Registers',
  input: (color: number, words: string) => `color ${color}: ${words}`,
  threads: {
    none: 'No thread has an instruction.',
    columns: { thread: 'Thread', task: 'Task', instruction: 'Instruction', element: 'Element' },
    main: 'main',
    element: (at: number, of: number) => `${grouped(at)} of ${grouped(of)}`,
  },
  router: {
    name: 'Router',
    position: (color: number, position: number) => `color ${color}, position ${position}`,
    fifo: (port: string, color: number) => `FIFO ${port}, color ${color}`,
  },
  sum: {
    none: 'No row is being added up in this cycle.',
    label: 'Partial sum',
    name: (row: number, token: number) => `Partial y[${grouped(row)},${grouped(token)}]`,
    products: (n: number, of: number) => `${grouped(n)} of ${grouped(of)}`,
    productsFrom: (n: number, of: number, column: number) => `${grouped(n)} of ${grouped(of)} from column ${grouped(column)} on`,
    accumulator: 'Accumulator, f32',
    float64: 'float64, same words',
    difference: 'Difference',
    plainLoop: 'Plain loop',
    same: '✓ same bits',
  },
  blocks: {
    name: 'Stored weights, Q4_K',
    row: 'Row',
    block: 'Block',
    place: (block: number, of: number, column: number) => `block ${block} of ${of}, columns from ${grouped(column)}`,
    scales: (d: number, dmin: number) => `d ${real(d, 6)}, dmin ${real(dmin, 6)}; a weight is d × scale × nibble − dmin × min`,
    columns: { weights: 'Weights', scale: 'Scale', min: 'Min', nibbles: 'Nibbles' },
    weights: (first: number, last: number) => `${first} to ${last}`,
    values: 'Its 256 values',
  },
} as const;
