/**
 * Small measured programs: collectives in a row, one vector op, a matrix-vector product, messages. Runs one on the wavelet
 * engine, reads the time stamps it leaves in memory, and sets the model's cycles beside.
 */
import { WeftError } from '../base/error.ts';
import type { Cycle } from '../base/units.ts';
import type { EngineFactory } from '../engine/engine.ts';
import { createWaveletEngine } from '../engine/wavelet.ts';
import { type AllReduce, type Collective, type Descriptors, modelCycles } from '../kernels/collectives/collective.ts';
import { ALL_REDUCES, type AllReduceId, broadcast, REDUCES, type ReduceId } from '../kernels/collectives/index.ts';
import type { Measured } from '../kernels/measured/measured.ts';
import { checkRow, seededVectors } from '../kernels/measured/row.ts';
import { matvec, matvecModel } from '../kernels/micro/matvec.ts';
import { vectorOpOf } from '../kernels/micro/ops.ts';
import { message, messageModel, relay, relayModel } from '../kernels/micro/relay.ts';
import { publishedWindow, vecop, vecopModel, WINDOWS, type Window } from '../kernels/micro/vecop.ts';
import { enumerateChannels } from '../machine/channels.ts';
import { maskOf, Port } from '../machine/fabric.ts';
import { MACHINES, type MachineId, type MachineSpec } from '../machine/spec.ts';
import { Recorder } from '../trace/recorder.ts';
import { windowOf, wordAt } from './measured.ts';

export type { AllReduceId, Descriptors, ReduceId, Window };
export { ALL_REDUCES, REDUCES, WINDOWS };

/** A window: cycles measured, and cycles of the model. */
export interface MicroResult {
  readonly cycles: Cycle;
  readonly model: Cycle;
}
export interface CheckedResult extends MicroResult {
  /** Whether what the PEs hold at the end is right to the bit. */
  readonly exact: boolean;
}

export interface RowRequest {
  /** A preset, or any machine. */
  readonly machine: MachineId | MachineSpec;
  readonly pes: number;
  readonly wavelets: number;
}
export interface ReduceRequest extends RowRequest {
  readonly algo: ReduceId;
  readonly group?: number;
  readonly descriptors?: Descriptors;
}
export interface ReduceResult extends CheckedResult {
  /** PEs of a group, in the two-phase reduce. */
  readonly group?: number;
  /** The part of `cycles` before the first element and after the last, which the model does not count: time stamps, set-up, completion. */
  readonly startUp: Cycle;
}

/**
 * A reduce to the west end of a row; groups of the two-phase reduce have about the square root of P PEs unless given (S6).
 * @throws WeftError (`pes`, `wavelets`, `group`) for what the machine cannot hold.
 */
export function runReduce({ algo, group, ...request }: ReduceRequest): ReduceResult {
  if (algo === 'two-phase') {
    const size = group ?? Math.round(Math.sqrt(request.pes));
    return { group: size, ...runCollective(REDUCES[algo], request, size) };
  }
  if (group !== undefined) throw new WeftError('group', `${algo} has no groups`, ['leave --group out', 'use --algo two-phase']);
  return runCollective(REDUCES[algo], request);
}

/** A broadcast from the west end of a row. Throws as {@link runReduce} does. */
export const runBroadcast = (request: RowRequest): ReduceResult => runCollective(broadcast, request);

/** Sums of all vectors of a row with every PE. Throws as {@link runReduce} does, and (`wavelets`) for a ring of more PEs than words. */
export const runAllReduce = ({ algo, ...request }: RowRequest & { readonly algo: AllReduceId }): ReduceResult => runCollective(ALL_REDUCES[algo], request);

