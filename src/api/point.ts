/** One point of a sweep: its flat configuration as a run, and the run's numbers as one flat object. */
import { WeftError } from '../base/error.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { TUNABLE_IDS, TUNABLES } from '../machine/tuning.ts';
import type { OriginalFormatId } from '../quant/formats.ts';
import {
  type EngineChoice,
  OPTION_IDS,
  OPTIONS,
  type OptionSpec,
  type PlanSummary,
  type RunConfig,
  type RunResult,
  type Session,
  type WireError,
} from './protocol.ts';

/** Simulated, or by closed form alone. */
export type PointMode = 'simulated' | 'closed-form';

/** Numbers of a point; those of a simulation are null where nothing was simulated. Cycles, bytes, shares of 1. */
export interface PointResult {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly pesWidth: number;
  readonly pesHeight: number;
  readonly usedPes: number;
  readonly rowsPerPe: number;
  readonly sramBytes: number;
  readonly closedForm: number;
  readonly lowerBound: number;
  readonly cycles: number | null;
  readonly microseconds: number;
  readonly utilisationMac: number;
  readonly utilisationBusy: number | null;
  readonly latencyFirst: number | null;
  readonly latencyMean: number | null;
  readonly loadCycles: number;
  readonly plainLoopDifferences: number | null;
  readonly maxAbsErrorF64: number | null;
  readonly checksHold: boolean | null;
  readonly traceHash: string | null;
}

/** What can be varied from point to point, kernels' options and the machine's constants included, and what its values are. */
export const POINT_KINDS: ReadonlyMap<string, 'number' | 'decimal' | 'text' | 'rectangle'> = new Map([
  ...(['m', 'k', 'n', 'seed'] as const).map((name) => [name, 'number'] as const),
  ...(['kernel', 'machine', 'tensor', 'format', 'as', 'engine'] as const).map((name) => [name, 'text'] as const),
  ['pes', 'rectangle'] as const,
  ...OPTION_IDS.map((id) => [id, (OPTIONS[id] as OptionSpec).values ? 'text' : 'number'] as const),
  ...TUNABLE_IDS.map((id) => [id, TUNABLES[id].unit === 'factor' ? 'decimal' : 'number'] as const),
]);

export type PointOutcome =
  | { readonly ok: true; readonly result: PointResult }
  | { readonly ok: false; readonly error: { readonly field: string; readonly message: string; readonly fixes: readonly string[] } };

