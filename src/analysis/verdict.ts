/**
 * The answer of a run, as the page and the report give it first: three numbers and how far they are apart, what holds the
 * run back, whether it fits, and how sure the constants are. Words are made from the numbers here, once, for all who show them.
 */
import { grouped, percent } from '../base/numbers.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Price } from '../machine/price.ts';
import { priceTotal } from '../machine/price.ts';
import type { Allocation } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { KIND_DEFINITIONS } from './definitions.ts';
import type { Metrics } from './metrics.ts';

/** What a verdict needs to know about a run. */
export interface VerdictInput {
  readonly metrics: Metrics;
  readonly estimate: {
    readonly closedForm: { readonly cycles: number };
    readonly lowerBound: { readonly cycles: number; readonly issue: number; readonly link: number; readonly path: number };
  };
  readonly plan: {
    readonly machine: MachineSpec;
    readonly rectangle: { readonly width: number; readonly height: number };
    readonly usedPes: number;
    readonly memory: readonly Allocation[];
    readonly macRate: number;
    readonly blockPrice: { readonly dequantise: Price; readonly dot: Price };
  };
}

/** Which of its three terms decides the lower bound. */
export type BoundTerm = 'issue' | 'link' | 'path';

export interface Verdict {
  readonly cycles: number;
  readonly microseconds: number;
  /** `difference` = closed form - simulated; `share` of the simulated cycles. */
  readonly closedForm: { readonly cycles: number; readonly difference: number; readonly share: number };
  /** `factor` = simulated / bound; below 1 is a bug, and `violated` says so. */
  readonly lowerBound: { readonly cycles: number; readonly factor: number; readonly by: BoundTerm; readonly violated: boolean };
  /** The largest part of PE time. */
  readonly bottleneck: { readonly kind: string; readonly share: number; readonly sentence: string };
  readonly sram: { readonly usedBytes: number; readonly capacityBytes: number; readonly share: number; readonly fits: boolean };
  /** `assumed`: fields of the machine that no source gives. */
  readonly confidence: { readonly assumed: readonly string[]; readonly overheadShare: number; readonly sentence: string };
}

/**
 * The verdict of a run. `added` cycles (load and host transfers, when somebody asks for them) go onto all three numbers, so
 * that their differences keep their meaning.
 */
export function verdict(input: VerdictInput, added = 0): Verdict {
  const { metrics, estimate, plan } = input;
  const cycles = metrics.cycles + added;
  const used = usedBytes(plan.memory);
  const capacity = plan.machine.sramBytes;
  const difference = estimate.closedForm.cycles - metrics.cycles;
  return {
    cycles,
    microseconds: (cycles / plan.machine.clockHz) * 1e6,
    closedForm: { cycles: estimate.closedForm.cycles + added, difference, share: difference / cycles },
    lowerBound: bound(cycles, estimate.lowerBound, added),
    bottleneck: bottleneck(input),
    sram: { usedBytes: used, capacityBytes: capacity, share: used / capacity, fits: used <= capacity },
    confidence: confidence(plan),
  };
}

function bound(cycles: number, lower: VerdictInput['estimate']['lowerBound'], added: number): Verdict['lowerBound'] {
  const terms: readonly BoundTerm[] = ['issue', 'link', 'path'];
  const by = terms.reduce((best, term) => (lower[term] > lower[best] ? term : best));
  const least = lower.cycles + added;
  return { cycles: least, factor: cycles / least, by, violated: cycles < least };
}

function bottleneck(input: VerdictInput): Verdict['bottleneck'] {
  const entries = Object.entries(input.metrics.peCycles);
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  const [kind, most] = entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const share = total === 0 ? 0 : most / total;
  return { kind, share, sentence: `${KIND_DEFINITIONS[kind].name} takes ${percent(share)} of PE time: ${reason(kind, input)}.` };
}

/** Why a kind of PE time is large, with the numbers that make it so. */
function reason(kind: string, { plan, metrics }: VerdictInput): string {
  const { dequantise, dot } = plan.blockPrice;
  const pes = plan.rectangle.width * plan.rectangle.height;
  const reasons: Readonly<Record<string, string>> = {
    compute: `a block of 256 weights costs ${grouped(priceTotal(dot))} cycles to multiply and add, ${grouped(priceTotal(dequantise))} to unpack`,
    dequantise: `a block of 256 weights costs ${grouped(priceTotal(dequantise))} cycles to unpack, ${grouped(priceTotal(dot))} to multiply and add`,
    send: 'results go into the output queues, one an issue',
    receive: `each of ${grouped(metrics.wavelets.used)} wavelets costs an issue to copy into memory`,
    load: 'stored blocks are copied inside the PEs',
    wait: 'PEs stand ready before their activations arrive, one wavelet a cycle over the entry link at most',
    blocked: 'results queue behind one another on their way to the edge',
    slot: 'threads of a PE share one issue slot',
    idle: `${grouped(plan.usedPes)} of ${grouped(pes)} PEs hold rows, and each of those is done or not begun for part of the run`,
  };
  return reasons[kind];
}

/** Assumed constants by name, and the share of a block's price that is set-up and scalar code, the least certain part. */
function confidence({ machine, blockPrice }: VerdictInput['plan']): Verdict['confidence'] {
  const fields = Object.keys(machine.sources);
  const assumed = fields.filter((field) => isAssumed(machine.sources[field]));
  const { dequantise, dot } = blockPrice;
  const whole = priceTotal(dequantise) + priceTotal(dot);
  const overhead = dequantise.setup + dequantise.scalar + dot.setup + dot.scalar;
  const overheadShare = whole === 0 ? 0 : overhead / whole;
  const certain = `${fields.length - assumed.length} of ${fields.length} groups of constants come from sources, ${assumed.length} are assumed at least in part`;
  const price = `set-up and scalar code, the least certain prices, are ${grouped(overhead)} of the ${grouped(whole)} cycles of a block (${percent(overheadShare)})`;
  return { assumed, overheadShare, sentence: `${certain}; ${price}.` };
}

/** True if a source (MachineSpec.sources) admits to an assumption. */
export const isAssumed = (source: string): boolean => /\bassumed\b/.test(source);

/** Which term binds, in words. */
export const BOUND_WORDS: Readonly<Record<BoundTerm, string>> = {
  issue: 'issue cycles of the fullest PE',
  link: 'wavelets over the busiest link',
  path: 'the longest path',
};
