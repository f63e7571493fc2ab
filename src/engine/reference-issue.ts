/**
 * What one issue does: to registers, memory, queues and flags, and how long it holds the slot. Everything is priced by
 * machine/price.ts and computed by alu.ts, one element after the other. Models: docs/tick.md rules 10, 13 and 14.
 */
import { assert } from '../base/error.ts';
import { findChannel } from '../machine/channels.ts';
import { Port } from '../machine/fabric.ts';
import { VECTOR_OPS } from '../machine/ops.ts';
import { banksConflict, elementOffset, groupCycles, groupWidth, scalarCycles, setupCycles } from '../machine/price.ts';
import type { ScalarInstruction, Source, VectorInstruction } from '../machine/program.ts';
import { type FlagInstruction, type Instruction, type LoopInstruction, MAIN_THREAD, type MarkInstruction, type MemoryOperand } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { element, scalarStep } from './alu.ts';
import { endlessTask, FREE_LIMIT, memoryFault } from './faults.ts';
import { type Context, instructionOf, type Thread } from './reference-state.ts';

type Control = ScalarInstruction | LoopInstruction | FlagInstruction | MarkInstruction;

/** Main issues at the current tick, then runs the free instructions that follow (rules 10 and 13). */
export function issueMain(c: Context, pe: number): void {
  const thread = c.state.pes[pe].threads[MAIN_THREAD];
  assert(thread !== undefined, 'main has no task');
  const instruction = instructionOf(c.program, pe, thread);
  if (instruction.kind !== 'vector') issueControl(c, pe, thread, instruction);
  else if (instruction.thread !== undefined) startMicrothread(c, pe, thread, instruction, instruction.thread);
  else issueVector(c, pe, thread, instruction);
}

function issueControl(c: Context, pe: number, thread: Thread, instruction: Control): void {
  hold(c, pe, MAIN_THREAD, instruction, controlCycles(c, pe, instruction));
  control(c, pe, thread, instruction, thread.ready);
  runFree(c, pe, thread.ready);
}

/** The microthread has the op, set up, from the end of this issue on. */
function startMicrothread(c: Context, pe: number, thread: Thread, op: VectorInstruction, number: number): void {
  hold(c, pe, MAIN_THREAD, op, Math.max(1, setupCycles(op, c.program.machine)));
  const started: Thread = { ...thread, started: true };
  capture(c, pe, started, op);
  c.state.pes[pe].threads[number] = started;
  goTo(thread, thread.instruction + 1);
  runFree(c, pe, thread.ready);
}

/** The set-up of main's own vector op, or its next group. */
function issueVector(c: Context, pe: number, thread: Thread, op: VectorInstruction): void {
  const setup = setupCycles(op, c.program.machine);
  const first = !thread.started;
  if (first) {
    thread.started = true;
    capture(c, pe, thread, op);
  }
  if (first && setup > 0) hold(c, pe, MAIN_THREAD, op, setup);
  else if (issueGroup(c, pe, MAIN_THREAD, op)) {
    goTo(thread, thread.instruction + 1);
    runFree(c, pe, thread.ready);
  }
}

/** A microthread issues the next group of its op; after the last one it is free (rule 13). */
export function issueMicrothread(c: Context, pe: number, number: number): void {
  const { pes } = c.state;
  const thread = pes[pe].threads[number];
  assert(thread !== undefined, `microthread ${number} has no op`);
  const instruction = instructionOf(c.program, pe, thread);
  assert(instruction.kind === 'vector', 'a microthread runs a vector op');
  pes[pe].lastMicrothread = number;
  if (issueGroup(c, pe, number, instruction)) pes[pe].threads[number] = undefined;
}

/** Main's instructions of cost 0, from where it is, until one that costs something or the end of the task (rule 10). Flags show at `visible`. */
export function runFree(c: Context, pe: number, visible: number): void {
  const { cycle, pes } = c.state;
  const thread = pes[pe].threads[MAIN_THREAD];
  assert(thread !== undefined, 'main has no task');
  const code = c.program.classes[c.program.classOf[pe]].tasks[thread.task].code;
  for (let count = 0; thread.instruction < code.length; count++) {
    const instruction = code[thread.instruction];
    if (instruction.kind === 'vector' || controlCycles(c, pe, instruction) > 0) return;
    if (count === FREE_LIMIT) throw endlessTask(c.program, cycle, pe, thread.task);
    control(c, pe, thread, instruction, visible);
  }
  pes[pe].threads[MAIN_THREAD] = undefined;
  pes[pe].mainFree = thread.ready;
}

