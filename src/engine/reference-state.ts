/**
 * The whole state of a machine as plain objects, for the reference engine: one array of entries per FIFO and queue, one
 * record per PE. Made to be read, not to be fast. A snapshot is a deep copy. Models: docs/tick.md, the nouns of its rules.
 */
import { assert } from '../base/error.ts';
import type { Channels } from '../machine/channels.ts';
import type { PickerState } from '../machine/picker.ts';
import { type Instruction, type LoadTable, MAIN_THREAD, type Program, REGISTERS } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import { dataRange } from './faults.ts';
import type { Entry, HashedThread, StateView } from './state-hash.ts';

/** A thread that has an instruction (rule 8). */
export interface Thread {
  task: number;
  instruction: number;
  /** Whether the set-up is paid, or was free and the first group has issued (rule 13). */
  started: boolean;
  /** Elements done. */
  position: number;
  /** Scalar word (of addc16: the carry) and base addresses of destination, a, b as read when the op started; 0 before and where unused. */
  scalar: number;
  bases: readonly [number, number, number];
  mark: number;
  /** First tick at which it may issue: the end of its own last issue. */
  ready: number;
}

/** A change of a task's flag that is not visible yet. */
export interface PendingFlag {
  readonly tick: number;
  readonly task: number;
  readonly kind: 'activate' | 'block' | 'unblock';
}

/** A FIFO in memory: the place of its oldest word in the ring, and its words. */
export interface RingState {
  readonly head: number;
  readonly count: number;
}

/** One PE: its router's switches and its compute element. */
export interface Pe {
  /** Switch position and tick of the last departure (-1 for never), by route of the route class. */
  positions: number[];
  departed: number[];
  registers: Int32Array;
  /** Bytes from address 0 to the end of the class's last allocation. */
  memory: Uint8Array;
  active: boolean[];
  blocked: boolean[];
  pending: PendingFlag[];
  /** First tick at which the issue slot is free. */
  slotFree: number;
  lastMicrothread: number;
  /** Threads 0..7 and main (8); undefined without an instruction. */
  threads: (Thread | undefined)[];
  /** Main's mark, which outlives its tasks, and the tick at which its last task ended. */
  mark: number;
  mainFree: number;
  picker: PickerState;
  /** By number of the memory FIFO in the class. */
  rings: RingState[];
}

/** The host: its next step, and the tick at which that ends, or -1 when it has not begun. */
export interface HostState {
  readonly next: number;
  readonly end: number;
}

export interface State {
  /** Ticks executed: the number of the next tick. */
  cycle: number;
  /** By channel (machine/channels.ts), head first. */
  fifos: Entry[][];
  /** By input queue lane, head first. */
  inputs: Entry[][];
  pes: Pe[];
  /** Words each source has sent. */
  sent: number[];
  /** Words each sink has received. */
  received: number[][];
  /** `due` of every source's and sink's lane (machine/host.ts). */
  sourceDue: number[];
  sinkDue: number[];
  host: HostState;
  /** Bytes copied out, by host step. */
  copied: Uint8Array[];
}

/** What every phase of the tick works on. */
export interface Context {
  readonly program: Program;
  readonly channels: Channels;
  readonly recorder: Recorder | undefined;
  state: State;
}

/** The state before tick 0, loads done (rule 15). */
export function initialState(program: Program, channels: Channels): State {
  const state: State = {
    cycle: 0,
    fifos: Array.from({ length: channels.count }, () => []),
    inputs: Array.from({ length: channels.inputCount }, () => []),
    pes: Array.from({ length: program.width * program.height }, (_, pe) => initialPe(program, pe)),
    sent: program.sources.map(() => 0),
    received: program.sinks.map(() => []),
    sourceDue: program.sources.map(() => 0),
    sinkDue: program.sinks.map(() => 0),
    host: { next: 0, end: -1 },
    copied: (program.host ?? []).map(() => new Uint8Array(0)),
  };
  applyLoads(state, program.loads);
  return state;
}

