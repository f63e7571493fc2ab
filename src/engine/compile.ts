/**
 * Program -> flat tables for the wavelet engine: one object of numbers per instruction (one shape, so property loads stay
 * monomorphic), one row per (PE, color) route and per FIFO. Compiled once per PE class and per program.
 */
import { type Channels, enumerateChannels, findChannel } from '../machine/channels.ts';
import { neighbour, OPPOSITE, PORTS, Port } from '../machine/fabric.ts';
import { VECTOR_OP_NAMES, VECTOR_OPS } from '../machine/ops.ts';
import { elementOffset, groupCycles, groupWidth, scalarCycles, setupCycles } from '../machine/price.ts';
import type { Destination, Instruction, PeClass, Program, ScalarStep, Source, VectorInstruction } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { KIND } from '../trace/schema.ts';

export const IS = { VECTOR: 0, SCALAR: 1, LOOP: 2, FLAG: 3, MARK: 4 } as const;
export const AT = { NONE: 0, MEMORY: 1, FABRIC: 2, REGISTER: 3 } as const;

/** One operand in numbers. `lo` and `hi` bound the element offsets in bytes from address + base. */
export class CompiledOperand {
  at: number = AT.NONE;
  address = 0;
  base = -1;
  /** Bytes from element to element, and from row to row; inner 0 means one dimension. */
  step = 0;
  inner = 0;
  outerStep = 0;
  /** Queue index in the class, or register. */
  index = 0;
  advance = false;
  width = 4;
  lo = 0;
  hi = 0;
}

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
  /** No fabric operand: it can never wait. */
  memoryOnly = false;
  twoMemorySources = false;
  // others
  register = 0;
  to = 0;
  task = 0;
  flag: 'activate' | 'block' | 'unblock' = 'activate';
  steps: readonly ScalarStep[] = [];
}

export interface CompiledClass {
  readonly tasks: ReadonlyArray<readonly CompiledInstruction[]>;
  /** Microthreads used, ascending; main comes after them. */
  readonly threads: readonly number[];
  readonly active: number;
  readonly blocked: number;
  /** Data memory: [dataStart, dataEnd) of the PE's address space is held. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

export interface CompiledProgram {
  readonly channels: Channels;
  readonly classes: readonly CompiledClass[];
  /** Route slots of PE p: slotFirst[p] .. slotFirst[p + 1] - 1, in the order of its route class. */
  readonly slotFirst: Uint32Array;
  readonly slotPe: Uint32Array;
  readonly slotColor: Uint8Array;
  /** Per slot: position count, ring flag; masks of position i at slot * 4 + i. */
  readonly slotPositions: Uint8Array;
  readonly slotRing: Uint8Array;
  readonly rx: Uint8Array;
  readonly tx: Uint8Array;
  /** Target of (slot, port) at slot * 5 + port: a FIFO, an input lane (port RAMP), -2 - sink, or -1. */
  readonly target: Int32Array;
  /** Slot of each FIFO. */
  readonly slotOf: Int32Array;
  /** 1 where two colors of a router share a port. */
  readonly shared: Uint8Array;
  /** FIFO (port RAMP) of each output queue lane. */
  readonly outputChannel: Int32Array;
  /** FIFO fed by each host source. */
  readonly sourceChannel: Int32Array;
}

export function compileProgram(program: Program): CompiledProgram {
  const channels = enumerateChannels(program);
  const classes = program.classes.map((c) => compileClass(c, program.machine));
  return { channels, classes, ...compileRoutes(program, channels), ...compileQueues(program, channels) };
}

function compileClass(cls: PeClass, machine: MachineSpec): CompiledClass {
  const used = new Set<number>();
  for (const task of cls.tasks) for (const i of task.code) if (i.kind === 'vector' && i.thread !== undefined) used.add(i.thread);
  const flags = (pick: (t: PeClass['tasks'][number]) => boolean): number => cls.tasks.reduce((m, t, i) => (pick(t) ? m | (1 << i) : m), 0);
  const end = cls.memory.reduce((most, a) => Math.max(most, a.address + a.bytes), machine.codeReserve);
  return {
    tasks: cls.tasks.map((t) => t.code.map((i) => compileInstruction(i, machine))),
    threads: [...used].sort((x, y) => x - y),
    active: flags((t) => t.active),
    blocked: flags((t) => t.blocked),
    dataStart: machine.codeReserve,
    dataEnd: machine.codeReserve + ((end - machine.codeReserve + 7) & ~7),
  };
}

