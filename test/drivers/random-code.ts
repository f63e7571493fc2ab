/**
 * What PEs of random programs do: their streams' jobs as vector ops of every kind, on main or in microthreads, in one piece
 * or in loops, over several tasks that activate and unblock one another, with scalar runs, memory ops and marks between them.
 */
import { assemble, type Code, fabricIn, fabricOut, mark, mem, repeat, scalar, vector } from '../../src/machine/builder.ts';
import type { VectorOp } from '../../src/machine/ops.ts';
import {
  CONDITIONS,
  type Destination,
  type Instruction,
  type MemoryOperand,
  type Scalar,
  type ScalarStep,
  type Source,
  type Trigger,
  type VectorInstruction,
} from '../../src/machine/program.ts';
import type { Dice } from './random-program.ts';
import { CONTROL_TASK, type Job } from './random-streams.ts';
import type { Sketch } from './sketch.ts';

/** Registers by use: three loop counters, two bases, a mark, two accumulators, two floats, two integers, the words of triggers. */
const R = { counters: [0, 1, 2], trigger: 3, bases: [4, 5], data: 6, mark: 7, sums: [8, 9], floats: [10, 11], integers: [13, 14] } as const;
const FLOATS = 64;
const HALVES = 64;
/** Base registers add at most this; arrays are so much longer than what strides reach. */
const SLACK = 8;
const ACTIVITY = ['compute', 'dequantise', 'send', 'receive', 'load'] as const;

type Piece = Code[number];
/** A job that vector ops do. */
type Coded = Exclude<Job, { kind: 'controlled' }>;

/** A PE while its code is written. */
interface Bench {
  readonly d: Dice;
  readonly sketch: Sketch;
  readonly pe: number;
  readonly floats: number;
  readonly halves: number;
  readonly queueOf: (color: number) => number;
  readonly outputOf: (color: number) => number;
}

const word = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];
const fraction = (d: Dice): number => d.between(-8, 8) / 8;

/** What the host may do to a PE that has code: where its floats are, and the names of tasks it may launch. */
export interface Written {
  readonly floats: number;
  readonly launched: readonly string[];
}

/** Gives PE `pe` tasks that do `jobs` in order; `starts`: the host may launch the first. A PE without jobs often stays empty. */
export function writeCode(d: Dice, sketch: Sketch, pe: number, jobs: readonly Job[], starts: boolean): Written | undefined {
  if (jobs.length === 0 && d.chance(0.7)) return undefined;
  const bench = furnish(d, sketch, pe, jobs);
  const served = servedByTasks(d, jobs);
  const coded = jobs.filter((job): job is Coded => job.kind !== 'controlled' && !served.some((other) => other === job));
  const parts: Piece[][] = Array.from({ length: d.between(1, Math.max(1, Math.min(3, coded.length))) }, () => []);
  for (const [i, job] of coded.entries()) {
    const part = parts[Math.floor((i * parts.length) / coded.length)];
    if (d.chance(0.5)) part.push(...noise(bench, 0));
    part.push(...perform(bench, job));
  }
  if (d.chance(0.5)) parts[parts.length - 1].push(...noise(bench, 0));
  const launched = addTasks(bench, parts, {
    controlled: jobs.some((job) => job.kind === 'controlled'),
    queues: served.map((job) => bench.queueOf(job.color)),
    starts: starts && d.chance(0.7),
  });
  return { floats: bench.floats, launched };
}

type Receive = Extract<Job, { kind: 'receive' }>;

/** Receives that a data task does instead: of colors that nothing else here takes. */
function servedByTasks(d: Dice, jobs: readonly Job[]): Receive[] {
  if (!d.whole) return [];
  const colors = jobs.flatMap((job) => (job.kind === 'receive' || job.kind === 'relay' ? [job.color] : []));
  return jobs.filter((job): job is Receive => job.kind === 'receive' && colors.filter((c) => c === job.color).length === 1 && d.chance(0.2));
}

