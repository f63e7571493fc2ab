/**
 * A program for the machine, as data: what kernels produce and engines run. Nothing here knows a kernel or an engine.
 * It survives structured cloning, so it can cross to a worker or be saved.
 *
 * Models: machine.md sections 2 and 3 (routers, switches, queues, tasks, threads, vector ops).
 * Leaves out for now: control wavelets, data and control tasks, FIFOs in memory, f16 pairs.
 */
import type { Bytes, Color, PeId } from '../base/units.ts';
import type { Port, PortMask } from './fabric.ts';
import type { ScalarOp, VectorOp } from './ops.ts';
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
/** Takes one wavelet an element from the input queue (its number in the PE class). */
export interface FabricInOperand {
  readonly kind: 'fabricIn';
  readonly queue: number;
}
/** Puts one wavelet an element into the output queue; `advance` flips the own router's switch when the last one leaves it. */
export interface FabricOutOperand {
  readonly kind: 'fabricOut';
  readonly queue: number;
  readonly advance: boolean;
}
/** A register: the accumulating destination of a reduction. */
export interface RegisterOperand {
  readonly kind: 'register';
  readonly register: number;
}
export type Source = MemoryOperand | FabricInOperand;
export type Destination = MemoryOperand | FabricOutOperand | RegisterOperand;

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

export type Instruction = VectorInstruction | ScalarInstruction | LoopInstruction | FlagInstruction | MarkInstruction;

/** A local task. `active` and `blocked` are flags, not counters; a task runs when active and not blocked, which clears `active`. */
export interface Task {
  readonly name: string;
  readonly code: readonly Instruction[];
  readonly active: boolean;
  readonly blocked: boolean;
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

/** Wavelets the host sends into `port` of `pe`, in order, from cycle 0, one a cycle while there is room. */
export interface HostSource {
  readonly name: string;
  readonly pe: PeId;
  readonly port: Port;
  readonly color: Color;
  readonly words: Uint32Array;
}

/** Wavelets the host takes from `port` of `pe`, one a cycle; a run must end with exactly `expect` of them. */
export interface HostSink {
  readonly name: string;
  readonly pe: PeId;
  readonly port: Port;
  readonly color: Color;
  readonly expect: number;
}

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
  readonly streams: readonly StreamName[];
  readonly marks: readonly MarkDigit[];
}
