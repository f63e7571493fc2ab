/**
 * A whole forward pass: opens a Llama file, makes its launches on the wavelet engine (launch.ts) and sums them up as plain data.
 * Works as well in the page's worker as from the command line.
 */
import type { LaunchRecord } from '../inference/launch.ts';
import { planForward } from '../inference/llama.ts';
import { checkTokens, openLlama } from '../inference/llama-model.ts';
import type { KernelOptions, Rectangle } from '../kernels/types.ts';
import type { MachineId } from '../machine/spec.ts';
import { openGguf } from '../model/gguf-read.ts';
import { type BlobLike, fromBlob } from '../model/range.ts';
import { createLaunch } from './launch.ts';
import {
  conservationOf,
  type LaunchSums,
  type LaunchTotals,
  listenerOf,
  machineOf,
  type PassListener,
  type Soundness,
  sumsOf,
  totalsOf,
} from './launch-sums.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './protocol.ts';

export interface ForwardRequest {
  readonly tokens: readonly number[];
  /** `transformer_layer`, or a kernel for one matrix of the registry except `llama7b`. */
  readonly kernel: string;
  readonly machine: MachineId;
  /** Rectangle of every launch but the final norm's, which is one PE; each launch's default if absent. */
  readonly pes?: Rectangle | undefined;
  readonly options?: KernelOptions | undefined;
}

export interface LayerSums extends LaunchSums {
  readonly block: number;
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
  readonly totals: LaunchTotals;
  readonly top: readonly TopTokens[];
  readonly conservation: Soundness;
  /** N x vocabulary f32, one token after the other. */
  readonly logits: Float32Array;
}

/** How many of the best tokens are listed. */
const BEST = 5;

/**
 * Runs the tokens through every layer of a Llama GGUF. An outcome without a value carries the one error: what the file lacks
 * or contradicts, a token out of range, a launch that does not fit, a program that failed, or that it was cancelled.
 */
export function forwardPass(blob: BlobLike, name: string, request: ForwardRequest, listener: PassListener): Promise<Outcome<ForwardResult>> {
  return outcome(() => forward(blob, name, request, listener));
}

async function forward(blob: BlobLike, name: string, request: ForwardRequest, listener: PassListener): Promise<ForwardResult> {
  const { tokens, kernel, options = {}, pes } = request;
  const machine = machineOf(request.machine);
  const model = openLlama(await openGguf(fromBlob(blob, name)));
  checkTokens(model, tokens);
  const plan = planForward(model, tokens, { kernel, machine, pes, options });
  const records: LaunchRecord[] = [];
  const launch = createLaunch(listenerOf(plan.launches, listener));
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

/** The highest logits, first the highest; of equal ones the lower token. */
function best(logits: Float32Array): TopTokens['best'] {
  const order = Array.from(logits, (logit, token) => ({ token, logit })).sort((a, b) => b.logit - a.logit || a.token - b.token);
  return order.slice(0, BEST);
}