/** Memory with loaded values, and queues for the colors of the jobs. */
function furnish(d: Dice, sketch: Sketch, pe: number, jobs: readonly Job[]): Bench {
  const floats = sketch.floats(
    pe,
    Array.from({ length: FLOATS + SLACK / 4 }, () => fraction(d)),
    2 * d.below(4) * 2,
  );
  const halves = sketch.loaded(pe, new Uint8Array(Uint16Array.from({ length: HALVES + SLACK / 2 }, () => d.below(65536)).buffer), 2 * d.below(4));
  const inputs = [...new Set(jobs.flatMap((job) => (job.kind === 'receive' || job.kind === 'relay' ? [job.color] : [])))];
  const outputs = [...new Set(jobs.flatMap((job) => (job.kind === 'send' ? [job.color] : job.kind === 'relay' ? [job.to] : [])))];
  const numbers = d.shuffle([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const [i, color] of inputs.entries()) sketch.input(pe, color, numbers[i]);
  const outNumbers = d.shuffle([0, 1, 2, 3, 4, 5]);
  for (const [i, color] of outputs.entries()) sketch.output(pe, color, outNumbers[i]);
  return { d, sketch, pe, floats, halves, queueOf: (color) => inputs.indexOf(color), outputOf: (color) => outputs.indexOf(color) };
}

/** Tasks beside those of the parts: for control wavelets, for data of these queues; and who starts the first part. */
interface Around {
  readonly controlled: boolean;
  readonly queues: readonly number[];
  readonly starts: boolean;
}

/**
 * Links the parts into tasks with shuffled numbers: each starts the next by a flag instruction or by the end of a vector op.
 * A control task comes before them, data tasks after them. Returns the names of tasks that the host may launch.
 */
function addTasks(bench: Bench, parts: readonly Piece[][], { controlled, queues, starts }: Around): string[] {
  const { d, sketch, pe } = bench;
  if (controlled) triggered(bench, { kind: 'control', register: R.trigger });
  const first = controlled ? CONTROL_TASK + 1 : 0;
  const extra = d.chance(0.3);
  const numbers = d.shuffle(Array.from({ length: parts.length + (extra ? 1 : 0) }, (_, i) => first + i));
  const data = queues.map((queue, i) => ({ queue, number: first + numbers.length + i, blocked: d.chance(0.15) }));
  const tasks: { code: Piece[]; name: string; active: boolean; blocked: boolean }[] = [];
  let blocked = false;
  for (const [i, part] of parts.entries()) {
    const next = i + 1 < parts.length;
    const byBlock = next && d.chance(0.5);
    const code = [...prologue(bench), ...part];
    if (!next) for (const { number } of data.filter((task) => task.blocked)) code.splice(d.below(code.length + 1), 0, { kind: 'unblock', task: number });
    if (next) startNext(d, code, numbers[i + 1], byBlock);
    if (extra && d.chance(0.5))
      code.splice(d.below(code.length + 1), 0, { kind: d.pick(['activate', 'block', 'unblock'] as const), task: numbers[parts.length] });
    const launched = i === 0 && starts;
    tasks[numbers[i]] = { code, name: launched ? 'start' : `part ${i}`, active: (i === 0 && !launched) || blocked, blocked };
    blocked = byBlock;
  }
  if (extra) tasks[numbers[parts.length]] = { code: noise(bench, 0), name: 'extra', active: d.chance(0.7), blocked: d.chance(0.3) };
  for (const { code, ...flags } of tasks.slice(first)) sketch.task(pe, skipping(d, assemble(code)), flags);
  for (const task of data) triggered(bench, { kind: 'data', queue: task.queue, register: R.data }, task.blocked);
  return [...(starts ? ['start'] : []), ...(extra ? ['extra'] : [])];
}

/** A task that a wavelet starts: it looks at the word, or does nothing. */
function triggered(bench: Bench, trigger: Trigger, blocked = false): void {
  const { d, sketch, pe, floats } = bench;
  const look = scalar(
    d.pick(ACTIVITY),
    { op: 'st32', b: trigger.register, imm: floats + 4 * d.below(FLOATS) },
    { op: 'add', d: R.integers[0], a: R.integers[0], b: trigger.register },
  );
  sketch.task(pe, assemble([...(d.chance(0.7) ? [look] : []), ...(d.chance(0.2) ? noise(bench, 1) : [])]), { active: false, blocked, trigger });
}

/** Puts a branch over some instructions that only pass time in front of a task, now and then. */
function skipping(d: Dice, code: readonly Instruction[]): readonly Instruction[] {
  if (!d.whole || code.length === 0 || !d.chance(0.2)) return code;
  const idle = Array.from({ length: d.between(0, 2) }, () => scalar(d.pick(ACTIVITY), { op: 'addi', d: R.integers[1], a: R.integers[1], imm: 1 }));
  const to = 2 + idle.length;
  const branch: Instruction = { kind: 'branch', activity: d.pick(ACTIVITY), register: R.integers[0], when: d.pick(CONDITIONS), to };
  const head: Instruction[] = [scalar('compute', { op: 'li', d: R.integers[0], imm: d.between(-1, 1) }), branch, ...idle];
  return [...head, ...code.map((i) => ('to' in i ? { ...i, to: i.to + to } : i))];
}

/** Makes the code of a task activate or unblock the next one, once. */
function startNext(d: Dice, code: Piece[], task: number, byBlock: boolean): void {
  const vectors = code.flatMap((piece, i) => (piece.kind === 'vector' ? [i] : []));
  if (vectors.length === 0 || d.chance(0.4)) {
    code.push({ kind: byBlock ? 'unblock' : 'activate', task });
    return;
  }
  const at = d.pick(vectors);
  const op = code[at] as VectorInstruction;
  code[at] = { ...op, ...(byBlock ? { unblocks: task } : { activates: task }) };
}

/** Sets bases and floats, so that they mean something in every task; once in a while a base is out of bounds. */
function prologue({ d }: Bench): Piece[] {
  const bases = R.bases.map(
    (register): ScalarStep => ({ op: 'li', d: register, imm: d.chance(0.004) ? d.pick([2, -8192, 1 << 20]) : 4 * d.below(SLACK / 4 + 1) }),
  );
  const floats = R.floats.map((register): ScalarStep => ({ op: 'li', d: register, imm: word(fraction(d)) }));
  return d.chance(0.7) ? [scalar('load', ...bases, ...floats)] : [];
}

/** The instructions of one job. */
function perform(bench: Bench, job: Coded): Piece[] {
  const control = job.kind === 'send' && job.control !== undefined ? [controlOp(bench, job.color, job.control)] : [];
  return [...performData(bench, job), ...control];
}

/** Sends one control wavelet, by main: behind what a microthread sends it would not know when. */
function controlOp(bench: Bench, color: number, word: number): Piece {
  const address = bench.sketch.loaded(bench.pe, new Uint8Array(Uint32Array.of(word).buffer));
  return vector('send', 'mov32', 1, { to: { ...fabricOut(bench.outputOf(color), { advance: false }), control: true }, a: mem(address) });
}

function performData(bench: Bench, job: Coded): Piece[] {
  const { d } = bench;
  // Words of a microthread and a control wavelet of main would leave in an order of their own.
  const alone = job.kind === 'send' && job.control !== undefined;
  const thread = d.chance(0.4) && !alone ? d.below(8) : undefined;
  if (d.whole && d.chance(0.12) && !alone) return throughFifo(bench, job);
  const whole = (words: number, advance: boolean): Piece[] => [withThread(jobOp(bench, job, words, advance), thread)];
  const advance = job.kind !== 'receive' && job.advance;
  const divisors = Array.from({ length: job.words }, (_, i) => i + 1).filter((n) => job.words % n === 0);
  const rounds = d.pick(divisors);
  if (rounds === 1 || d.chance(0.5)) return whole(job.words, advance);
  if (advance) return [...whole(job.words - 1, false), ...whole(1, true)];
  const body = [...whole(job.words / rounds, false), ...(d.chance(0.4) ? noise(bench, 1) : [])];
  return [repeat(d.pick(ACTIVITY), R.counters[0], rounds, body)];
}

/** A job by way of a FIFO in memory, which a microthread fills. */
function throughFifo(bench: Bench, job: Coded): Piece[] {
  const { d, sketch, pe } = bench;
  const { words } = job;
  const fifo = { kind: 'fifo', fifo: sketch.fifo(pe, d.between(1, 5)) } as const;
  const [one, other] = d.shuffle([0, 1, 2, 3, 4, 5, 6, 7]);
  const into = job.kind === 'send' ? vectorOf(bench, 4, words) : fabricIn(bench.queueOf(job.color));
  const fill: VectorInstruction = { ...vector(d.pick(ACTIVITY), 'mov32', words, { to: fifo, a: into }), thread: one };
  const rest = d.chance(0.3) ? other : undefined;
  if (job.kind === 'receive') {
    const op = d.chance(0.5)
      ? vector(d.pick(ACTIVITY), 'f32_add', words, { to: vectorOf(bench, 4, words), a: fifo, b: vectorOf(bench, 4, words) })
      : vector(d.pick(ACTIVITY), 'f32_sum', words, { to: { kind: 'register', register: d.pick(R.sums) }, a: fifo });
    return [fill, withThread(op, rest)];
  }
  const to = fabricOut(bench.outputOf(job.kind === 'send' ? job.color : job.to), { advance: job.advance });
  return [fill, withThread(vector(d.pick(ACTIVITY), 'mov32', words, { to, a: fifo }), rest)];
}

/** Words added to a FIFO in memory and taken again, by main: as many as it holds. */
function fifoNoise(bench: Bench): Piece[] {
  const { d, sketch, pe } = bench;
  const capacity = d.between(1, 6);
  const fifo = { kind: 'fifo', fifo: sketch.fifo(pe, capacity) } as const;
  const words = d.between(1, capacity);
  return [
    vector(d.pick(ACTIVITY), 'mov32', words, { to: fifo, a: vectorOf(bench, 4, words) }),
    vector(d.pick(ACTIVITY), 'f32_sub', words, { to: vectorOf(bench, 4, words), a: fifo, b: vectorOf(bench, 4, words) }),
  ];
}

const withThread = (op: VectorInstruction, thread: number | undefined): VectorInstruction => (thread === undefined ? op : { ...op, thread });

/** A vector op that takes and sends `words` wavelets, as the job says. */
function jobOp(bench: Bench, job: Coded, words: number, advance: boolean): VectorInstruction {
  const { d } = bench;
  const activity = d.pick(ACTIVITY);
  const make = (op: VectorOp, destination: Destination, a: Source, b?: Source, s?: Scalar): VectorInstruction => ({
    ...{ kind: 'vector', op, activity, length: words, destination, a },
    ...(b && { b }),
    ...(s && { scalar: s }),
  });
  const floats = (): MemoryOperand => vectorOf(bench, 4, words);
  const halves = (): MemoryOperand => vectorOf(bench, 2, words);
  const factor = floatScalar(d);
  const mask: Scalar = { imm: d.below(65536) };
  if (d.whole && d.chance(0.15)) return packedOp(bench, job, words, advance);
  if (job.kind === 'send') {
    const out = fabricOut(bench.outputOf(job.color), { advance });
    return d.pick([
      make('mov32', out, floats()),
      make('f32_scale', out, floats(), undefined, factor),
      make('f32_add', out, floats(), floats()),
      make('i16_f32', out, halves()),
      make('and16', out, halves(), undefined, mask),
    ]);
  }
  const queue = fabricIn(bench.queueOf(job.color));
  if (job.kind === 'relay') {
    const out = fabricOut(bench.outputOf(job.to), { advance });
    return d.pick([make('f32_add', out, queue, floats()), make('mov32', out, queue), make('f32_mac', out, floats(), queue, factor), make('mov16', out, queue)]);
  }
  if (words % 2 === 0 && d.chance(0.1)) return { ...make('f32_add', floats(), queue, queue), length: words / 2 };
  const sum = { kind: 'register', register: d.pick(R.sums) } as const;
  return d.pick([
    make('mov32', floats(), queue),
    make('f32_mul', floats(), floats(), queue),
    make('f32_mac', floats(), queue, floats(), factor),
    make('f32_sum', sum, queue),
    make('f32_dot', sum, floats(), queue),
    make('i16_f32', floats(), queue),
    make('add16', halves(), queue, halves()),
    make('shr16', halves(), queue, undefined, { imm: d.below(16) }),
  ]);
}

/** A vector op on packed words, two 16-bit elements each; the last may hold one. */
function packedOp(bench: Bench, job: Coded, words: number, advance: boolean): VectorInstruction {
  const { d } = bench;
  const length = 2 * words - (d.chance(0.2) ? 1 : 0);
  const halves = (): MemoryOperand => vectorOf(bench, 2, length);
  const activity = d.pick(ACTIVITY);
  const out = (color: number) => ({ ...fabricOut(bench.outputOf(color), { advance }), packed: true });
  if (job.kind === 'send') return vector(activity, 'mov16', length, { to: out(job.color), a: halves() });
  const a = { ...fabricIn(bench.queueOf(job.color)), packed: true };
  if (job.kind === 'relay') return vector(activity, 'xor16', length, { to: out(job.to), a, b: halves() });
  return d.chance(0.5)
    ? vector(activity, 'add16', length, { to: halves(), a, b: halves() })
    : vector(activity, 'addc16', length, { to: halves(), a, b: halves(), scalar: { imm: d.below(2) } });
}

const floatScalar = (d: Dice): Scalar => (d.chance(0.5) ? { imm: word(fraction(d)) } : { register: d.pick(R.floats) });

/** A vector of `length` elements inside the PE's floats (width 4) or halves: any stride, one or two dimensions, perhaps a base. */
function vectorOf({ d, floats, halves }: Bench, width: 2 | 4, length: number): MemoryOperand {
  const [start, size] = width === 4 ? [floats, FLOATS] : [halves, HALVES];
  const more = d.chance(0.3) ? { base: d.pick(R.bases) } : {};
  const inner = d.between(1, length);
  const outer = Math.ceil(length / inner) - 1;
  if (d.chance(0.2)) {
    const stride = d.between(0, Math.floor(size / 2 / inner));
    const jump = d.between(0, Math.floor(size / 2 / Math.max(1, outer)));
    return mem(start, stride, { ...more, inner, outer: jump });
  }
  const reach = Math.max(1, length - 1);
  const strides = [0, 1, 1, 1, 1, 2, 3, 4, 5, 7, 8, -1, -2].filter((stride) => Math.abs(stride) * reach < size);
  const stride = d.pick(strides);
  const room = size - Math.abs(stride) * reach - 1;
  return mem(start + width * (d.between(0, room) + (stride < 0 ? -stride * reach : 0)), stride, more);
}

/** Work that no stream asked for: PEs differ in when they are ready. */
function noise(bench: Bench, depth: number): Piece[] {
  const { d } = bench;
  if (d.whole && d.chance(0.1)) return depth === 0 ? fifoNoise(bench) : [scalar('compute', { op: 'tsc', d: R.integers[1] })];
  const kind = d.below(depth < 2 ? 6 : 5);
  if (kind === 0) return [scalar('load', { op: 'li', d: R.mark, imm: d.between(-1, 9) }), mark(R.mark)];
  if (kind <= 2) return [scalar(d.pick(ACTIVITY), ...Array.from({ length: d.between(1, 4) }, () => scalarNoise(bench)).flat())];
  if (kind <= 4) {
    const op = withThread(memoryNoise(bench), d.chance(0.3) ? d.below(8) : undefined);
    return d.whole && d.chance(0.15) ? [op, { ...op, mapped: true }] : [op];
  }
  return [repeat(d.pick(ACTIVITY), R.counters[depth + 1], d.between(1, 3), [...noise(bench, depth + 1), ...noise(bench, depth + 1)])];
}

/** A vector op on memory alone. */
function memoryNoise(bench: Bench): VectorInstruction {
  const { d } = bench;
  const length = d.between(1, 24);
  const floats = (): MemoryOperand => vectorOf(bench, 4, length);
  const halves = (): MemoryOperand => vectorOf(bench, 2, length);
  const sum = { kind: 'register', register: d.pick(R.sums) } as const;
  const rest = { kind: 'vector', activity: d.pick(ACTIVITY), length } as const;
  return d.pick<VectorInstruction>([
    { ...rest, op: 'f32_add', destination: floats(), a: floats(), b: floats() },
    { ...rest, op: 'f32_scale', destination: floats(), a: floats(), scalar: floatScalar(d) },
    { ...rest, op: 'f32_mac', destination: floats(), a: floats(), b: floats(), scalar: floatScalar(d) },
    { ...rest, op: 'f32_sum', destination: sum, a: floats() },
    { ...rest, op: 'f32_dot', destination: sum, a: floats(), b: floats() },
    { ...rest, op: 'add16', destination: halves(), a: halves(), b: halves() },
    { ...rest, op: 'shr16', destination: halves(), a: halves(), scalar: { register: d.pick(R.integers) } },
    { ...rest, op: 'mov16', destination: halves(), a: halves() },
    { ...rest, op: 'mov32', destination: floats(), a: floats() },
    { ...rest, op: 'i16_f32', destination: floats(), a: halves() },
    ...(d.whole ? moreNoise(bench, length) : []),
  ]);
}

/** Ops that only programs of the whole machine have; none makes a NaN. */
function moreNoise(bench: Bench, length: number): VectorInstruction[] {
  const { d } = bench;
  const floats = (): MemoryOperand => vectorOf(bench, 4, length);
  const halves = (): MemoryOperand => vectorOf(bench, 2, length);
  const rest = { kind: 'vector', activity: d.pick(ACTIVITY), length } as const;
  const shift: Scalar = { imm: d.below(16) };
  return [
    { ...rest, op: d.pick(['sub16', 'or16', 'xor16', 'f16_max'] as const), destination: halves(), a: halves(), b: halves() },
    { ...rest, op: d.pick(['shl16', 'asr16'] as const), destination: halves(), a: halves(), scalar: shift },
    { ...rest, op: 'addc16', destination: halves(), a: halves(), b: halves(), scalar: { imm: d.below(2) } },
    { ...rest, op: d.pick(['f16_neg', 'f16_abs', 'i16_f16', 'f16_i16'] as const), destination: halves(), a: halves() },
    { ...rest, op: d.pick(['f32_sub', 'f32_max'] as const), destination: floats(), a: floats(), b: floats() },
    { ...rest, op: d.pick(['f32_neg', 'f32_abs'] as const), destination: floats(), a: floats() },
    { ...rest, op: d.pick(['f32_i16', 'f32_f16'] as const), destination: halves(), a: floats() },
  ];
}

/** One or two scalar steps of every kind; floats stay floats and integers integers, so that no NaN is made. */
function scalarNoise({ d, floats, halves }: Bench): ScalarStep[] {
  const [f, g, i, j] = [d.pick(R.floats), d.pick(R.floats), d.pick(R.integers), d.pick(R.integers)];
  const place = floats + 4 * d.below(FLOATS);
  return d.pick<ScalarStep[]>([
    [{ op: 'li', d: i, imm: d.between(-100, 100) }],
    [{ op: 'mov', d: f, a: d.pick(R.sums) }],
    [{ op: 'addi', d: i, a: j, imm: d.between(-9, 9) }],
    [{ op: 'add', d: i, a: i, b: j }],
    [{ op: 'and', d: i, a: i, b: j }],
    [{ op: 'or', d: i, a: i, b: j }],
    [{ op: 'shli', d: i, a: j, imm: d.below(8) }],
    [{ op: 'shri', d: i, a: j, imm: d.below(8) }],
    [{ op: 'fneg', d: f, a: g }],
    [{ op: 'fadd', d: f, a: f, b: g }],
    [{ op: 'fmul', d: f, a: f, b: g }],
    [
      { op: 'andi', d: i, a: i, imm: 0x3bff },
      { op: 'f16_f32', d: f, a: i },
    ],
    [
      { op: 'andi', d: i, a: i, imm: 0xff },
      { op: 'i32_f32', d: f, a: i },
    ],
    [{ op: 'ld16', d: i, imm: halves + 2 * d.below(HALVES) }],
    [{ op: 'ld32', d: f, a: d.pick(R.bases), imm: place }],
    [{ op: 'st32', b: f, imm: place }],
  ]);
}
