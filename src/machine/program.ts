/**
 * A program for the machine, as data: what kernels produce and engines run. Nothing here knows a kernel or an engine.
 * It survives structured cloning, so it can cross to a worker or be saved.
 *
 * Models: machine.md sections 2 and 3 (routers, switches, control wavelets, queues, tasks, threads, vector ops, FIFOs in
 * memory, the host port). Leaves out, with room left: color swap, filters.
 */
import type { Bytes, Color, PeId } from '../base/units.ts';
import type { Pop } from './control.ts';
import type { Port, PortMask } from './fabric.ts';
import type { ScalarOp, VectorOp } from './ops.ts';
import type { TaskPicker } from './picker.ts';
import type { MachineSpec } from './spec.ts';

/** Scalar registers of a PE: 32-bit words, read as i32 or f32 by the instruction. */
export const REGISTERS = 16;
/** Microthreads beside the main thread; thread numbers 0..7, main is {@link MAIN_THREAD}. */
export const MICROTHREADS = 8;
export const MAIN_THREAD = 8;
/** At most this many tasks in one PE class. */
export const MAX_TASKS = 24;

/** What an instruction is for; the trace, the page and the reports group time by it. */
export const ACTIVITIES = ['compute', 'dequantise', 'send', 'receive', 'load'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/**
 * A vector of elements in PE memory. Element i lies at
 * `address + registers[base] + width * (stride * (i % inner) + outer * floor(i / inner))`.
 * Addresses must be multiples of the element width; `inner` absent means one dimension.
 */
export interface MemoryOperand {
  readonly kind: 'memory';
  readonly address: Bytes;
  readonly base?: number;
  readonly stride: number;
  readonly inner?: number;
  readonly outer?: number;
}
/**
 * Takes one wavelet an element from the input queue (its number in the PE class); 16-bit elements lie in the low half.
 * `packed`: two 16-bit elements a wavelet, the lower index in the low half. Control wavelets are not taken: the op waits
 * until a control task has taken them.
 */
export interface FabricInOperand {
  readonly kind: 'fabricIn';
  readonly queue: number;
  readonly packed?: boolean;
}
/**
 * Puts one wavelet an element (`packed`: one for two 16-bit elements) into the output queue. `advance` flips the own
 * router's switch when the last one leaves it; `control` sends control wavelets, whose words control.ts encodes.
 */
export interface FabricOutOperand {
  readonly kind: 'fabricOut';
  readonly queue: number;
  readonly advance: boolean;
  readonly packed?: boolean;
  readonly control?: boolean;
}
/** The PE's FIFO in memory of this number in the class: a source takes its oldest word, a destination adds one. */
export interface FifoOperand {
  readonly kind: 'fifo';
  readonly fifo: number;
}
/** A register: the accumulating destination of a reduction. */
export interface RegisterOperand {
  readonly kind: 'register';
  readonly register: number;
}
export type Source = MemoryOperand | FabricInOperand | FifoOperand;
export type Destination = MemoryOperand | FabricOutOperand | FifoOperand | RegisterOperand;

/** The scalar of a vector op: an immediate word or a register, read when the op starts. */
export type Scalar = { readonly imm: number } | { readonly register: number };

/**
 * One vector (DSD) operation over `length` elements. Without `thread` it holds the main thread until it ends; with it, it
 * runs in that microthread while main goes on (starting an op on a busy microthread waits). Its end may activate or unblock a task.
 */
export interface VectorInstruction {
  readonly kind: 'vector';
  readonly op: VectorOp;
  readonly activity: Activity;
  readonly length: number;
  readonly destination: Destination;
  readonly a: Source;
  readonly b?: Source;
  readonly scalar?: Scalar;
  readonly thread?: number;
  readonly activates?: number;
  readonly unblocks?: number;
  /** A step of a mapped op: it repeats the op before it over the next vectors and pays the machine's `setup.mapped` only. */
  readonly mapped?: boolean;
}

/** One scalar step: d, a, b are register numbers. */
export interface ScalarStep {
  readonly op: ScalarOp;
  readonly d?: number;
  readonly a?: number;
  readonly b?: number;
  readonly imm?: number;
}

/** A straight run of scalar steps. It reads and writes as of its first cycle and holds the issue slot for the sum of its costs. */
export interface ScalarInstruction {
  readonly kind: 'scalar';
  readonly activity: Activity;
  readonly steps: readonly ScalarStep[];
}

/** registers[counter] -= 1; jumps to instruction `to` of the task while the result is above zero. */
export interface LoopInstruction {
  readonly kind: 'loop';
  readonly activity: Activity;
  readonly counter: number;
  readonly to: number;
}

/** When a branch is taken: its register, read as i32, is this against zero. */
export const CONDITIONS = ['zero', 'nonzero', 'negative', 'positive'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Jumps to instruction `to` of the task when the register meets the condition. */
export interface BranchInstruction {
  readonly kind: 'branch';
  readonly activity: Activity;
  readonly register: number;
  readonly when: Condition;
  readonly to: number;
}

/** Sets or clears a task's flag (takes effect in the next tick); costs one `alu`. */
export interface FlagInstruction {
  readonly kind: 'activate' | 'block' | 'unblock';
  readonly task: number;
}

/** Free of charge: from here on the thread's trace intervals carry the value of a register (or -1), see {@link Program.marks}. */
export interface MarkInstruction {
  readonly kind: 'mark';
  readonly register: number;
}

export type Instruction = VectorInstruction | ScalarInstruction | LoopInstruction | BranchInstruction | FlagInstruction | MarkInstruction;

/**
 * What starts a task that is not local. `data`: each data wavelet at the head of the input queue, whose word goes to
 * `register`. `control`: each control wavelet at the head of any input queue that names this task; its data field goes to
 * `register`.
 */
export type Trigger = { readonly kind: 'data'; readonly queue: number; readonly register: number } | { readonly kind: 'control'; readonly register: number };

/**
 * A task. `active` and `blocked` are flags, not counters. A local task (no trigger) runs when active and not blocked, which
 * clears `active`; a data or control task when its wavelet is there and it is not blocked, which takes the wavelet.
 */
export interface Task {
  readonly name: string;
  readonly code: readonly Instruction[];
  readonly active: boolean;
  readonly blocked: boolean;
  readonly trigger?: Trigger;
}

/**
 * A FIFO in a PE's memory: a ring of `capacity` 32-bit words from `address` (a multiple of 4) on. An op that finds it full
 * or empty stalls and keeps its position. Each word added or taken may activate a task.
 */
export interface MemoryFifo {
  readonly name: string;
  readonly address: Bytes;
  readonly capacity: number;
  readonly activatesOnPush?: number;
  readonly activatesOnPop?: number;
}

/** What bytes of a PE are for; bars and lists group by it. */
export const MEMORY_KINDS = ['code', 'weights', 'block', 'activations', 'results', 'queues', 'stack'] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** A named range of a PE's memory. */
export interface Allocation {
  readonly name: string;
  readonly kind: MemoryKind;
  readonly address: Bytes;
  readonly bytes: Bytes;
}

/** A queue of the compute element bound to a color. `queue` picks the depth from the machine's table. */
export interface QueueBinding {
  readonly queue: number;
  readonly color: Color;
}

/** Everything that PEs with the same code share; compiled once. */
export interface PeClass {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Accounts for every byte, the code reserve included; their sum is at most the machine's SRAM. */
  readonly memory: readonly Allocation[];
  readonly inputs: readonly QueueBinding[];
  readonly outputs: readonly QueueBinding[];
  readonly fifos?: readonly MemoryFifo[];
}

/** One switch position of one color at one router. */
export interface RoutePosition {
  readonly rx: PortMask;
  readonly tx: PortMask;
}

/** The route of one color at one router: one to four switch positions, starting at position 0. */
export interface Route {
  readonly color: Color;
  readonly positions: readonly RoutePosition[];
  /** True wraps from the last position to 0; false makes advancing past the last a no-op. */
  readonly ring: boolean;
  /** When a control wavelet's first command is taken off as it passes; 'never' if absent (S5: programs that name no mode behave so). Routes of one position neither execute nor pop. */
  readonly pop?: Pop;
}

/** All routes of a router; shared by routers that are configured alike. */
export type RouteClass = readonly Route[];

/** Bytes copied into PE memory before the launch: segment i puts data[offset[i] .. + length[i]) at address[i] of PE pe[i]. */
export interface LoadTable {
  readonly data: readonly Uint8Array[];
  readonly source: Uint16Array;
  readonly pe: Uint32Array;
  readonly address: Uint32Array;
  readonly offset: Float64Array;
  readonly length: Uint32Array;
}

/** At most `words` wavelets in any stretch of `cycles` ticks that is busy throughout; idle time earns no credit. */
export interface Rate {
  readonly words: number;
  readonly cycles: number;
}

/** A wavelet at each of these ticks, which rise, at the earliest; after the last one at any. What a trace says of a lane can be done again so. */
export interface Timetable {
  readonly ticks: Uint32Array;
}

/** Wavelets the host sends into `port` of `pe`, in order, from cycle `from` (0 if absent), one a cycle or at `rate`, while there is room. */
export interface HostSource {
  readonly name: string;
  readonly pe: PeId;
  readonly port: Port;
  readonly color: Color;
  readonly words: Uint32Array;
  /** 1 where the word is a control wavelet; all data if absent. */
  readonly controls?: Uint8Array;
  readonly from?: number;
  readonly rate?: Rate | Timetable;
}

/** Wavelets the host takes from `port` of `pe`, control wavelets too, one a cycle or at `rate`; a run must end with exactly `expect` of them. */
export interface HostSink {
  readonly name: string;
  readonly pe: PeId;
  readonly port: Port;
  readonly color: Color;
  readonly expect: number;
  readonly rate?: Rate | Timetable;
}

/**
 * What the host does besides streaming, in order, each step when the machine has come to rest after the one before.
 * A step takes the time of machine/host.ts and has its effect at its end: bytes are in memory, tasks of that name active
 * (in every class that has one), bytes copied out.
 */
export type HostStep =
  | { readonly kind: 'copyIn'; readonly name: string; readonly loads: LoadTable }
  | { readonly kind: 'launch'; readonly name: string; readonly task: string }
  | { readonly kind: 'copyOut'; readonly name: string; readonly pes: Uint32Array; readonly address: Bytes; readonly bytes: Bytes };

/** A stream's name on screen: letter of its wavelet labels, what it carries. */
export interface StreamName {
  readonly color: Color;
  readonly letter: string;
  readonly meaning: string;
}

/** One digit of a mark: mark = sum of digit * product of the later sizes; e.g. column 1 of 2, block 3 of 16. */
export interface MarkDigit {
  readonly name: string;
  readonly size: number;
}

export interface Program {
  readonly machine: MachineSpec;
  readonly width: number;
  readonly height: number;
  readonly classes: readonly PeClass[];
  /** Class of each PE, row-major. */
  readonly classOf: Uint16Array;
  readonly routes: readonly RouteClass[];
  /** Route class of each router, row-major. */
  readonly routeOf: Uint16Array;
  readonly loads: LoadTable;
  readonly sources: readonly HostSource[];
  readonly sinks: readonly HostSink[];
  readonly host?: readonly HostStep[];
  /** Which of several runnable tasks starts; 'lowest' if absent. */
  readonly picker?: TaskPicker;
  readonly streams: readonly StreamName[];
  readonly marks: readonly MarkDigit[];
}
