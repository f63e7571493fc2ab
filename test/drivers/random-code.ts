/**
 * What PEs of random programs do: their streams' jobs as vector ops of every kind, on main or in microthreads, in one piece
 * or in loops, over several tasks that activate and unblock one another, with scalar runs, memory ops and marks between them.
 */
import { assemble, type Code, fabricIn, fabricOut, mark, mem, repeat, scalar } from '../../src/machine/builder.ts';
import type { VectorOp } from '../../src/machine/ops.ts';
import type { Destination, MemoryOperand, Scalar, ScalarStep, Source, VectorInstruction } from '../../src/machine/program.ts';
import type { Dice } from './random-program.ts';
import type { Job } from './random-streams.ts';
import type { Sketch } from './sketch.ts';

/** Registers by use: three loop counters, two bases, a mark, two accumulators, two floats, two integers. */
const R = { counters: [0, 1, 2], bases: [4, 5], mark: 7, sums: [8, 9], floats: [10, 11], integers: [13, 14] } as const;
const FLOATS = 64;
const HALVES = 64;
/** Base registers add at most this; arrays are so much longer than what strides reach. */
const SLACK = 8;
const ACTIVITY = ['compute', 'dequantise', 'send', 'receive', 'load'] as const;

type Piece = Code[number];

/** A PE while its code is written. */
interface Bench {
  readonly d: Dice;
  readonly floats: number;
  readonly halves: number;
  readonly queueOf: (color: number) => number;
  readonly outputOf: (color: number) => number;
}

const word = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];
const fraction = (d: Dice): number => d.between(-8, 8) / 8;

/** Gives PE `pe` tasks that do `jobs` in order. A PE without jobs often stays empty. */
export function writeCode(d: Dice, sketch: Sketch, pe: number, jobs: readonly Job[]): void {
  if (jobs.length === 0 && d.chance(0.7)) return;
  const bench = furnish(d, sketch, pe, jobs);
  const parts: Piece[][] = Array.from({ length: d.between(1, Math.max(1, Math.min(3, jobs.length))) }, () => []);
  for (const [i, job] of jobs.entries()) {
    const part = parts[Math.floor((i * parts.length) / jobs.length)];
    if (d.chance(0.5)) part.push(...noise(bench, 0));
    part.push(...perform(bench, job));
  }
  if (d.chance(0.5)) parts[parts.length - 1].push(...noise(bench, 0));
  addTasks(bench, sketch, pe, parts);
}

/** Memory with loaded values, and queues for the colors of the jobs. */
function furnish(d: Dice, sketch: Sketch, pe: number, jobs: readonly Job[]): Bench {
  const floats = sketch.floats(
    pe,
    Array.from({ length: FLOATS + SLACK / 4 }, () => fraction(d)),
    2 * d.below(4) * 2,
  );
  const halves = sketch.loaded(pe, new Uint8Array(Uint16Array.from({ length: HALVES + SLACK / 2 }, () => d.below(65536)).buffer), 2 * d.below(4));
  const inputs = [...new Set(jobs.flatMap((job) => (job.kind === 'send' ? [] : [job.color])))];
  const outputs = [...new Set(jobs.flatMap((job) => (job.kind === 'receive' ? [] : [job.kind === 'send' ? job.color : job.to])))];
  const numbers = d.shuffle([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const [i, color] of inputs.entries()) sketch.input(pe, color, numbers[i]);
  const outNumbers = d.shuffle([0, 1, 2, 3, 4, 5]);
  for (const [i, color] of outputs.entries()) sketch.output(pe, color, outNumbers[i]);
  return { d, floats, halves, queueOf: (color) => inputs.indexOf(color), outputOf: (color) => outputs.indexOf(color) };
}

/** Links the parts into tasks with shuffled numbers: each starts the next by a flag instruction or by the end of a vector op. */
function addTasks(bench: Bench, sketch: Sketch, pe: number, parts: readonly Piece[][]): void {
  const { d } = bench;
  const extra = d.chance(0.3);
  const numbers = d.shuffle(Array.from({ length: parts.length + (extra ? 1 : 0) }, (_, i) => i));
  const tasks: { code: Piece[]; active: boolean; blocked: boolean }[] = [];
  let blocked = false;
  for (const [i, part] of parts.entries()) {
    const next = i + 1 < parts.length;
    const byBlock = next && d.chance(0.5);
    const code = [...prologue(bench), ...part];
    if (next) startNext(d, code, numbers[i + 1], byBlock);
    if (extra && d.chance(0.5))
      code.splice(d.below(code.length + 1), 0, { kind: d.pick(['activate', 'block', 'unblock'] as const), task: numbers[parts.length] });
    tasks[numbers[i]] = { code, active: i === 0 || blocked, blocked };
    blocked = byBlock;
  }
  if (extra) tasks[numbers[parts.length]] = { code: noise(bench, 0), active: d.chance(0.7), blocked: d.chance(0.3) };
  for (const { code, active, blocked } of tasks) sketch.task(pe, assemble(code), { active, blocked });
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
function perform(bench: Bench, job: Job): Piece[] {
  const { d } = bench;
  const thread = d.chance(0.4) ? d.below(8) : undefined;
  const whole = (words: number, advance: boolean): Piece[] => [withThread(jobOp(bench, job, words, advance), thread)];
  const advance = job.kind !== 'receive' && job.advance;
  const divisors = Array.from({ length: job.words }, (_, i) => i + 1).filter((n) => job.words % n === 0);
  const rounds = d.pick(divisors);
  if (rounds === 1 || d.chance(0.5)) return whole(job.words, advance);
  if (advance) return [...whole(job.words - 1, false), ...whole(1, true)];
  const body = [...whole(job.words / rounds, false), ...(d.chance(0.4) ? noise(bench, 1) : [])];
  return [repeat(d.pick(ACTIVITY), R.counters[0], rounds, body)];
}

const withThread = (op: VectorInstruction, thread: number | undefined): VectorInstruction => (thread === undefined ? op : { ...op, thread });

/** A vector op that takes and sends `words` wavelets, as the job says. */
function jobOp(bench: Bench, job: Job, words: number, advance: boolean): VectorInstruction {
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
  const kind = d.below(depth < 2 ? 6 : 5);
  if (kind === 0) return [scalar('load', { op: 'li', d: R.mark, imm: d.between(-1, 9) }), mark(R.mark)];
  if (kind <= 2) return [scalar(d.pick(ACTIVITY), ...Array.from({ length: d.between(1, 4) }, () => scalarNoise(bench)).flat())];
  if (kind <= 4) return [withThread(memoryNoise(bench), d.chance(0.3) ? d.below(8) : undefined)];
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
  ]);
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