/** Flat configuration to a run; throws WeftError for a rectangle or machine that is none. */
export function configOfPoint(point: Readonly<Record<string, string | number>>): RunConfig {
  const text = (key: string, otherwise = ''): string => String(point[key] ?? otherwise);
  const number = (key: string, otherwise: number): number => Number(point[key] ?? otherwise);
  const options = Object.fromEntries(OPTION_IDS.filter((id) => point[id] !== undefined).map((id) => [id, point[id]]));
  const tuning = Object.fromEntries(TUNABLE_IDS.filter((id) => point[id] !== undefined).map((id) => [id, Number(point[id])]));
  return {
    model: text('model', 'synthetic'),
    tensor: text('tensor'),
    m: number('m', 0),
    k: number('k', 0),
    n: number('n', 1),
    seed: number('seed', 7),
    kernel: text('kernel'),
    machine: machineOf(text('machine')),
    ...(Object.keys(tuning).length === 0 ? {} : { tuning }),
    ...(point.pes === undefined ? {} : { pes: rectangleOf(text('pes')) }),
    ...(point.format === undefined ? {} : { format: text('format') }),
    ...(point.as === undefined ? {} : { as: text('as') as OriginalFormatId }),
    ...(point.engine === undefined ? {} : { engine: engineOf(text('engine')) }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

const ENGINES: readonly EngineChoice[] = ['wavelet', 'reference', 'timing', 'auto'];

function engineOf(id: string): EngineChoice {
  const engine = ENGINES.find((name) => name === id);
  if (engine === undefined) throw new WeftError('engine', `unknown engine ${id}`, [`use one of ${ENGINES.join(', ')}`]);
  return engine;
}

function machineOf(id: string): MachineId {
  if (Object.hasOwn(MACHINES, id)) return id as MachineId;
  throw new WeftError('machine', `unknown machine ${id}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
}

function rectangleOf(text: string): { readonly width: number; readonly height: number } {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (match === null) throw new WeftError('pes', `'${text}' is not a rectangle of PEs`, ['write WIDTHxHEIGHT']);
  return { width: Number(match[1]), height: Number(match[2]) };
}

/** Computes a point in a session that has its model open. Whatever goes wrong is an outcome. */
export async function runPoint(session: Session, point: Readonly<Record<string, string | number>>, mode: PointMode): Promise<PointOutcome> {
  try {
    const config = configOfPoint(point);
    const planned = await session.plan(config);
    if (!planned.ok) return failed(planned.error);
    if (mode === 'closed-form') return { ok: true, result: { ...placement(planned.value), ...byClosedForm(planned.value) } };
    const ran = await session.run(config, () => undefined);
    return ran.ok ? { ok: true, result: { ...placement(planned.value), ...bySimulation(ran.value) } } : failed(ran.error);
  } catch (error) {
    if (error instanceof WeftError) return { ok: false, error: { field: error.field, message: error.message, fixes: error.fixes } };
    return { ok: false, error: { field: 'internal', message: error instanceof Error ? error.message : String(error), fixes: [] } };
  }
}

const failed = ({ field, message, fixes }: WireError): PointOutcome => ({ ok: false, error: { field, message, fixes } });

type Placement = 'm' | 'k' | 'n' | 'pesWidth' | 'pesHeight' | 'usedPes' | 'rowsPerPe' | 'sramBytes' | 'closedForm' | 'lowerBound' | 'loadCycles';

function placement({ plan, estimate }: PlanSummary): Pick<PointResult, Placement> {
  const { shape, rectangle, machine, memory, usedPes, rowsPerPe, weightBytes } = plan;
  return {
    m: shape.m,
    k: shape.k,
    n: shape.n,
    pesWidth: rectangle.width,
    pesHeight: rectangle.height,
    usedPes,
    rowsPerPe,
    sramBytes: memory.reduce((sum, a) => sum + a.bytes, 0),
    closedForm: estimate.closedForm.cycles,
    lowerBound: estimate.lowerBound.cycles,
    loadCycles: Math.ceil(weightBytes / 4 / machine.host.wordsInPerCycle),
  };
}

function byClosedForm({ plan, estimate }: PlanSummary): Omit<PointResult, Placement> {
  const { cycles } = estimate.closedForm;
  const { shape, rectangle, machine, macRate } = plan;
  return {
    cycles: null,
    microseconds: (cycles / machine.clockHz) * 1e6,
    utilisationMac: (shape.m * shape.k * shape.n) / (rectangle.width * rectangle.height * cycles * macRate),
    utilisationBusy: null,
    latencyFirst: null,
    latencyMean: null,
    plainLoopDifferences: null,
    maxAbsErrorF64: null,
    checksHold: null,
    traceHash: null,
  };
}

function bySimulation({ metrics, errors, conservation, traceHash }: RunResult): Omit<PointResult, Placement> {
  return {
    cycles: metrics.cycles,
    microseconds: metrics.microseconds,
    utilisationMac: metrics.utilisation.mac,
    utilisationBusy: metrics.utilisation.busy,
    latencyFirst: metrics.latency.first,
    latencyMean: metrics.latency.mean,
    plainLoopDifferences: errors.vsPlainLoop,
    maxAbsErrorF64: errors.maxAbsVsF64,
    checksHold: conservation.every((check) => check.holds),
    traceHash,
  };
}