/** Copies bytes into the PEs' memories. */
export function applyLoads(state: State, { data, source, pe, address, offset, length }: LoadTable): void {
  for (let i = 0; i < pe.length; i++) {
    state.pes[pe[i]].memory.set(data[source[i]].subarray(offset[i], offset[i] + length[i]), address[i]);
  }
}

function initialPe(program: Program, pe: number): Pe {
  const cls = program.classes[program.classOf[pe]];
  const routes = program.routes[program.routeOf[pe]];
  return {
    positions: routes.map(() => 0),
    departed: routes.map(() => -1),
    registers: new Int32Array(REGISTERS),
    memory: new Uint8Array(dataRange(cls, program.machine).to),
    active: cls.tasks.map((task) => task.active),
    blocked: cls.tasks.map((task) => task.blocked),
    pending: [],
    slotFree: 0,
    lastMicrothread: -1,
    threads: new Array<Thread | undefined>(MAIN_THREAD + 1).fill(undefined),
    mark: -1,
    mainFree: 0,
    picker: 0,
    rings: (cls.fifos ?? []).map(() => ({ head: 0, count: 0 })),
  };
}

/** A deep copy; entries, pending flags, rings and bytes copied out are never changed in place, so they are shared. */
export function copyState(state: State): State {
  return {
    cycle: state.cycle,
    fifos: state.fifos.map((list) => [...list]),
    inputs: state.inputs.map((list) => [...list]),
    pes: state.pes.map(copyPe),
    sent: [...state.sent],
    received: state.received.map((list) => [...list]),
    sourceDue: [...state.sourceDue],
    sinkDue: [...state.sinkDue],
    host: state.host,
    copied: [...state.copied],
  };
}

function copyPe(pe: Pe): Pe {
  return {
    ...pe,
    positions: [...pe.positions],
    departed: [...pe.departed],
    registers: pe.registers.slice(),
    memory: pe.memory.slice(),
    active: [...pe.active],
    blocked: [...pe.blocked],
    pending: [...pe.pending],
    threads: pe.threads.map((thread) => thread && { ...thread }),
    rings: [...pe.rings],
  };
}

/** The instruction a thread is at. */
export function instructionOf(program: Program, pe: number, thread: Thread): Instruction {
  const instruction = program.classes[program.classOf[pe]].tasks[thread.task].code[thread.instruction];
  assert(instruction !== undefined, `a thread of PE ${pe} is past the end of its task`);
  return instruction;
}

/** The state as state-hash.ts and stuck.ts read it. */
export function viewOf(context: Context): StateView {
  const { program, state } = context;
  const pes = state.pes;
  return {
    fifo: (channel) => state.fifos[channel],
    input: (lane) => state.inputs[lane],
    position: (pe, route) => pes[pe].positions[route],
    lastDeparture: (pe, route) => pes[pe].departed[route],
    registers: (pe) => pes[pe].registers,
    memory: (pe) => pes[pe].memory.slice(program.machine.codeReserve),
    activeTasks: (pe) => bits(pes[pe].active),
    blockedTasks: (pe) => bits(pes[pe].blocked),
    pending: (pe) => pes[pe].pending,
    slotFree: (pe) => pes[pe].slotFree,
    lastMicrothread: (pe) => pes[pe].lastMicrothread,
    threads: (pe) => pes[pe].threads.flatMap((thread, number): HashedThread[] => (thread ? [{ thread: number, ...thread }] : [])),
    memoryFifo: (pe, fifo) => pes[pe].rings[fifo],
    picker: (pe) => pes[pe].picker,
    sourceNext: (source) => state.sent[source],
    sinkCount: (sink) => state.received[sink].length,
    sourceDue: (source) => state.sourceDue[source],
    sinkDue: (sink) => state.sinkDue[sink],
    hostStep: () => state.host,
  };
}

const bits = (flags: readonly boolean[]): number => flags.reduce((mask, flag, i) => mask | (flag ? 1 << i : 0), 0);
