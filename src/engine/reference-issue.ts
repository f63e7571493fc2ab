/**
 * What one issue does: to registers, memory, queues and flags, and how long it holds the slot. Everything is priced by
 * machine/price.ts and computed by alu.ts, one element after the other. Models: docs/tick.md rules 10, 13 and 14.
 */
import { assert } from '../base/error.ts';
import { VECTOR_OPS } from '../machine/ops.ts';
import { banksConflict, elementOffset, groupCycles, groupWidth, scalarCycles, setupCycles } from '../machine/price.ts';
import {
  type BranchInstruction,
  type Condition,
  type Destination,
  type FlagInstruction,
  type Instruction,
  type LoopInstruction,
  MAIN_THREAD,
  type MarkInstruction,
  type MemoryOperand,
  type ScalarInstruction,
  type Source,
  type VectorInstruction,
} from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { carryOut, element, scalarStep } from './alu.ts';
import { endlessTask, FREE_LIMIT } from './faults.ts';
import { type Context, instructionOf, type PendingFlag, type Thread } from './reference-state.ts';
import { fifoOf, load, put, putFifo, store, take, takeFifo } from './reference-words.ts';

type Control = ScalarInstruction | LoopInstruction | BranchInstruction | FlagInstruction | MarkInstruction;

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
  control(c, pe, thread, instruction, c.state.cycle, thread.ready);
  runFree(c, pe, thread.ready, thread.ready);
}

