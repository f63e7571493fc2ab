/**
 * A whole forward pass: opens a Llama file, makes its launches on the wavelet engine (launch.ts) and sums them up as plain data.
 * Works as well in the page's worker as from the command line.
 */
import { WeftError } from '../base/error.ts';
import type { LaunchRecord } from '../inference/launch.ts';
import { type ForwardPlan, planForward } from '../inference/llama.ts';
import { checkTokens, openLlama } from '../inference/llama-model.ts';
import type { KernelOptions, Rectangle } from '../kernels/types.ts';
import { MACHINES, type MachineId, type MachineSpec } from '../machine/spec.ts';
import { openGguf } from '../model/gguf-read.ts';
import { type BlobLike, fromBlob } from '../model/range.ts';
import { createLaunch, type Listener } from './launch.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './protocol.ts';

export { FORWARD_KERNELS } from '../inference/llama.ts';

export interface ForwardRequest {
  readonly tokens: readonly number[];
  /** One of {@link FORWARD_KERNELS}. */
  readonly kernel: string;
  readonly machine: MachineId;
  /** Rectangle of every launch but the final norm's, which is one PE; each launch's default if absent. */
  readonly pes?: Rectangle | undefined;
  readonly options?: KernelOptions | undefined;
}

export interface ForwardProgress {
  /** Number of the launch, from 0, of how many, and its name. */
  readonly launch: number;
  readonly launches: number;
  readonly name: string;
  /** Cycles of the closed forms of all launches: those behind, and all. */
  readonly cycle: number;
  readonly expected: number;
}

export interface ForwardListener {
  report(progress: ForwardProgress): void;
  /** True when the pass is to stop. */
  stopped(): boolean;
}

/** What launches have in common, summed up. Residual: closed form / simulated - 1. */
export interface LaunchSums {
  readonly launches: number;
  readonly cycles: number;
  readonly closedForm: number;
  readonly residual: number;
  /** Useful multiply-adds over those that all PEs of the rectangles could have made in these cycles. */
  readonly utilisation: number;
  readonly macs: number;
  readonly hostBytes: LaunchRecord['hostBytes'];
}

export interface LayerSums extends LaunchSums {
  readonly block: number;
}

export interface ForwardTotals extends LaunchSums {
  /** Cycles at the machine's clock: one launch after the other, weights resident. */
  readonly seconds: number;
  /** To copy all weights in, at the host's rate for the whole wafer; not part of `seconds`. */
  readonly loadSeconds: number;
}

/** The best continuations after a position. */
export interface TopTokens {
  readonly position: number;
  readonly token: number;
  readonly best: readonly { readonly token: number; readonly logit: number }[];
}

export interface ForwardResult {
  readonly model: { readonly name: string; readonly blocks: number; readonly hidden: number; readonly context: number; readonly tied: boolean };
  readonly machine: MachineId;
  readonly clockHz: number;
  readonly kernel: string;
  readonly options: KernelOptions;
  readonly tokens: readonly number[];
  readonly vocabulary: number;
  /** What no PE computed. */
  readonly onHost: readonly string[];
  readonly layers: readonly LayerSums[];
  readonly launches: readonly LaunchRecord[];
  readonly totals: ForwardTotals;
  readonly top: readonly TopTokens[];
  /** Physics of all launches, and results that differ from the plain loops in a bit. */
  readonly conservation: { readonly passed: boolean; readonly checks: number; readonly failed: readonly string[]; readonly bitsOff: number };
  /** N x vocabulary f32, one token after the other. */
  readonly logits: Float32Array;
}

/** How many of the best tokens are listed. */
const BEST = 5;

/**
 * Runs the tokens through every layer of a Llama GGUF. An outcome without a value carries the one error: what the file lacks
 * or contradicts, a token out of range, a launch that does not fit, a program that failed, or that it was cancelled.
 */
export function forwardPass(blob: BlobLike, name: string, request: ForwardRequest, listener: ForwardListener): Promise<Outcome<ForwardResult>> {
  return outcome(() => forward(blob, name, request, listener));
}

