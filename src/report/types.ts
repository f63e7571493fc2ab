/**
 * The shape of a report: what goes in (a finished run, described structurally so that this room need not know the API or the
 * kernels) and what comes out (plain JSON data, from which every format is written).
 */

import type { Calibration } from '../analysis/calibrated.ts';
import type { Change, SettingChange } from '../analysis/compare.ts';
import type { Conservation } from '../analysis/conservation.ts';
import type { Constant } from '../analysis/constants.ts';
import type { Definition } from '../analysis/definitions.ts';
import type { Errors } from '../analysis/errors.ts';
import type { Metrics } from '../analysis/metrics.ts';
import type { Distribution, PeMap } from '../analysis/pe-load.ts';
import type { Phase } from '../analysis/phases.ts';
import type { Roofline } from '../analysis/roofline.ts';
import type { Verdict, VerdictInput } from '../analysis/verdict.ts';
import type { Price } from '../machine/price.ts';
import type { Allocation, Program } from '../machine/program.ts';
import type { Tuning } from '../machine/spec.ts';
import type { Trace } from '../trace/schema.ts';

/** Issue cycles of 256 weights on a machine. */
export interface MachinePrice {
  readonly machine: string;
  readonly name: string;
  readonly price: { readonly dequantise: Price; readonly dot: Price };
}

/** A number that only a kernel has: waves, replicas, tokens a second. */
export interface Fact {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
}

/** A finished run; the API's RunResult is one. */
export interface ReportInput extends VerdictInput {
  readonly config: {
    readonly model: string;
    readonly tensor: string;
    readonly seed: number;
    /** Stored format of a synthetic matrix, and the format that weights are re-encoded in, where they were chosen. */
    readonly format?: string;
    readonly as?: string;
    readonly input?: Float32Array;
  };
  readonly title: string;
  readonly attribution: string;
  readonly engine: string;
  readonly modelVersion: string;
  readonly plan: VerdictInput['plan'] & {
    readonly kernel: string;
    readonly shape: { readonly m: number; readonly k: number; readonly n: number; readonly format: string };
    /** Every option the kernel knows, with its value. */
    readonly options: Readonly<Record<string, string | number | undefined>>;
    readonly rowsPerPe: number;
    readonly facts?: readonly Fact[];
  };
  readonly estimate: VerdictInput['estimate'] & {
    readonly closedForm: { readonly terms: ReadonlyArray<{ readonly name: string; readonly cycles: number }> };
  };
  readonly program: Program;
  readonly trace: Trace;
  readonly traceHash: string;
  readonly stateHash: string;
  readonly metrics: Metrics;
  readonly conservation: readonly Conservation[];
  readonly errors: Errors;
  readonly prices: readonly MachinePrice[];
}

/** The configuration of a run as data, enough to repeat it. */
export interface Configuration {
  readonly model: string;
  readonly tensor: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly format: string;
  readonly seed: number;
  /** Activations: made from the seed, or given, then with a hash of their bits. */
  readonly activations: 'seeded' | 'given';
  readonly inputHash: string | null;
  readonly kernel: string;
  readonly options: Readonly<Record<string, string | number>>;
  readonly machine: string;
  /** Constants of the machine set by hand. */
  readonly tuning: Tuning;
  readonly pes: { readonly width: number; readonly height: number };
  readonly rowsPerPe: number;
  readonly usedPes: number;
  readonly macRate: number;
}

/** What `--json` prints: the numbers, flat and stable for scripts. Cycles are integers, shares are of 1. */
export interface Summary {
  readonly config: Configuration;
  /** Equal to simulatedCycles, plus load, host in and host out where `includesLoad`; closedForm and lowerBound likewise. */
  readonly cycles: number;
  readonly microseconds: number;
  readonly closedForm: number;
  readonly lowerBound: number;
  readonly includesLoad: boolean;
  readonly simulatedCycles: number;
  readonly utilisation: Metrics['utilisation'];
  readonly latency: Metrics['latency'];
  readonly loadCycles: number;
  readonly hostInCycles: number;
  readonly hostOutCycles: number;
  readonly sram: { readonly usedBytes: number; readonly capacityBytes: number };
  /** Numbers that only this kernel has. */
  readonly facts: readonly Fact[];
  readonly errors: Errors;
  readonly conservation: readonly Conservation[];
  readonly engine: string;
  readonly modelVersion: string;
  readonly traceHash: string;
  readonly stateHash: string;
}

