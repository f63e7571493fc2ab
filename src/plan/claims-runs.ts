/** Claims that a simulated run answers: variance, overhead of instructions, and weights that stay. */
import { count, grouped, percent } from '../base/numbers.ts';
import { stationary } from '../kernels/stationary/index.ts';
import { streaming } from '../kernels/streaming/index.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { ClaimRun, Finding, Simulate } from './claims-types.ts';

const SEEDS = [1, 1, 2, 3] as const;
const TOKENS = 4;
/** Differences up to this are a tie. */
const TIE = 1.05;
/** Less of the issue cycles that are no multiply-adds count as none. */
const NO_OVERHEAD = 0.01;

export async function runFindings(machine: MachineSpec, simulate: Simulate): Promise<Finding[]> {
  const base: ClaimRun = { kernel: 'streaming', machine: machine.id, m: 64, k: 512, n: TOKENS, seed: 1, pes: { width: 8, height: 8 } };
  const runs = [];
  for (const seed of SEEDS) runs.push(await simulate({ ...base, seed }));
  const kept = await simulate({ ...base, kernel: 'stationary' });
  return [varianceFinding(base, runs), overheadFinding(base, runs[0]), stationaryFinding(machine, base, runs[0].cycles, kept.cycles)];
}

type Facts = Awaited<ReturnType<Simulate>>;

const command = ({ kernel, machine, m, k, n, seed, pes }: ClaimRun): string =>
  `weft run --model synthetic --m ${m} --k ${k} --n ${n} --kernel ${kernel} --machine ${machine} --pes ${pes.width}x${pes.height} --seed ${seed}`;

function varianceFinding(base: ClaimRun, runs: readonly Facts[]): Finding {
  const [once, again] = runs;
  const repeats = once.traceHash === again.traceHash;
  const lengths = new Set(runs.map(({ cycles }) => cycles));
  const { first, max } = once.latency;
  const equal = repeats && lengths.size === 1 ? 'A program takes the same cycles whatever the numbers, tick by tick.' : 'Runs of one program differ.';
  return {
    id: 'deterministic',
    claim: 'deterministic latency without variance',
    ours: `${count(new Set(runs.map(({ traceHash }) => traceHash)).size, 'trace')} and ${count(lengths.size, 'length')} (${[...lengths].map((c) => grouped(c)).join(', ')} cycles) in ${runs.length} runs with ${new Set(SEEDS).size} sets of numbers; first row after ${grouped(first)} cycles, last after ${grouped(max)}`,
    input: `${command(base)}, twice, and with the seeds ${[...new Set(SEEDS)].join(', ')}`,
    verdict: !repeats || lengths.size > 1 ? 'does not hold' : first === max ? 'holds' : 'partly',
    why: `${equal} Rows are not equal: where a PE lies decides when its result arrives, ${percent(max / first - 1)} later for the last. What silicon adds (skew at the start, defects, the host) is not modelled.`,
  };
}

function overheadFinding(base: ClaimRun, { busyCycles, macs }: Facts): Finding {
  const other = 1 - macs / busyCycles;
  return {
    id: 'zero-overhead',
    claim: 'zero instruction overhead',
    ours: `${percent(other)} of ${grouped(busyCycles)} issue cycles are no multiply-adds (${grouped(macs)} of them at one a cycle)`,
    input: command(base),
    verdict: other <= NO_OVERHEAD ? 'holds' : 'does not hold',
    why: 'Blocks must be dequantised, vector ops are set up, loops branch, and without a fused dot a multiply-add in f32 takes three issue cycles.',
  };
}

function stationaryFinding(machine: MachineSpec, base: ClaimRun, streamed: number, kept: number): Finding {
  const closed = (kernel: typeof streaming, n: number): number =>
    kernel.estimate(kernel.plan({ m: 4096, k: 4096, n, format: 'q4_k' }, machine)).closedForm.cycles;
  const cell = (n: number): string =>
    fitsHere(machine) ? `, 4096 × 4096 at N = ${n}: ${grouped(closed(streaming, n))} and ${grouped(closed(stationary, n))}` : '';
  return {
    id: 'weight-stationary',
    claim: 'Llama runs weight-stationary',
    ours: `${grouped(streamed)} cycles as it calls it (streaming), ${grouped(kept)} as it promises (stationary), N = ${TOKENS}${cell(1)}${cell(TOKENS)}`,
    input: `${command(base)}; the same with --kernel stationary`,
    verdict: streamed / kept <= TIE ? 'holds' : 'does not hold',
    why: `Its Llama function calls the streaming product, which dequantises every block again for every token. With one token that makes no difference; with ${TOKENS} it costs ${grouped(streamed / kept, 2)} times the cycles of what is promised.`,
  };
}

/** A row a PE of 4096 f32. */
const fitsHere = ({ usable }: MachineSpec): boolean => usable.width * usable.height >= 4096;