/** Goes to another instruction of the task. */
function goTo(thread: Thread, instruction: number): void {
  Object.assign(thread, { instruction, started: false, position: 0, scalar: 0, bases: [0, 0, 0] });
}

/** Takes the slot for an issue of `cycles` from the current tick, and records it (rules 8 and 14). */
function hold(c: Context, pe: number, number: number, instruction: Instruction, cycles: number): void {
  const { cycle, pes } = c.state;
  const thread = pes[pe].threads[number];
  assert(thread !== undefined && cycles > 0, 'an issue needs a thread and takes time');
  const activity = 'activity' in instruction ? instruction.activity : 'compute';
  thread.ready = cycle + cycles;
  pes[pe].slotFree = cycle + cycles;
  c.recorder?.span(pe, number, KIND[activity], thread.mark, cycle, cycle + cycles);
}

/** Price of a scalar, loop, flag or mark instruction as it would run now (rule 13). */
function controlCycles(c: Context, pe: number, instruction: Control): number {
  const { machine } = c.program;
  if (instruction.kind === 'mark') return 0;
  if (instruction.kind === 'scalar') return scalarCycles(instruction, machine);
  if (instruction.kind !== 'loop') return machine.scalar.alu;
  const taken = ((c.state.pes[pe].registers[instruction.counter] - 1) | 0) > 0;
  return taken ? machine.scalar.branchTaken : machine.scalar.branchNotTaken;
}

/** Runs a scalar, loop, flag or mark instruction of main and goes on; flags become visible at `visible`. */
function control(c: Context, pe: number, thread: Thread, instruction: Control, visible: number): void {
  const state = c.state.pes[pe];
  let to = thread.instruction + 1;
  if (instruction.kind === 'scalar') scalars(c, pe, thread, instruction);
  else if (instruction.kind === 'loop') {
    state.registers[instruction.counter] -= 1;
    if (state.registers[instruction.counter] > 0) to = instruction.to;
  } else if (instruction.kind === 'mark') {
    state.mark = instruction.register < 0 ? -1 : state.registers[instruction.register];
    thread.mark = state.mark;
  } else state.pending.push({ tick: visible, task: instruction.task, kind: instruction.kind });
  goTo(thread, to);
}

function scalars(c: Context, pe: number, thread: Thread, instruction: ScalarInstruction): void {
  const { registers } = c.state.pes[pe];
  for (const step of instruction.steps) {
    scalarStep(step, {
      get: (register) => registers[register],
      set: (register, word) => {
        registers[register] = word;
      },
      load: (address, width) => load(c, pe, thread.task, address, width),
      store: (address, word) => store(c, pe, thread.task, address, 4, word),
    });
  }
}

/** Reads the scalar and the base registers of an op that starts now (rule 13). */
function capture(c: Context, pe: number, thread: Thread, op: VectorInstruction): void {
  const { registers } = c.state.pes[pe];
  const base = (o: VectorInstruction['destination'] | Source | undefined): number => (o?.kind === 'memory' && o.base !== undefined ? registers[o.base] : 0);
  thread.bases = [base(op.destination), base(op.a), base(op.b)];
  if (op.scalar) thread.scalar = 'imm' in op.scalar ? op.scalar.imm : registers[op.scalar.register];
}

/** Issues the next group of elements of a thread's op; true if it was the last (rule 13). */
function issueGroup(c: Context, pe: number, number: number, op: VectorInstruction): boolean {
  const { pes } = c.state;
  const { machine } = c.program;
  const thread = pes[pe].threads[number];
  assert(thread !== undefined, `thread ${number} has no op`);
  const end = Math.min(op.length, thread.position + groupWidth(op, machine));
  hold(c, pe, number, op, groupCycles(op, machine) + (sourcesConflict(op, thread) ? 1 : 0));
  for (; thread.position < end; thread.position++) oneElement(c, pe, thread, op);
  if (end < op.length) return false;
  const visible = thread.ready;
  if (op.activates !== undefined) pes[pe].pending.push({ tick: visible, task: op.activates, kind: 'activate' });
  if (op.unblocks !== undefined) pes[pe].pending.push({ tick: visible, task: op.unblocks, kind: 'unblock' });
  return true;
}

