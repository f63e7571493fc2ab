/**
 * A run as report data: every number once, with the words that explain it. Nothing is computed here that analysis has not
 * defined; this file picks, orders and names. The same run gives the same report, byte for byte: no wall time, no chance.
 */

import { calibration } from '../analysis/calibrated.ts';
import { machineConstants } from '../analysis/constants.ts';
import { DEFINITIONS, KIND_DEFINITIONS } from '../analysis/definitions.ts';
import { LATENCY_STAGES, type LatencyStage, latencyOf } from '../analysis/latency.ts';
import { limitsOf } from '../analysis/limits.ts';
import { phases } from '../analysis/phases.ts';
import { roofline } from '../analysis/roofline.ts';
import { stateShares, summary as statistics } from '../analysis/timeline.ts';
import { verdict } from '../analysis/verdict.ts';
import { Hash } from '../base/hash.ts';
import { TraceReader } from '../trace/reader.ts';
import { KINDS } from '../trace/schema.ts';
import { type Baseline, comparison } from './baseline.ts';
import { shellArgument } from './escape.ts';
import { linkReport, peMeasures } from './measures.ts';
import type { Configuration, Report, ReportInput, Sensitivity, StageLatency, Summary } from './types.ts';

export type { Report } from './types.ts';

/** Rows of the table of PE time over time. */
const TIME_ROWS = 12;

export interface ReportOptions {
  /** Adds load, host in and host out to the simulated cycles, the closed form and the bound. Default false. */
  readonly includeLoad?: boolean;
  /** ISO date to print; default none. */
  readonly date?: string;
  /** What the machine's constants would move; default none. */
  readonly sensitivity?: Sensitivity;
  /** Another result (of a file, or another run) to be held against this one; `threshold` is a share. Default none. */
  readonly baseline?: Baseline;
  /** Where the page shows this run: an address, or the part after # alone. Default none. */
  readonly link?: string;
}

const STAGE_NAMES: Readonly<Record<LatencyStage, string>> = {
  firstX: 'first activation at the PE',
  firstMac: 'first multiply-add',
  sent: 'last result sent',
  atEdge: 'last result at the edge',
};

/** The numbers of a run, flat, as `--json` prints them. */
export function summarise(input: ReportInput, options: ReportOptions = {}): Summary {
  const { metrics, plan } = input;
  const { cycles, microseconds, closedForm, lowerBound, sram } = verdict(input, addedCycles(input, options));
  return {
    config: configuration(input),
    cycles,
    microseconds,
    closedForm: closedForm.cycles,
    lowerBound: lowerBound.cycles,
    includesLoad: options.includeLoad === true,
    simulatedCycles: metrics.cycles,
    utilisation: metrics.utilisation,
    latency: metrics.latency,
    loadCycles: metrics.loadCycles,
    hostInCycles: metrics.hostInCycles,
    hostOutCycles: metrics.hostOutCycles,
    sram: { usedBytes: sram.usedBytes, capacityBytes: plan.machine.sramBytes },
    facts: plan.facts ?? [],
    errors: input.errors,
    conservation: input.conservation,
    engine: input.engine,
    modelVersion: input.modelVersion,
    traceHash: input.traceHash,
    stateHash: input.stateHash === '' ? 'none' : input.stateHash,
  };
}

/** Everything the report says, as plain JSON. `input` is the API's RunResult. */
export function reportData(input: ReportInput, options: ReportOptions = {}): Report {
  const { metrics, estimate, plan } = input;
  const reader = new TraceReader(input.program, input.trace);
  const peTime = peCycles(metrics.peCycles);
  return {
    schema: 'weft-report',
    schemaVersion: 1,
    date: options.date ?? null,
    title: `${input.title}, ${plan.kernel}`,
    attribution: input.attribution,
    verdict: verdict(input, addedCycles(input, options)),
    summary: summarise(input, options),
    machineName: plan.machine.name,
    clockHz: plan.machine.clockHz,
    peCycles: peTime,
    overTime: overTime(reader, metrics.cycles, TIME_ROWS),
    phases: phases(reader, metrics.cycles),
    closedFormTerms: estimate.closedForm.terms,
    lowerBoundTerms: { issue: estimate.lowerBound.issue, link: estimate.lowerBound.link, path: estimate.lowerBound.path },
    prices: input.prices,
    stages: stages(reader),
    memory: plan.memory,
    wavelets: metrics.wavelets,
    constants: machineConstants(plan.machine),
    limits: limitsOf(input.plan.machine, input.plan.options),
    definitions: DEFINITIONS,
    ...peMeasures(reader, metrics.cycles),
    links: linkReport(reader, metrics.cycles),
    roofline: roofline(metrics, plan),
    sensitivity: options.sensitivity ?? null,
    comparison: options.baseline === undefined ? null : comparison(summarise(input, options), peTime, options.baseline),
    calibration: calibration(),
    reproduce: reproduce(input, options),
  };
}

