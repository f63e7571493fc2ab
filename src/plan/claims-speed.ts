/**
 * Claims about tokens a second of Llama-2-7B in Q4_K. What the claim's own mapping (a row a PE) reaches decides whether it
 * holds; what any mapping here reaches, whether it holds in part.
 */
import { WeftError } from '../base/error.ts';
import { count, duration, grouped, percent } from '../base/numbers.ts';
import { defaultDot } from '../kernels/options.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { parametersOf } from '../model/architecture.ts';
import { modelPreset } from '../model/presets.ts';
import { sizesOfArchitecture } from '../model/sizes.ts';
import type { Finding, Verdict } from './claims-types.ts';
import { modelEstimate, type Pause } from './estimate.ts';
import type { EstimateQuestion, ModelEstimate } from './estimate-types.ts';

const MODEL = 'Llama-2-7B';
const CONTEXT = 4096;
/** A context so short that it costs next to nothing. */
const SHORT = 16;
const CLAIMED = { decode: 2400, slowest: 0.5e-3, batches: [[1000, 25_000] as const, [50_000, 50_000] as const] };
/** "About" a number is from this share of it on. */
const ABOUT = 0.95;
/** Cycles a multiply-add in f32: multiply, then add to a running sum; or fused. */
const CYCLES = { 'two-op': 3, fused1: 1 } as const;

type Answer = { readonly estimate: ModelEstimate; readonly error?: undefined } | { readonly estimate?: undefined; readonly error: string };

export async function speedFindings(machine: MachineSpec, pause: Pause): Promise<Finding[]> {
  const ask = (question: Omit<EstimateQuestion, 'machine'>): Promise<Answer> => answer({ machine: machine.id, prompt: 1, ...question }, pause);
  const best = await ask({ context: CONTEXT, batch: 1, mapping: 'best' });
  const short = await ask({ context: SHORT, batch: 1, mapping: 'best' });
  const rows = await ask({ context: CONTEXT, batch: 1, mapping: 'rows' });
  const batches: Finding[] = [];
  for (const [batch, claimed] of CLAIMED.batches) batches.push(batchFinding(machine, batch, claimed, await ask({ context: SHORT, batch, mapping: 'best' })));
  return [decodeFinding(machine, best, short, rows), latencyFinding(machine, best, rows), ...batches];
}

async function answer(question: EstimateQuestion, pause: Pause): Promise<Answer> {
  try {
    return { estimate: await modelEstimate(sizesOfArchitecture(modelPreset(MODEL), 'q4_k', { source: 'preset' }), question, undefined, pause) };
  } catch (error) {
    if (error instanceof WeftError) return { error: error.message };
    throw error;
  }
}

const command = ({ id }: MachineSpec, more: string): string => `weft estimate ${MODEL} --machine ${id} --no-check --prompt 1 ${more}`;
const rate = ({ estimate, error }: Answer): string => (estimate ? `${grouped(estimate.decodeTokensPerSecond)} tokens/s` : `none (${error})`);
const speed = ({ estimate }: Answer): number => estimate?.decodeTokensPerSecond ?? 0;
const judged = (own: boolean, any: boolean): Verdict => (own ? 'holds' : any ? 'partly' : 'does not hold');

function decodeFinding(machine: MachineSpec, best: Answer, short: Answer, rows: Answer): Finding {
  const claimed = ABOUT * CLAIMED.decode;
  const any = Math.max(speed(best), speed(short)) >= claimed;
  const most = best.estimate ?? short.estimate ?? rows.estimate;
  const bound = most
    ? `A row a PE cannot exceed ${grouped(most.bound.tokensPerSecond)} tokens/s at one weight a cycle (${grouped(most.bound.serialSteps)} serial steps). `
    : '';
  const tiled = any
    ? `Tiled in two dimensions with weights dequantised before, it comes to at least ${percent(ABOUT, 0)} of the claim while the context is short.`
    : 'Tiling in two dimensions does not reach it either.';
  return {
    id: 'decode',
    claim: 'about 2,400 tokens/s decoding Llama-7B on one wafer',
    ours: `${rate(rows)} row by row; ${rate(best)} at the best mapping with ${grouped(CONTEXT)} tokens in the cache, ${rate(short)} with ${SHORT}`,
    input: `${command(machine, `--context ${CONTEXT} --mapping rows`)}; the same with --mapping best, and with --context ${SHORT}`,
    verdict: judged(speed(rows) >= claimed, any),
    why: `${bound}${tiled}`,
  };
}

function latencyFinding(machine: MachineSpec, best: Answer, rows: Answer): Finding {
  const time = ({ estimate, error }: Answer): string => (estimate ? duration(1e6 * estimate.decode.seconds) : `none (${error})`);
  const meets = ({ estimate }: Answer): boolean => estimate !== undefined && estimate.decode.seconds <= CLAIMED.slowest;
  const slowest = rows.estimate?.stages.reduce((a, b) => (b.allCycles > a.allCycles ? b : a));
  const own = slowest ? `Row by row ${slowest.name} alone takes ${duration((1e6 * slowest.allCycles) / machine.clockHz)} of a token. ` : '';
  return {
    id: 'token-latency',
    claim: '0.4 to 0.5 ms a token',
    ours: `${time(rows)} row by row, ${time(best)} at the best mapping, ${grouped(CONTEXT)} tokens in the cache`,
    input: `${command(machine, `--context ${CONTEXT} --mapping rows`)}; the same with --mapping best`,
    verdict: judged(meets(rows), meets(best)),
    why: `${own}${meets(best) ? 'Only rows that are cut into tiles, held as f32, come down to it.' : 'Tiles held as f32 come closest and do not reach it.'}`,
  };
}

function batchFinding(machine: MachineSpec, batch: number, claimed: number, asked: Answer): Finding {
  const architecture = modelPreset(MODEL);
  const weights = parametersOf(architecture) - architecture.vocabulary * architecture.hidden;
  const pes = machine.usable.width * machine.usable.height;
  const cycles = CYCLES[defaultDot(machine)];
  const ceiling = (pes * machine.clockHz) / (weights * cycles);
  const reached = speed(asked) >= ABOUT * claimed;
  const arithmetic = ceiling < claimed ? 'even that is less than claimed' : 'the claim would need nothing but multiplying to take time';
  return {
    id: `batch-${batch}`,
    claim: `about ${grouped(claimed)} tokens/s at batch ${grouped(batch)}`,
    ours: `${rate(asked)} with ${SHORT} tokens in each cache; at most ${grouped(ceiling)} tokens/s if all ${grouped(pes)} PEs did nothing but multiply-adds of ${count(cycles, 'cycle')}`,
    input: command(machine, `--context ${SHORT} --batch ${batch}`),
    verdict: judged(reached, false),
    why: `All PEs together multiply through the model ${grouped(ceiling)} times a second: ${arithmetic}. The caches of ${grouped(batch)} sequences have room for ${grouped(cacheRoom(machine, batch))} tokens each, without any weights.`,
  };
}

/** Tokens that each of `batch` caches of the model can hold if they have the whole wafer. */
export function cacheRoom({ usable, sramBytes, codeReserve }: MachineSpec, batch: number): number {
  const { layers, kvHeads, headSize } = modelPreset(MODEL);
  const token = 2 * layers * kvHeads * headSize * 4;
  return Math.floor((usable.width * usable.height * (sramBytes - codeReserve)) / (token * batch));
}