function compileInstruction(i: Instruction, machine: MachineSpec): CompiledInstruction {
  const c = new CompiledInstruction();
  switch (i.kind) {
    case 'vector':
      compileVector(i, machine, c);
      break;
    case 'scalar':
      c.is = IS.SCALAR;
      c.activity = KIND[i.activity];
      c.cost = scalarCycles(i, machine);
      c.steps = i.steps;
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
  c.memoryOnly = c.a.at !== AT.FABRIC && c.b.at !== AT.FABRIC && c.d.at !== AT.FABRIC;
  c.twoMemorySources = c.a.at === AT.MEMORY && c.b.at === AT.MEMORY;
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
  } else {
    c.at = AT.FABRIC;
    c.index = o.queue;
    c.advance = o.kind === 'fabricOut' && o.advance;
  }
  return c;
}

function compileRoutes(program: Program, channels: Channels) {
  const { width, height } = program;
  const pes = width * height;
  const slotFirst = new Uint32Array(pes + 1);
  for (let pe = 0; pe < pes; pe++) slotFirst[pe + 1] = slotFirst[pe] + program.routes[program.routeOf[pe]].length;
  const slots = slotFirst[pes];
  const t = {
    slotPe: new Uint32Array(slots),
    slotColor: new Uint8Array(slots),
    slotPositions: new Uint8Array(slots),
    slotRing: new Uint8Array(slots),
    rx: new Uint8Array(slots * 4),
    tx: new Uint8Array(slots * 4),
    target: new Int32Array(slots * PORTS).fill(-1),
    slotOf: new Int32Array(channels.count).fill(-1),
    shared: new Uint8Array(pes),
  };
  for (let pe = 0; pe < pes; pe++) {
    let seen = 0;
    program.routes[program.routeOf[pe]].forEach((route, r) => {
      const slot = slotFirst[pe] + r;
      t.slotPe[slot] = pe;
      t.slotColor[slot] = route.color;
      t.slotPositions[slot] = route.positions.length;
      t.slotRing[slot] = route.ring ? 1 : 0;
      let union = 0;
      route.positions.forEach((p, i) => {
        t.rx[slot * 4 + i] = p.rx;
        t.tx[slot * 4 + i] = p.tx;
        union |= p.tx;
      });
      if (seen & union) t.shared[pe] = 1;
      seen |= union;
      for (let port = 0; port < PORTS; port++) if ((union >> port) & 1) t.target[slot * PORTS + port] = targetOf(program, channels, pe, port, route.color);
      for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) if (channels.color[c] === route.color) t.slotOf[c] = slot;
    });
  }
  return { slotFirst, ...t };
}

function targetOf(program: Program, channels: Channels, pe: number, port: number, color: number): number {
  if (port === Port.RAMP) {
    for (let lane = channels.inputFirst[pe]; lane < channels.inputFirst[pe + 1]; lane++) if (channels.inputColor[lane] === color) return lane;
    return -1;
  }
  const to = neighbour(pe, port, program.width, program.height);
  if (to >= 0) return findChannel(channels, to, OPPOSITE[port], color);
  const sink = program.sinks.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
  return sink < 0 ? -1 : -2 - sink;
}

function compileQueues(program: Program, channels: Channels) {
  const outputChannel = new Int32Array(channels.outputCount);
  for (let pe = 0; pe < program.width * program.height; pe++) {
    program.classes[program.classOf[pe]].outputs.forEach((o, i) => {
      outputChannel[channels.outputFirst[pe] + i] = findChannel(channels, pe, Port.RAMP, o.color);
    });
  }
  const sourceChannel = Int32Array.from(program.sources, (s) => findChannel(channels, s.pe, s.port, s.color));
  return { outputChannel, sourceChannel };
}