async function forward(blob: BlobLike, name: string, request: ForwardRequest, listener: ForwardListener): Promise<ForwardResult> {
  const { tokens, kernel, options = {}, pes } = request;
  const machine = machineOf(request.machine);
  const model = openLlama(await openGguf(fromBlob(blob, name)));
  checkTokens(model, tokens);
  const plan = planForward(model, tokens, { kernel, machine, pes, options });
  const records: LaunchRecord[] = [];
  const launch = createLaunch(listenerOf(plan, listener));
  const logits = await plan.run(async (job) => {
    const launched = await launch(job);
    records.push(launched.record);
    return launched;
  });
  const { hidden, context, tied, vocabulary } = model;
  return {
    model: { name, blocks: model.layers.length, hidden, context, tied },
    machine: machine.id,
    clockHz: machine.clockHz,
    kernel,
    options,
    tokens,
    vocabulary,
    onHost: plan.onHost,
    layers: model.layers.map((_, block) => ({ block, ...sumsOf(records.filter((_record, i) => plan.launches[i].block === block)) })),
    launches: records,
    totals: totalsOf(records, machine),
    top: tokens.map((token, position) => ({ position, token, best: best(logits.subarray(position * vocabulary, (position + 1) * vocabulary)) })),
    conservation: conservationOf(records),
    logits,
  };
}

function machineOf(id: MachineId): MachineSpec {
  if (Object.hasOwn(MACHINES, id)) return MACHINES[id];
  throw new WeftError('machine', `unknown machine ${id}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
}

/** The progress of a launch as that of all: launches behind count as their closed forms. */
function listenerOf({ launches }: ForwardPlan, { report, stopped }: ForwardListener): Listener {
  const behind = [0];
  for (const { expected } of launches) behind.push(behind[behind.length - 1] + expected);
  return {
    stopped,
    report: ({ launch, name, cycle, expected }) =>
      report({ launch, launches: launches.length, name, cycle: behind[launch] + Math.min(cycle, expected), expected: behind[launches.length] }),
  };
}

function sumsOf(records: readonly LaunchRecord[]): LaunchSums {
  const sum = (of: (record: LaunchRecord) => number): number => records.reduce((total, record) => total + of(record), 0);
  const peCycles = ({ rectangle, cycles }: LaunchRecord): number => rectangle.width * rectangle.height * cycles;
  const [cycles, closedForm] = [sum((r) => r.cycles), sum((r) => r.closedForm)];
  return {
    launches: records.length,
    cycles,
    closedForm,
    residual: closedForm / cycles - 1,
    utilisation: sum((r) => r.utilisation.mac * peCycles(r)) / sum(peCycles),
    macs: sum((r) => r.macs),
    hostBytes: { weights: sum((r) => r.hostBytes.weights), in: sum((r) => r.hostBytes.in), out: sum((r) => r.hostBytes.out) },
  };
}

function totalsOf(records: readonly LaunchRecord[], { clockHz, host }: MachineSpec): ForwardTotals {
  const sums = sumsOf(records);
  return { ...sums, seconds: sums.cycles / clockHz, loadSeconds: sums.hostBytes.weights / 4 / host.wordsInPerCycle / clockHz };
}

function conservationOf(records: readonly LaunchRecord[]): ForwardResult['conservation'] {
  const failed = records.flatMap(({ name, checks }) => checks.filter(({ holds }) => !holds).map((check) => `${name}: ${check.name} (${check.detail})`));
  const bitsOff = records.reduce((sum, record) => sum + record.bitsOff, 0);
  return { passed: failed.length === 0 && bitsOff === 0, checks: records.reduce((sum, { checks }) => sum + checks.length, 0), failed, bitsOff };
}

/** The highest logits, first the highest; of equal ones the lower token. */
function best(logits: Float32Array): TopTokens['best'] {
  const order = Array.from(logits, (logit, token) => ({ token, logit })).sort((a, b) => b.logit - a.logit || a.token - b.token);
  return order.slice(0, BEST);
}