function addedCycles({ metrics }: ReportInput, options: ReportOptions): number {
  return options.includeLoad === true ? metrics.loadCycles + metrics.hostInCycles + metrics.hostOutCycles : 0;
}

function configuration({ config, plan }: ReportInput): Configuration {
  const { m, k, n, format } = plan.shape;
  const { input } = config;
  return {
    model: config.model,
    tensor: config.model === 'synthetic' ? '' : config.tensor,
    m,
    k,
    n,
    format,
    seed: config.seed,
    activations: input === undefined ? 'seeded' : 'given',
    inputHash: input === undefined ? null : new Hash().words(new Uint32Array(input.buffer, input.byteOffset, input.length)).hex(),
    kernel: plan.kernel,
    options: given(plan.options),
    machine: plan.machine.id,
    tuning: plan.machine.tuning ?? {},
    pes: { width: plan.rectangle.width, height: plan.rectangle.height },
    rowsPerPe: plan.rowsPerPe,
    usedPes: plan.usedPes,
    macRate: plan.macRate,
  };
}

/** Options that have a value. */
function given(options: ReportInput['plan']['options']): Configuration['options'] {
  return Object.fromEntries(Object.entries(options).filter((pair): pair is [string, string | number] => pair[1] !== undefined));
}

/** Kinds of PE time, largest first, each with its share of all PE-cycles. */
function peCycles(byKind: Readonly<Record<string, number>>): Report['peCycles'] {
  const total = Object.values(byKind).reduce((sum, n) => sum + n, 0);
  return Object.entries(byKind)
    .map(([kind, cycles]) => ({ kind, name: KIND_DEFINITIONS[kind].name, cycles, share: total === 0 ? 0 : cycles / total }))
    .sort((a, b) => b.cycles - a.cycles);
}

/** Shares of PE time in consecutive parts of the run; kinds that never occur are left out. */
export function overTime(reader: TraceReader, cycles: number, most: number): Report['overTime'] {
  const { bucketCycles, buckets, shares, idle } = stateShares(reader, cycles, most);
  const columns = [...KINDS.map((kind, i) => ({ kind: kind as string, shares: shares[i] })), { kind: 'idle', shares: idle }];
  const present = columns.filter((column) => column.shares.some((share) => share > 0));
  return {
    bucketCycles,
    kinds: present.map((column) => column.kind),
    buckets: Array.from({ length: buckets }, (_, b) => ({
      from: b * bucketCycles,
      to: Math.min(cycles, (b + 1) * bucketCycles),
      shares: present.map((column) => column.shares[b]),
    })),
  };
}

function stages(reader: TraceReader): StageLatency[] {
  const map = latencyOf(reader);
  return LATENCY_STAGES.flatMap((stage) => {
    const s = statistics(map[stage]);
    return s === null ? [] : [{ stage, name: STAGE_NAMES[stage], count: s.count, first: s.min, mean: s.mean, p95: s.p95, last: s.max }];
  });
}

/** The command that repeats the run, and what it needs beside itself. */
function reproduce(input: ReportInput, options: ReportOptions): Report['reproduce'] {
  const c = configuration(input);
  const flags: ReadonlyArray<readonly [string, string | number]> = [
    ['model', c.model],
    ...(c.model === 'synthetic'
      ? ([
          ['m', c.m],
          ['k', c.k],
        ] as const)
      : ([['tensor', c.tensor]] as const)),
    ...(['format', 'as'] as const).flatMap((flag) => (input.config[flag] === undefined ? [] : [[flag, input.config[flag]] as const])),
    ['kernel', c.kernel],
    ['machine', c.machine],
    ...Object.entries(c.tuning),
    ['pes', `${c.pes.width}x${c.pes.height}`],
    ...Object.entries(c.options).filter(([name, value]) => name !== 'dot' || value !== defaultDot(input)),
    ['n', c.n],
    ['seed', c.seed],
    ...((c.activations === 'given' ? [['input', 'X.f32']] : []) as ReadonlyArray<readonly [string, string]>),
  ];
  const command = [
    'weft run',
    ...flags.map(([name, value]) => `--${name} ${shellArgument(String(value))}`),
    ...(options.includeLoad ? ['--include-load'] : []),
  ].join(' ');
  const given = c.inputHash === null ? '' : ` X.f32 holds the activations used here, hash ${c.inputHash}.`;
  return {
    command,
    note: `A rerun with model version ${input.modelVersion} gives the same trace hash and the same state hash.${given}`,
    link: options.link ?? '',
  };
}

const defaultDot = ({ plan }: ReportInput): string => (plan.machine.fusedDot ? 'fused1' : 'two-op');