function runCollective(collective: Collective | AllReduce, request: RowRequest & { readonly descriptors?: Descriptors }, group = request.pes): ReduceResult {
  const { pes, wavelets, descriptors = collective.descriptors } = request;
  const machine = typeof request.machine === 'string' ? MACHINES[request.machine] : request.machine;
  checkRow(machine, pes);
  const row = { machine, pes, wavelets, group, descriptors };
  // Before the vectors, so that too long ones are an error and not an allocation.
  const startUp = collective.startUp(row);
  const measured = collective.build(row, seededVectors(pes, wavelets));
  return { ...measure(measured), model: modelCycles(collective, row), startUp };
}

export interface VecopRequest {
  readonly machine: MachineId;
  /** Ours or the vendor's name. */
  readonly op: string;
  readonly n: number;
  readonly conflict?: boolean;
  readonly window?: Window;
  readonly chain?: number;
}
export interface VecopResult extends MicroResult {
  readonly op: string;
  readonly window: Window;
  /** Cycles in each window. */
  readonly windows: Readonly<Record<Window, Cycle>>;
}

/** One vector op. Throws WeftError (`op`, `n`, `bank-conflict`). */
export function runVecop(request: VecopRequest): VecopResult {
  const machine = MACHINES[request.machine];
  const op = vectorOpOf(request.op);
  const window = request.window ?? publishedWindow(machine, op);
  const row = (of: Window) => ({ machine, op, n: request.n, conflict: request.conflict ?? false, chain: request.chain ?? 0, window: of });
  const windows = Object.fromEntries(WINDOWS.map((of) => [of, measure(vecop(row(of))).cycles])) as Record<Window, Cycle>;
  return { op, window, cycles: windows[window], model: vecopModel(row(window)), windows };
}

/** N stages of B words, stored and forwarded. Throws WeftError (`pes`, `wavelets`). */
export function runRelay(request: { readonly machine: MachineId; readonly stages: number; readonly wavelets: number }): CheckedResult {
  const row = { ...request, machine: MACHINES[request.machine] };
  return { ...measure(relay(row)), model: relayModel(row) };
}

export interface MessageResult extends CheckedResult {
  /** From the dispatch to the first wavelet on the link, measured and as the model has it. */
  readonly link: Cycle;
  readonly linkModel: Cycle;
}

/** One message over one hop, from the dispatch to the receiver going on. Throws WeftError (`wavelets`). */
export function runMessage(request: { readonly machine: MachineId; readonly wavelets: number }): MessageResult {
  const row = { ...request, machine: MACHINES[request.machine] };
  const measured = message(row);
  const model = messageModel(row);
  return { ...measure(measured), model: model.task, link: firstOnLink(measured), linkModel: model.link };
}

/** Cycles from the begin of the window to the first wavelet that leaves PE 0 to the east, from a trace of the run. */
function firstOnLink(measured: Measured): Cycle {
  const { program, begin, outside } = measured;
  const channels = enumerateChannels(program);
  const recorder = new Recorder(program.width, channels, 0, 0);
  const engine = createWaveletEngine(program, recorder);
  engine.advance(Number.MAX_SAFE_INTEGER);
  const { moves } = recorder.finish(program.width, program.height, engine.cycle);
  const first = moves.lane.findIndex((lane, i) => channels.pe[lane] === 0 && moves.tx[i] === maskOf(Port.E));
  return moves.begin[first] - wordAt((pe, address, bytes) => engine.memory(pe, address, bytes), begin) - outside;
}

/** A mapped matrix-vector product on one PE. Throws WeftError (`size`). */
export function runMatvec(request: { readonly machine: MachineId; readonly size: number }): CheckedResult {
  const row = { ...request, machine: MACHINES[request.machine] };
  return { ...measure(matvec(row)), model: matvecModel(row) };
}

/** Runs a measured program to its end and reads its window. */
export function measure(measured: Measured, create: EngineFactory = createWaveletEngine): Pick<CheckedResult, 'cycles' | 'exact'> {
  const engine = create(measured.program);
  engine.advance(Number.MAX_SAFE_INTEGER);
  return windowOf((pe, address, bytes) => engine.memory(pe, address, bytes), measured);
}
