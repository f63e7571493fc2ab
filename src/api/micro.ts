/**
 * Small measured programs: collectives in a row, one vector op, a matrix-vector product, messages. Runs one on the wavelet
 * engine, reads the time stamps it leaves in memory, and sets the model's cycles beside. Each is a generator (base/pieces.ts), and a function
 * that runs it at once.
 */
import { WeftError } from '../base/error.ts';
import { toEnd } from '../base/pieces.ts';
import type { Cycle } from '../base/units.ts';
import type { EngineMaking } from '../engine/engine.ts';
import { creatingWaveletEngine } from '../engine/wavelet.ts';
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
export interface AllReduceRequest extends RowRequest {
  readonly algo: AllReduceId;
}
export interface RelayRequest {
  readonly machine: MachineId;
  readonly stages: number;
  readonly wavelets: number;
}
export interface MessageRequest {
  readonly machine: MachineId;
  readonly wavelets: number;
}
export interface MatvecRequest {
  readonly machine: MachineId;
  readonly size: number;
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
export function* reducing({ algo, group, ...request }: ReduceRequest): Generator<void, ReduceResult> {
  if (algo === 'two-phase') {
    const size = group ?? Math.round(Math.sqrt(request.pes));
    return { group: size, ...(yield* collecting(REDUCES[algo], request, size)) };
  }
  if (group !== undefined) throw new WeftError('group', `${algo} has no groups`, ['leave --group out', 'use --algo two-phase']);
  return yield* collecting(REDUCES[algo], request);
}

export const runReduce = (request: ReduceRequest): ReduceResult => toEnd(reducing(request));

/** A broadcast from the west end of a row. Throws as {@link reducing} does. */
export const broadcasting = (request: RowRequest): Generator<void, ReduceResult> => collecting(broadcast, request);
export const runBroadcast = (request: RowRequest): ReduceResult => toEnd(broadcasting(request));

/** Sums of all vectors of a row with every PE. Throws as {@link reducing} does, and (`wavelets`) for a ring of more PEs than words. */
export const reducingAll = ({ algo, ...request }: AllReduceRequest): Generator<void, ReduceResult> => collecting(ALL_REDUCES[algo], request);
export const runAllReduce = (request: AllReduceRequest): ReduceResult => toEnd(reducingAll(request));

function* collecting(
  collective: Collective | AllReduce,
  request: RowRequest & { readonly descriptors?: Descriptors },
  group = request.pes,
): Generator<void, ReduceResult> {
  const { pes, wavelets, descriptors = collective.descriptors } = request;
  const machine = typeof request.machine === 'string' ? MACHINES[request.machine] : request.machine;
  checkRow(machine, pes);
  const row = { machine, pes, wavelets, group, descriptors };
  // Before the vectors, so that too long ones are an error and not an allocation.
  const startUp = collective.startUp(row);
  const vectors = seededVectors(pes, wavelets);
  const measured = collective.building ? yield* collective.building(row, vectors) : collective.build(row, vectors);
  return { ...(yield* measuring(measured)), model: modelCycles(collective, row), startUp };
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
export function* operating(request: VecopRequest): Generator<void, VecopResult> {
  const machine = MACHINES[request.machine];
  const op = vectorOpOf(request.op);
  const window = request.window ?? publishedWindow(machine, op);
  const row = (of: Window) => ({ machine, op, n: request.n, conflict: request.conflict ?? false, chain: request.chain ?? 0, window: of });
  const windows: Partial<Record<Window, Cycle>> = {};
  for (const of of WINDOWS) windows[of] = (yield* measuring(vecop(row(of)))).cycles;
  return { op, window, cycles: windows[window] ?? 0, model: vecopModel(row(window)), windows: windows as Record<Window, Cycle> };
}

export const runVecop = (request: VecopRequest): VecopResult => toEnd(operating(request));

/** N stages of B words, stored and forwarded. Throws WeftError (`pes`, `wavelets`). */
export function* relaying(request: RelayRequest): Generator<void, CheckedResult> {
  const row = { ...request, machine: MACHINES[request.machine] };
  return { ...(yield* measuring(relay(row))), model: relayModel(row) };
}

export const runRelay = (request: RelayRequest): CheckedResult => toEnd(relaying(request));

export interface MessageResult extends CheckedResult {
  /** From the dispatch to the first wavelet on the link, measured and as the model has it. */
  readonly link: Cycle;
  readonly linkModel: Cycle;
}

/** One message over one hop, from the dispatch to the receiver going on. Throws WeftError (`wavelets`). */
export function* sending(request: MessageRequest): Generator<void, MessageResult> {
  const row = { ...request, machine: MACHINES[request.machine] };
  const measured = message(row);
  const model = messageModel(row);
  return { ...(yield* measuring(measured)), model: model.task, link: yield* firstOnLink(measured), linkModel: model.link };
}

export const runMessage = (request: MessageRequest): MessageResult => toEnd(sending(request));

/** Cycles from the begin of the window to the first wavelet that leaves PE 0 to the east, from a trace of the run. */
function* firstOnLink(measured: Measured): Generator<void, Cycle> {
  const { program, begin, outside } = measured;
  const channels = enumerateChannels(program);
  const recorder = new Recorder(program.width, channels, 0, 0);
  const engine = yield* creatingWaveletEngine(program, recorder);
  yield* engine.advancing(Number.MAX_SAFE_INTEGER);
  const { moves } = recorder.finish(program.width, program.height, engine.cycle);
  const first = moves.lane.findIndex((lane, i) => channels.pe[lane] === 0 && moves.tx[i] === maskOf(Port.E));
  return moves.begin[first] - wordAt((pe, address, bytes) => engine.memory(pe, address, bytes), begin) - outside;
}

/** A mapped matrix-vector product on one PE. Throws WeftError (`size`). */
export function* multiplying(request: MatvecRequest): Generator<void, CheckedResult> {
  const row = { ...request, machine: MACHINES[request.machine] };
  return { ...(yield* measuring(matvec(row))), model: matvecModel(row) };
}

export const runMatvec = (request: MatvecRequest): CheckedResult => toEnd(multiplying(request));

/** Runs a measured program to its end and reads its window, in pieces. */
export function* measuring(measured: Measured, creating: EngineMaking = creatingWaveletEngine): Generator<void, Pick<CheckedResult, 'cycles' | 'exact'>> {
  const engine = yield* creating(measured.program);
  yield* engine.advancing(Number.MAX_SAFE_INTEGER);
  return windowOf((pe, address, bytes) => engine.memory(pe, address, bytes), measured);
}