/** One constant of the machine. */
/** A stage of latency over the PEs that reach it, in cycles since the first activation entered. */
export interface StageLatency {
  readonly stage: string;
  readonly name: string;
  readonly count: number;
  readonly first: number;
  readonly mean: number;
  readonly p95: number;
  readonly last: number;
}

/** A number per PE: how it is distributed, and where on the fabric. */
export interface PeMeasure {
  readonly distribution: Distribution | null;
  readonly map: PeMap;
}

/** A link of the fabric, named by the router that sends. Shares are of the simulated cycles; demand may exceed 1. */
export interface ReportLink {
  readonly x: number;
  readonly y: number;
  readonly direction: string;
  readonly colors: readonly number[];
  readonly wavelets: number;
  readonly utilisation: number;
  readonly demand: number;
}

export interface LinkReport {
  /** Links that carried anything. */
  readonly used: number;
  readonly utilisation: Distribution;
  readonly demand: Distribution;
  /** Those with the largest demand, largest first. */
  readonly busiest: readonly ReportLink[];
}

/** What a constant of the machine would move, one at a time. */
export interface SensitivityEnd {
  /** The changed value in words. */
  readonly value: string;
  readonly cycles: number;
  readonly microseconds: number;
}
export interface SensitivityBar {
  readonly parameter: string;
  /** As it is, in words. */
  readonly value: string;
  /** Null where the closed form cannot be made there, or the value cannot be changed that way. */
  readonly less: SensitivityEnd | null;
  readonly more: SensitivityEnd | null;
}
export interface Sensitivity {
  /** How the numbers were found. */
  readonly method: string;
  /** The closed form of the run as it is. */
  readonly cycles: number;
  readonly microseconds: number;
  readonly bars: readonly SensitivityBar[];
}

/** The run against another result; `a` is the baseline. Metrics that moved by no more than the threshold are counted, not listed. */
export interface ReportComparison {
  readonly baseline: string;
  /** Share of the baseline's value. */
  readonly threshold: number;
  readonly settings: readonly SettingChange[];
  readonly changes: readonly Change[];
  readonly within: number;
}

/** Everything a report says. Plain JSON. */
export interface Report {
  readonly schema: 'weft-report';
  readonly schemaVersion: 1;
  /** ISO date, passed in by whoever writes the report; never part of a number. */
  readonly date: string | null;
  readonly title: string;
  readonly attribution: string;
  readonly verdict: Verdict;
  readonly summary: Summary;
  readonly machineName: string;
  readonly clockHz: number;
  /** PE-cycles by kind, largest first; shares of 1. */
  readonly peCycles: ReadonlyArray<{ readonly kind: string; readonly name: string; readonly cycles: number; readonly share: number }>;
  /** The same as shares over time: `shares[kind]` of every bucket of `bucketCycles` cycles. */
  readonly overTime: {
    readonly bucketCycles: number;
    readonly kinds: readonly string[];
    readonly buckets: ReadonlyArray<{ readonly from: number; readonly to: number; readonly shares: readonly number[] }>;
  };
  /** Phases of the run by the program's marks (analysis/phases.ts); empty where it leaves none. */
  readonly phases: readonly Phase[];
  readonly closedFormTerms: ReadonlyArray<{ readonly name: string; readonly cycles: number }>;
  readonly lowerBoundTerms: { readonly issue: number; readonly link: number; readonly path: number };
  /** Of 256 weights on every machine on which the problem can be placed. */
  readonly prices: readonly MachinePrice[];
  readonly stages: readonly StageLatency[];
  readonly memory: readonly Allocation[];
  readonly wavelets: Metrics['wavelets'];
  readonly constants: readonly Constant[];
  readonly limits: readonly string[];
  readonly definitions: Readonly<Record<string, Definition>>;
  /** Share of the run in which each PE issues, 0 to 1. */
  readonly peBusy: PeMeasure;
  /** Cycle in which the last result of each PE is at the edge; -1 for PEs that send none. */
  readonly peFinish: PeMeasure;
  /** Null where the trace is too long to follow every wavelet. */
  readonly links: LinkReport | null;
  readonly roofline: Roofline;
  /** Null where nobody asked. */
  readonly sensitivity: Sensitivity | null;
  /** Null where there is no baseline. */
  readonly comparison: ReportComparison | null;
  readonly calibration: Calibration;
  readonly reproduce: {
    readonly command: string;
    readonly note: string /** Address of the run on the page, or the part after #; empty if unknown. */;
    readonly link: string;
  };
}