const addressOf = (o: MemoryOperand, base: number, width: number, i: number): number => o.address + base + elementOffset(o, width, i);

/** Whether the first elements of the next group lie in conflicting banks (machine.md section 3). */
function sourcesConflict(op: VectorInstruction, thread: Thread): boolean {
  if (op.a.kind !== 'memory' || op.b?.kind !== 'memory') return false;
  const width = VECTOR_OPS[op.op].a;
  const [, baseA, baseB] = thread.bases;
  return banksConflict(addressOf(op.a, baseA, width, thread.position), addressOf(op.b, baseB, width, thread.position));
}

/** Reads a and b, computes, writes: element `thread.position` of an op. */
function oneElement(c: Context, pe: number, thread: Thread, op: VectorInstruction): void {
  const { registers } = c.state.pes[pe];
  const { a: src, dst } = VECTOR_OPS[op.op];
  const [baseD, baseA, baseB] = thread.bases;
  const { destination, a, b } = op;
  const read = (o: Source, base: number): number =>
    o.kind === 'memory' ? load(c, pe, thread.task, addressOf(o, base, src, thread.position), src) : take(c, pe, o.queue, src);
  const wordA = read(a, baseA);
  const wordB = b ? read(b, baseB) : 0;
  const accumulated = destination.kind === 'register' ? registers[destination.register] : 0;
  const word = element(op.op, wordA, wordB, thread.scalar, accumulated);
  if (destination.kind === 'register') registers[destination.register] = word;
  else if (destination.kind === 'memory') store(c, pe, thread.task, addressOf(destination, baseD, dst, thread.position), dst, word);
  else put(c, pe, destination.queue, word, thread.ready, destination.advance && thread.position === op.length - 1);
}

/** Takes the head of an input queue; a 16-bit element is the low half of the word. */
function take(c: Context, pe: number, queue: number, width: 2 | 4): number {
  const lane = c.channels.inputFirst[pe] + queue;
  const entry = c.state.inputs[lane].shift();
  assert(entry !== undefined, `input queue ${queue} of PE ${pe} is empty`);
  c.recorder?.use(lane, c.state.cycle);
  return width === 2 ? entry.word & 0xffff : entry.word;
}

/** Puts a word into an output queue, which is the ramp's FIFO of its color (rule 1); it climbs the ramp from `ready`, the end of the issue. */
function put(c: Context, pe: number, queue: number, word: number, ready: number, advance: boolean): void {
  const { channels, program, state } = c;
  const { color } = program.classes[program.classOf[pe]].outputs[queue];
  state.fifos[findChannel(channels, pe, Port.RAMP, color)].push({ word, ready: ready + program.machine.ramp, advance });
  c.recorder?.send(channels.outputFirst[pe] + queue, state.cycle);
}

/** Throws unless an access lies in the class's data memory and is aligned. */
function check(c: Context, pe: number, task: number, address: number, width: number): void {
  const from = c.program.machine.codeReserve;
  const to = c.state.pes[pe].memory.length;
  if (address < from || address + width > to || address % width !== 0) throw memoryFault(c.program, c.state.cycle, pe, task, address, width);
}

/** An unsigned little-endian word of a PE's memory. */
function load(c: Context, pe: number, task: number, address: number, width: 2 | 4): number {
  check(c, pe, task, address, width);
  const { memory } = c.state.pes[pe];
  const low = memory[address] | (memory[address + 1] << 8);
  return width === 2 ? low : (low | (memory[address + 2] << 16) | (memory[address + 3] << 24)) >>> 0;
}

function store(c: Context, pe: number, task: number, address: number, width: 2 | 4, word: number): void {
  check(c, pe, task, address, width);
  const { memory } = c.state.pes[pe];
  for (let i = 0; i < width; i++) memory[address + i] = word >>> (8 * i);
}
