/**
 * Many products in one report: every matrix of an opened model, or every layer of a topology. Each is planned by the kernel
 * and estimated by its closed form; those that are asked for are simulated as well.
 */

import { calibration } from '../analysis/calibrated.ts';
import { machineConstants } from '../analysis/constants.ts';
import { limitsOf } from '../analysis/limits.ts';
import { WeftError } from '../base/error.ts';
import { tunedMachine } from '../machine/tuning.ts';
import type { Topology } from '../model/topology.ts';
import { K_MULTIPLE } from '../model/workload.ts';
import { matricesHtml } from '../report/html/matrices.ts';
import { toJson } from '../report/json.ts';
import { type MatricesReport, type MatrixEntry, type PlacedMatrix, totalsOf } from '../report/matrices.ts';
import { matricesCsv } from '../report/matrices-csv.ts';
import { matricesMarkdown } from '../report/matrices-markdown.ts';
import {
  MODEL_VERSION,
  type ModelSummary,
  type Outcome,
  type PlanSummary,
  type Progress,
  type RunConfig,
  type RunResult,
  type Session,
  type WireError,
} from './protocol.ts';
import type { ReportFile } from './report.ts';
import type { ReportFormat } from './report-formats.ts';

/** A product to be placed. */
export interface MatrixJob {
  readonly name: string;
  readonly config: RunConfig;
  readonly count: number;
  /** K before padding, or 0 where it is the tensor's. */
  readonly sourceK: number;
  /** Why it is no product at all; empty where it is one. */
  readonly reason: string;
  readonly simulate: boolean;
  readonly scaleSim: number | null;
}

/** Every matrix of a model that a kernel could place, in the file's order; `simulate` names tensors, or holds 'all'. */
export function modelJobs(model: ModelSummary, config: RunConfig, takesLayers: boolean, simulate: readonly string[]): MatrixJob[] {
  const asked = (name: string): boolean => simulate.includes('all') || simulate.includes(name) || simulate.includes(name.replace(/\.weight$/, ''));
  const job = (name: string, reason: string): MatrixJob => ({
    name,
    config: { ...config, tensor: name },
    count: 1,
    sourceK: 0,
    reason,
    simulate: asked(name),
    scaleSim: null,
  });
  if (takesLayers) return Array.from({ length: model.layers?.count ?? 0 }, (_, i) => job(`blk.${i}`, ''));
  // Vectors (norms, biases) are no products; matrices in formats that no PE program reads are listed with the reason.
  const matrices = model.tensors.filter((t) => t.shape.filter((n) => n > 1).length === 2);
  const jobs = matrices.map((t) => job(t.name, t.reason));
  const unknown = simulate.find((name) => name !== 'all' && !matrices.some((t) => t.name === name || t.name === `${name}.weight`));
  if (unknown !== undefined) throw new WeftError('--simulate', `the model has no matrix '${unknown}'`, ['list them with weft inspect', 'write --simulate all']);
  return jobs;
}

/** Every layer of a topology as a synthetic matrix of its size; K is padded to whole blocks. `scaleSim` holds cycles a product. */
export function topologyJobs({ layers }: Topology, config: RunConfig, simulate: readonly string[], scaleSim: readonly number[] | null): MatrixJob[] {
  const products = layers.reduce((sum, layer) => sum + layer.count, 0);
  if (scaleSim !== null && scaleSim.length !== products)
    throw new WeftError('--scale-sim', `the report has ${scaleSim.length} rows and the topology ${products} products`, [
      'give the COMPUTE_REPORT.csv of this topology',
    ]);
  const unknown = simulate.find((name) => name !== 'all' && !layers.some((layer) => layer.name === name));
  if (unknown !== undefined)
    throw new WeftError('--simulate', `the topology has no layer '${unknown}'`, [`choose one of ${layers.map((l) => l.name).join(', ')}`]);
  let row = 0;
  return layers.map(({ name, m, k, n, count }) => {
    const theirs = scaleSim === null ? null : scaleSim.slice(row, row + count).reduce((sum, cycles) => sum + cycles, 0);
    row += count;
    const padded = Math.ceil(k / K_MULTIPLE) * K_MULTIPLE;
    const asked = simulate.includes('all') || simulate.includes(name);
    return { name, config: { ...config, model: 'synthetic', tensor: '', m, k: padded, n }, count, sourceK: k, reason: '', simulate: asked, scaleSim: theirs };
  });
}

/** What happens while a report is made. */
export interface MatrixProgress {
  readonly done: number;
  readonly of: number;
  readonly name: string;
  readonly progress: Progress | null;
}

export interface MatricesOptions {
  readonly title: string;
  readonly attribution: string;
  readonly rules: readonly string[];
  readonly command: string;
  readonly date?: string;
  readonly onProgress?: (progress: MatrixProgress) => void;
  /** Asked between products; true ends the report with what `stop` throws. */
  readonly stopped?: () => boolean;
}