/** The microthread has the op, set up, from the end of this issue on. */
function startMicrothread(c: Context, pe: number, thread: Thread, op: VectorInstruction, number: number): void {
  hold(c, pe, MAIN_THREAD, op, Math.max(1, setupCycles(op, c.program.machine)));
  const started: Thread = { ...thread, started: true };
  capture(c, pe, started, op);
  c.state.pes[pe].threads[number] = started;
  goTo(thread, thread.instruction + 1);
  runFree(c, pe, thread.ready, thread.ready);
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
    runFree(c, pe, thread.ready, thread.ready);
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

/**
 * Main's instructions of cost 0, from where it is, until one that costs something or the end of the task (rule 10). They run
 * at the moment `now`; their flags show at `visible`.
 */
export function runFree(c: Context, pe: number, now: number, visible: number): void {
  const { cycle, pes } = c.state;
  const thread = pes[pe].threads[MAIN_THREAD];
  assert(thread !== undefined, 'main has no task');
  const code = c.program.classes[c.program.classOf[pe]].tasks[thread.task].code;
  for (let count = 0; thread.instruction < code.length; count++) {
    const instruction = code[thread.instruction];
    if (instruction.kind === 'vector' || controlCycles(c, pe, instruction) > 0) return;
    if (count === FREE_LIMIT) throw endlessTask(c.program, cycle, pe, thread.task);
    control(c, pe, thread, instruction, now, visible);
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

/** Price of an instruction that is no vector op, as it would run now (rule 13). */
function controlCycles(c: Context, pe: number, instruction: Control): number {
  const { machine } = c.program;
  if (instruction.kind === 'mark') return 0;
  if (instruction.kind === 'scalar') return scalarCycles(instruction, machine);
  if (instruction.kind !== 'loop' && instruction.kind !== 'branch') return machine.scalar.alu;
  return jumps(c, pe, instruction) ? machine.scalar.branchTaken : machine.scalar.branchNotTaken;
}

const MEETS: Readonly<Record<Condition, (word: number) => boolean>> = {
  zero: (word) => word === 0,
  nonzero: (word) => word !== 0,
  negative: (word) => word < 0,
  positive: (word) => word > 0,
};

/** Whether a loop or branch would jump now. */
function jumps(c: Context, pe: number, instruction: LoopInstruction | BranchInstruction): boolean {
  const { registers } = c.state.pes[pe];
  if (instruction.kind === 'branch') return MEETS[instruction.when](registers[instruction.register]);
  return ((registers[instruction.counter] - 1) | 0) > 0;
}

/** Runs an instruction of main that is no vector op at the moment `now` and goes on; flags become visible at `visible`. */
function control(c: Context, pe: number, thread: Thread, instruction: Control, now: number, visible: number): void {
  const state = c.state.pes[pe];
  let to = thread.instruction + 1;
  if (instruction.kind === 'scalar') scalars(c, pe, thread, instruction, now);
  else if (instruction.kind === 'loop' || instruction.kind === 'branch') {
    if (jumps(c, pe, instruction)) to = instruction.to;
    if (instruction.kind === 'loop') state.registers[instruction.counter] -= 1;
  } else if (instruction.kind === 'mark') {
    state.mark = instruction.register < 0 ? -1 : state.registers[instruction.register];
    thread.mark = state.mark;
  } else state.pending.push({ tick: visible, task: instruction.task, kind: instruction.kind });
  goTo(thread, to);
}

function scalars(c: Context, pe: number, thread: Thread, instruction: ScalarInstruction, now: number): void {
  const { registers } = c.state.pes[pe];
  for (const step of instruction.steps) {
    scalarStep(step, {
      get: (register) => registers[register],
      set: (register, word) => {
        registers[register] = word;
      },
      load: (address, width) => load(c, pe, thread.task, address, width),
      store: (address, word, width) => store(c, pe, thread.task, address, width, word),
      timestamp: () => now,
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
  const first = thread.position;
  const end = Math.min(op.length, first + groupWidth(op, machine));
  hold(c, pe, number, op, groupCycles(op, machine) + (sourcesConflict(op, thread) ? 1 : 0));
  const words = [op.a, op.b].map((source) => (source ? takeWord(c, pe, thread, source) : 0));
  let sent = 0;
  for (; thread.position < end; thread.position++) {
    const half = thread.position - first;
    const word = oneElement(c, pe, thread, op, words, half);
    sent |= isPacked(op.destination) ? (word & 0xffff) << (16 * half) : word;
  }
  giveWord(c, pe, thread, op.destination, sent, end === op.length);
  pes[pe].pending.push(...flagsOfGroup(c, pe, op, end === op.length, thread.ready + machine.completion));
  return end === op.length;
}

/** The flag changes of a group of an op that become visible at `tick`: of FIFOs it took from or added to, of the op's end. */
function flagsOfGroup(c: Context, pe: number, op: VectorInstruction, last: boolean, tick: number): PendingFlag[] {
  const fifos = (operands: readonly (Source | Destination | undefined)[]): number[] => operands.flatMap((o) => (o?.kind === 'fifo' ? [o.fifo] : []));
  const taken = [...new Set(fifos([op.a, op.b]))].map((fifo) => fifoOf(c, pe, fifo).activatesOnPop);
  const added = fifos([op.destination]).map((fifo) => fifoOf(c, pe, fifo).activatesOnPush);
  const flag = (kind: PendingFlag['kind'], task: number | undefined): PendingFlag[] => (task === undefined ? [] : [{ tick, task, kind }]);
  const moved = [...taken, ...added].flatMap((task) => flag('activate', task));
  return last ? [...moved, ...flag('activate', op.activates), ...flag('unblock', op.unblocks)] : moved;
}

const isPacked = (o: Source | Destination): boolean => (o.kind === 'fabricIn' || o.kind === 'fabricOut') && o.packed === true;
const addressOf = (o: MemoryOperand, base: number, width: number, i: number): number => o.address + base + elementOffset(o, width, i);

/** Whether the first elements of the next group lie in conflicting banks (machine.md section 3). */
function sourcesConflict(op: VectorInstruction, thread: Thread): boolean {
  if (op.a.kind !== 'memory' || op.b?.kind !== 'memory') return false;
  const { a, b } = VECTOR_OPS[op.op];
  const [, baseA, baseB] = thread.bases;
  return banksConflict(addressOf(op.a, baseA, a, thread.position), addressOf(op.b, baseB, b, thread.position));
}

/** The word that a group takes from a queue or FIFO; memory is read element by element. */
function takeWord(c: Context, pe: number, thread: Thread, source: Source): number {
  if (source.kind === 'fabricIn') return take(c, pe, source.queue);
  return source.kind === 'fifo' ? takeFifo(c, pe, thread.task, source.fifo) : 0;
}

/** Puts a group's word into a queue or FIFO; memory and registers are written element by element. */
function giveWord(c: Context, pe: number, thread: Thread, to: Destination, word: number, last: boolean): void {
  if (to.kind === 'fabricOut') put(c, pe, to, word, thread.ready, to.advance && last);
  else if (to.kind === 'fifo') putFifo(c, pe, thread.task, to.fifo, word);
}

/** Element `half` of a group, `thread.position` of an op: reads a and b, computes, writes; returns the result. */
function oneElement(c: Context, pe: number, thread: Thread, op: VectorInstruction, words: readonly number[], half: number): number {
  const { registers } = c.state.pes[pe];
  const info = VECTOR_OPS[op.op];
  const [baseD, baseA, baseB] = thread.bases;
  const { destination, a, b } = op;
  const read = (o: Source, width: 2 | 4, base: number, word: number): number => {
    if (o.kind === 'memory') return load(c, pe, thread.task, addressOf(o, base, width, thread.position), width);
    return width === 4 ? word : (word >>> (isPacked(o) ? 16 * half : 0)) & 0xffff;
  };
  const wordA = read(a, info.a, baseA, words[0]);
  const wordB = b ? read(b, info.b || info.a, baseB, words[1]) : 0;
  const accumulated = destination.kind === 'register' ? registers[destination.register] : 0;
  const word = element(op.op, wordA, wordB, thread.scalar, accumulated);
  thread.scalar = carryOut(op.op, wordA, wordB, thread.scalar);
  if (destination.kind === 'register') registers[destination.register] = word;
  else if (destination.kind === 'memory') store(c, pe, thread.task, addressOf(destination, baseD, info.dst, thread.position), info.dst, word);
  return word;
}
