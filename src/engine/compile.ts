/**
 * Program -> flat tables for the wavelet engine: one object of numbers per instruction (one shape, so property loads stay
 * monomorphic), what routers and queues lead to. Compiled once per PE class and per program.
 */
import { each, toEnd } from '../base/pieces.ts';
import { type Channels, enumerating, findChannel } from '../machine/channels.ts';
import { COLORS, neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { VECTOR_OP_NAMES, VECTOR_OPS } from '../machine/ops.ts';
import { elementOffset, groupCycles, groupWidth, scalarCycles, setupCycles } from '../machine/price.ts';
import type { Condition, Destination, Instruction, PeClass, Program, RouteClass, ScalarStep, Source, VectorInstruction } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { KIND } from '../trace/schema.ts';
import { compileScalars } from './scalar-code.ts';

export const IS = { VECTOR: 0, SCALAR: 1, LOOP: 2, FLAG: 3, MARK: 4, BRANCH: 5 } as const;
export const AT = { NONE: 0, MEMORY: 1, FABRIC: 2, REGISTER: 3, FIFO: 4 } as const;

/** One operand in numbers. `lo` and `hi` bound the element offsets in bytes from address + base. */
export class CompiledOperand {
  at: number = AT.NONE;
  address = 0;
  base = -1;
  /** Bytes from element to element, and from row to row; inner 0 means one dimension. */
  step = 0;
  inner = 0;
  outerStep = 0;
  /** Queue or memory FIFO index in the class, or register. */
  index = 0;
  advance = false;
  packed = false;
  /** Bit of an entry's tag: 2 for control wavelets. */
  control = 0;
  width = 4;
  lo = 0;
  hi = 0;
}

/** Addresses modulo 8 of two sources decide about their bank conflicts. */
export const BANK_KEYS = 64;

export class CompiledInstruction {
  is: number = IS.MARK;
  /** Trace kind of its issues. */
  activity = 0;
  /** Issue cycles of scalar, loop (taken) and flag instructions. */
  cost = 0;
  costElse = 0;
  // vector
  op = 0;
  length = 0;
  setup = 0;
  width = 1;
  cycles = 1;
  thread = -1;
  activates = -1;
  unblocks = -1;
  scalarRegister = -1;
  scalarImm = 0;
  d = new CompiledOperand();
  a = new CompiledOperand();
  b = new CompiledOperand();
  /** Words needed in the input queues: queue index -> words per element (1 or 2), by queue of a; b on another queue has 1. */
  aWords = 0;
  bWords = 0;
  /** Words needed in memory FIFOs, likewise. */
  aFifo = 0;
  bFifo = 0;
  /** No fabric or FIFO operand: it can never wait. */
  memoryOnly = false;
  twoMemorySources = false;
  /** An issue takes one word from an input queue, and uses no other queue. */
  isTake = false;
  /** No operand has rows. */
  straight = true;
  /** a is two words over and over, and no other operand has rows. */
  inPairs = false;
  /** No operand has a base register, and all lie inside the data memory. */
  fixed = false;
  /** Issue cycles of all groups without bank conflicts. */
  issues = 0;
  /** Issue cycles of the whole op by the low address bits of its memory sources (bankKey), once known; else 0. */
  readonly batchCycles = new Int32Array(BANK_KEYS);
  // others
  register = 0;
  to = 0;
  task = 0;
  flag: 'activate' | 'block' | 'unblock' = 'activate';
  when: Condition = 'zero';
  steps: readonly ScalarStep[] = [];
  /** The same, compiled (scalar-code.ts). */
  code: Int32Array = new Int32Array(0);
}

export interface CompiledClass {
  readonly tasks: ReadonlyArray<readonly CompiledInstruction[]>;
  /** Microthreads used, ascending; main comes after them. */
  readonly threads: readonly number[];
  readonly active: number;
  readonly blocked: number;
  /** Data and control tasks: number, queue of a data task (-1 for a control task), register of the word. */
  readonly triggers: ReadonlyArray<{ readonly task: number; readonly queue: number; readonly register: number }>;
  /** Data memory: [dataStart, dataEnd) of the PE's address space is held. */
  readonly dataStart: number;
  readonly dataEnd: number;
  /** End of the data memory that code may touch. */
  readonly dataTo: number;
}

export interface CompiledProgram {
  readonly channels: Channels;
  readonly classes: readonly CompiledClass[];
  /** Route slots of PE p: slotFirst[p] .. slotFirst[p + 1] - 1, in the order of its route class. */
  readonly slotFirst: Uint32Array;
  /** Per route class: whether two of its colors share a transmit port. */
  readonly sharedRouters: readonly boolean[];
  /**
   * The engine numbers the FIFOs by color, those of the ramps last, then by PE: what moves in one tick lies together. Those of routers
   * whose colors share ports come last, by PE: they decide together. The number of each FIFO of machine/channels.ts, and back.
   */
  readonly fifoOf: Int32Array;
  readonly channelOf: Int32Array;
  /** FIFO (port RAMP) of each output queue lane. */
  readonly outputFifo: Int32Array;
  /** FIFO fed by each host source. */
  readonly sourceFifo: Int32Array;
  /** Registers that any class uses: from 0 to this number less one. */
  readonly registers: number;
  /** Bit c is set when control wavelets may travel on color c. */
  readonly controlColors: number;
}

/** FIFOs that are put in order from one yield to the next. */
const FIFOS = 1 << 16;

/** In pieces. */
export function* compiling(program: Program): Generator<void, CompiledProgram> {
  const channels = yield* enumerating(program);
  const sharedRouters = program.routes.map(sharesPorts);
  const order = yield* orderingFifos(channels, (pe) => sharedRouters[program.routeOf[pe]]);
  const classes: CompiledClass[] = [];
  let registers = 0;
  for (const cls of program.classes) {
    classes.push(compileClass(cls, program.machine));
    registers = Math.max(registers, registersUsed(cls));
    yield;
  }
  const pes = program.width * program.height;
  const slotFirst = new Uint32Array(pes + 1);
  const routes = program.routes.map(({ length }) => length);
  const place = (pe: number): void => {
    slotFirst[pe + 1] = slotFirst[pe] + routes[program.routeOf[pe]];
  };
  yield* each(pes, place, FIFOS);
  return {
    channels,
    classes,
    slotFirst,
    sharedRouters,
    ...order,
    ...(yield* compilingQueues(program, channels, order.fifoOf)),
    registers,
    controlColors: yield* findingControlColors(program),
  };
}

/** Bit c is set when control wavelets may travel on color c. */
export const controlColors = (program: Program): number => toEnd(findingControlColors(program));

/** In pieces of a class. */
function* findingControlColors(program: Program): Generator<void, number> {
  let colors = 0;
  for (const { tasks, outputs } of program.classes) {
    for (const { code } of tasks) {
      for (const i of code) {
        if (i.kind === 'vector' && i.destination.kind === 'fabricOut' && i.destination.control) colors |= 1 << outputs[i.destination.queue].color;
      }
    }
    yield;
  }
  for (const source of program.sources) if (source.controls?.some((bit) => bit !== 0)) colors |= 1 << source.color;
  return colors;
}

function* orderingFifos(
  { count, pe, port, color }: Channels,
  isShared: (pe: number) => boolean,
): Generator<void, Pick<CompiledProgram, 'fifoOf' | 'channelOf'>> {
  const groupOf = (channel: number): number => (isShared(pe[channel]) ? 2 * COLORS : color[channel] * 2 + (port[channel] === Port.RAMP ? 1 : 0));
  const next = new Int32Array(2 * COLORS + 2);
  yield* each(count, (channel) => void next[groupOf(channel) + 1]++, FIFOS);
  for (let group = 0; group <= 2 * COLORS; group++) next[group + 1] += next[group];
  const fifoOf = new Int32Array(count);
  const channelOf = new Int32Array(count);
  const put = (channel: number): void => {
    const fifo = next[groupOf(channel)]++;
    fifoOf[channel] = fifo;
    channelOf[fifo] = channel;
  };
  yield* each(count, put, FIFOS);
  return { fifoOf, channelOf };
}

function sharesPorts(routes: RouteClass): boolean {
  let seen = 0;
  return routes.some(({ positions }) => {
    const union = positions.reduce((mask, p) => mask | p.tx, 0);
    const shares = (seen & union) !== 0;
    seen |= union;
    return shares;
  });
}

/** One more than the highest register that a class's code or triggers name. */
function registersUsed(cls: PeClass): number {
  let most = -1;
  for (const { code, trigger } of cls.tasks) {
    if (trigger) most = Math.max(most, trigger.register);
    for (const i of code) most = Math.max(most, ...registersOf(i));
  }
  return 1 + most;
}

function registersOf(i: Instruction): number[] {
  if (i.kind === 'scalar') return i.steps.flatMap(({ d, a, b }) => [d ?? -1, a ?? -1, b ?? -1]);
  if (i.kind === 'loop') return [i.counter];
  if (i.kind === 'mark' || i.kind === 'branch') return [i.register];
  if (i.kind !== 'vector') return [];
  const operands = [i.destination, i.a, i.b].flatMap((o) => (o?.kind === 'memory' ? [o.base ?? -1] : o?.kind === 'register' ? [o.register] : []));
  return [...operands, i.scalar && 'register' in i.scalar ? i.scalar.register : -1];
}

/** The code of a class in numbers. */
export function compileClass(cls: PeClass, machine: MachineSpec): CompiledClass {
  const used = new Set<number>();
  for (const task of cls.tasks) for (const i of task.code) if (i.kind === 'vector' && i.thread !== undefined) used.add(i.thread);
  const flags = (pick: (t: PeClass['tasks'][number]) => boolean): number => cls.tasks.reduce((m, t, i) => (pick(t) ? m | (1 << i) : m), 0);
  const end = cls.memory.reduce((most, a) => Math.max(most, a.address + a.bytes), machine.codeReserve);
  return {
    tasks: cls.tasks.map((t) => t.code.map((i) => compileInstruction(i, machine, end))),
    threads: [...used].sort((x, y) => x - y),
    active: flags((t) => t.active),
    blocked: flags((t) => t.blocked),
    triggers: cls.tasks.flatMap(({ trigger: t }, task) => (t ? [{ task, queue: t.kind === 'data' ? t.queue : -1, register: t.register }] : [])),
    dataStart: machine.codeReserve,
    dataTo: end,
    dataEnd: machine.codeReserve + ((end - machine.codeReserve + 7) & ~7),
  };
}

function compileInstruction(i: Instruction, machine: MachineSpec, end: number): CompiledInstruction {
  const c = new CompiledInstruction();
  switch (i.kind) {
    case 'vector':
      compileVector(i, machine, c);
      c.fixed = [c.d, c.a, c.b].every((o) => o.base < 0 && isInside(o, 0, machine.codeReserve, end));
      break;
    case 'scalar':
      c.is = IS.SCALAR;
      c.activity = KIND[i.activity];
      c.cost = scalarCycles(i, machine);
      c.steps = i.steps;
      c.code = compileScalars(i.steps);
      break;
    case 'branch':
      c.is = IS.BRANCH;
      c.activity = KIND[i.activity];
      c.cost = machine.scalar.branchTaken;
      c.costElse = machine.scalar.branchNotTaken;
      c.register = i.register;
      c.when = i.when;
      c.to = i.to;
      break;
    case 'loop':
      c.is = IS.LOOP;
      c.activity = KIND[i.activity];
      c.cost = machine.scalar.branchTaken;
      c.costElse = machine.scalar.branchNotTaken;
      c.register = i.counter;
      c.to = i.to;
      break;
    case 'mark':
      c.is = IS.MARK;
      c.register = i.register;
      break;
    default:
      c.is = IS.FLAG;
      c.activity = KIND.compute;
      c.cost = machine.scalar.alu;
      c.task = i.task;
      c.flag = i.kind;
  }
  return c;
}

function compileVector(i: VectorInstruction, machine: MachineSpec, c: CompiledInstruction): void {
  const info = VECTOR_OPS[i.op];
  c.is = IS.VECTOR;
  c.activity = KIND[i.activity];
  c.op = VECTOR_OP_NAMES.indexOf(i.op);
  c.length = i.length;
  c.setup = setupCycles(i, machine);
  c.width = groupWidth(i, machine);
  c.cycles = groupCycles(i, machine);
  c.thread = i.thread ?? -1;
  c.activates = i.activates ?? -1;
  c.unblocks = i.unblocks ?? -1;
  if (i.scalar && 'register' in i.scalar) c.scalarRegister = i.scalar.register;
  else c.scalarImm = i.scalar ? i.scalar.imm | 0 : 0;
  c.d = compileOperand(i.destination, info.dst, i.length);
  c.a = compileOperand(i.a, info.a, i.length);
  if (i.b) c.b = compileOperand(i.b, info.b || 4, i.length);
  const bothOneQueue = c.a.at === AT.FABRIC && c.b.at === AT.FABRIC && c.a.index === c.b.index;
  c.aWords = c.a.at === AT.FABRIC ? (bothOneQueue ? 2 : 1) : 0;
  c.bWords = c.b.at === AT.FABRIC && !bothOneQueue ? 1 : 0;
  const bothOneFifo = c.a.at === AT.FIFO && c.b.at === AT.FIFO && c.a.index === c.b.index;
  c.aFifo = c.a.at === AT.FIFO ? (bothOneFifo ? 2 : 1) : 0;
  c.bFifo = c.b.at === AT.FIFO && !bothOneFifo ? 1 : 0;
  c.memoryOnly = [c.a, c.b, c.d].every((o) => o.at !== AT.FABRIC && o.at !== AT.FIFO);
  c.isTake = c.aWords + c.bWords === 1 && c.aFifo + c.bFifo === 0 && c.d.at !== AT.FABRIC && c.d.at !== AT.FIFO;
  c.issues = Math.ceil(c.length / c.width) * c.cycles;
  c.straight = [c.a, c.b, c.d].every((o) => o.inner === 0);
  c.inPairs = c.a.inner === 2 && c.a.outerStep === 0 && c.b.inner === 0 && c.d.inner === 0;
  c.twoMemorySources = c.a.at === AT.MEMORY && c.b.at === AT.MEMORY;
}

/** Whether every element of an operand lies in the data memory [from, to), at multiples of its width. */
export function isInside(o: CompiledOperand, base: number, from: number, to: number): boolean {
  if (o.at !== AT.MEMORY) return true;
  const start = o.address + base;
  return start + o.lo >= from && start + o.hi + o.width <= to && start % o.width === 0;
}

function compileOperand(o: Source | Destination, width: number, length: number): CompiledOperand {
  const c = new CompiledOperand();
  c.width = width;
  if (o.kind === 'register') {
    c.at = AT.REGISTER;
    c.index = o.register;
  } else if (o.kind === 'memory') {
    c.at = AT.MEMORY;
    c.address = o.address;
    c.base = o.base ?? -1;
    c.step = o.stride * width;
    c.inner = o.inner ?? 0;
    c.outerStep = (o.outer ?? 0) * width;
    for (let i = 0; i < length; i++) {
      const offset = elementOffset(o, width, i);
      c.lo = Math.min(c.lo, offset);
      c.hi = Math.max(c.hi, offset);
    }
  } else if (o.kind === 'fifo') {
    c.at = AT.FIFO;
    c.index = o.fifo;
  } else {
    c.at = AT.FABRIC;
    c.index = o.queue;
    c.packed = o.packed ?? false;
    c.advance = o.kind === 'fabricOut' && o.advance;
    c.control = o.kind === 'fabricOut' && o.control ? 2 : 0;
  }
  return c;
}

/** What lies behind (PE, port) for a color: a FIFO, an input lane (port RAMP), -2 - sink, or -1 for nothing. */
export function targetOf(program: Program, { channels, fifoOf }: CompiledProgram, pe: number, port: number, color: number): number {
  if (port === Port.RAMP) {
    for (let lane = channels.inputFirst[pe]; lane < channels.inputFirst[pe + 1]; lane++) if (channels.inputColor[lane] === color) return lane;
    return -1;
  }
  const to = neighbour(pe, port, program.width, program.height);
  if (to >= 0) return fifoOf[findChannel(channels, to, OPPOSITE[port], color)];
  const sink = program.sinks.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
  return sink < 0 ? -1 : -2 - sink;
}

function* compilingQueues(program: Program, channels: Channels, fifoOf: Int32Array): Generator<void, Pick<CompiledProgram, 'outputFifo' | 'sourceFifo'>> {
  const outputFifo = new Int32Array(channels.outputCount);
  yield* each(program.width * program.height, (pe) => {
    program.classes[program.classOf[pe]].outputs.forEach((o, i) => {
      outputFifo[channels.outputFirst[pe] + i] = fifoOf[findChannel(channels, pe, Port.RAMP, o.color)];
    });
  });
  const sourceFifo = Int32Array.from(program.sources, (s) => fifoOf[findChannel(channels, s.pe, s.port, s.color)]);
  return { outputFifo, sourceFifo };
}