/** Plans, estimates and simulates. Errors of a product are its reason; a cancelled run ends the report. */
export async function matricesReport(
  session: Session,
  jobs: readonly MatrixJob[],
  config: RunConfig,
  options: MatricesOptions,
): Promise<Outcome<MatricesReport>> {
  const entries: MatrixEntry[] = [];
  for (const job of jobs) {
    if (options.stopped?.()) return { ok: false, error: CANCELLED };
    options.onProgress?.({ done: entries.length, of: jobs.length, name: job.name, progress: null });
    const entry = await entryOf(session, job, (progress) => options.onProgress?.({ done: entries.length, of: jobs.length, name: job.name, progress }));
    if (!entry.ok) return entry;
    entries.push(entry.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { ok: true, value: reportOf(entries, config, options) };
}

const CANCELLED: WireError = { field: 'run', message: 'cancelled', fixes: [], cancelled: true };

function reportOf(entries: readonly MatrixEntry[], { kernel, machine, tuning }: RunConfig, options: MatricesOptions): MatricesReport {
  const spec = tunedMachine(machine, tuning);
  return {
    schema: 'weft-matrices',
    schemaVersion: 1,
    date: options.date ?? null,
    title: options.title,
    attribution: options.attribution,
    rules: options.rules,
    kernel,
    machine,
    machineName: spec.name,
    clockHz: spec.clockHz,
    entries,
    totals: totalsOf(entries, spec.clockHz),
    constants: machineConstants(spec),
    limits: limitsOf(spec, {}),
    calibration: calibration(),
    reproduce: { command: options.command, note: `Closed forms of model version ${MODEL_VERSION}; a rerun gives the same numbers.` },
    modelVersion: MODEL_VERSION,
  };
}

async function entryOf(session: Session, job: MatrixJob, onProgress: (progress: Progress) => void): Promise<Outcome<MatrixEntry>> {
  const { name, config, count, sourceK, reason, scaleSim } = job;
  const empty = { name, m: config.m, k: config.k, n: config.n, format: config.format ?? 'q4_k', sourceK: sourceK || config.k, count, placed: null, scaleSim };
  if (reason !== '') return { ok: true, value: { ...empty, reason } };
  const planned = await session.plan(config);
  if (!planned.ok) return planned.error.cancelled ? planned : { ok: true, value: { ...empty, reason: planned.error.message } };
  const { m, k, n, format } = planned.value.plan.shape;
  const entry = { ...empty, m, k, n, format, sourceK: sourceK || k, reason: '' };
  if (!job.simulate) return { ok: true, value: { ...entry, placed: placedOf(planned.value, entry.sourceK, null) } };
  const ran = await session.run(config, onProgress);
  if (!ran.ok) return ran.error.cancelled ? ran : { ok: true, value: { ...entry, placed: null, reason: ran.error.message } };
  return { ok: true, value: { ...entry, placed: placedOf(planned.value, entry.sourceK, ran.value) } };
}

function placedOf({ plan, estimate }: PlanSummary, k: number, run: RunResult | null): PlacedMatrix {
  const { shape, machine, rectangle, memory, usedPes, rowsPerPe, macRate } = plan;
  const { closedForm, lowerBound } = estimate;
  const terms = ['issue', 'link', 'path'] as const;
  const pes = rectangle.width * rectangle.height;
  return {
    pes: { width: rectangle.width, height: rectangle.height },
    usedPes,
    rowsPerPe,
    closedForm: closedForm.cycles,
    lowerBound: lowerBound.cycles,
    boundBy: terms.reduce((best, term) => (lowerBound[term] > lowerBound[best] ? term : best)),
    microseconds: (closedForm.cycles / machine.clockHz) * 1e6,
    utilisation: (shape.m * k * shape.n) / (pes * closedForm.cycles * macRate),
    sram: { usedBytes: memory.reduce((sum, a) => sum + a.bytes, 0), capacityBytes: machine.sramBytes },
    simulated:
      run === null
        ? null
        : { cycles: run.metrics.cycles, plainLoop: run.errors.vsPlainLoop, checks: run.conservation.every((c) => c.holds), traceHash: run.traceHash },
  };
}

/** The files of the formats asked for. */
export function matricesFiles(report: MatricesReport, formats: readonly ReportFormat[]): ReportFile[] {
  return formats.flatMap((format): ReportFile[] => {
    if (format === 'csv') return matricesCsv(report);
    const content = format === 'md' ? matricesMarkdown(report) : format === 'json' ? toJson(report) : matricesHtml(report);
    return [{ name: `report.${format}`, content }];
  });
}
