/** `weft report`: a cycle-estimate report of a run, of every matrix of a model, or of every layer of a SCALE-Sim topology. */
import { basename, join } from 'node:path';
import { readResult, resultOf } from '../src/api/compare.ts';
import { linkOf } from '../src/api/link.ts';
import { type MatricesOptions, type MatrixJob, matricesFiles, matricesReport, modelJobs, topologyJobs } from '../src/api/matrices.ts';
import { OPTION_IDS, type RunConfig, type Session, TUNABLE_IDS } from '../src/api/protocol.ts';
import { type ReportFile, reportFilesOf } from '../src/api/report.ts';
import type { ReportFormat } from '../src/api/report-formats.ts';
import { sensitivityOf } from '../src/api/sensitivity.ts';
import { createSession } from '../src/api/session.ts';
import { readComputeReport, readTopology } from '../src/api/topology.ts';
import { WeftError } from '../src/base/error.ts';
import { duration, grouped } from '../src/base/numbers.ts';
import { printable, shellArgument } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import type { MatricesReport } from '../src/report/matrices.ts';
import { metricNames } from '../src/report/metric-names.ts';
import { type ReportOptions, reportData } from '../src/report/report.ts';
import { toText } from '../src/report/text.ts';
import { type ConfigFlags, checkConfigFlags, commonConfig, configure, openNamed, takesLayers, value } from './configure.ts';
import type { Surroundings } from './demo.ts';
import { checkFolder, readPieces, writeAll } from './files.ts';
import type { GateFlags } from './gate-flags.ts';
import { openGate } from './gates.ts';
import { interruptedBy } from './interrupt.ts';
import { progressBar, SILENT } from './progress.ts';
import { checkSound } from './run.ts';
import { watched } from './watched.ts';

export interface ReportFlags extends Omit<ConfigFlags, 'format'>, GateFlags {
  readonly weightFormat?: string;
  readonly topology?: string;
  readonly scaleSim?: string;
  readonly simulate?: readonly string[];
  readonly format: readonly ReportFormat[];
  readonly out: string;
  readonly date?: string;
  readonly includeLoad?: boolean;
  readonly sensitivity: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function reportCommand(flags: ReportFlags, surroundings: Surroundings): Promise<void> {
  checkTogether(flags);
  await checkFolder('--out', flags.out, true);
  if (isMany(flags)) return reportMany(flags, surroundings);
  return reportRun(flags, surroundings);
}

/** A model without a tensor, or a topology. */
const isMany = ({ topology, model, tensor }: ReportFlags): boolean =>
  topology !== undefined || (model !== undefined && model !== 'synthetic' && tensor === undefined);

const configFlags = ({ weightFormat, format: _format, ...flags }: ReportFlags): ConfigFlags => ({ ...flags, ...(weightFormat && { format: weightFormat }) });

function checkTogether(flags: ReportFlags): void {
  const { topology, scaleSim } = flags;
  if (topology === undefined && scaleSim !== undefined) throw new WeftError('--scale-sim', 'there is no topology that it could be of', ['add --topology']);
  const clashing = (['model', 'tensor', 'm', 'k', 'input'] as const).find((flag) => flags[flag] !== undefined);
  if (topology !== undefined && clashing !== undefined)
    throw new WeftError(`--${clashing}`, 'the sizes are those of the topology', [`leave --${clashing} out`, 'leave --topology out']);
  if (!isMany(flags) && flags.simulate !== undefined)
    throw new WeftError('--simulate', 'a run is simulated anyway', ['leave --simulate out', 'leave --tensor out for every matrix of the model']);
  if (isMany(flags) && (flags.baseline !== undefined || flags.failIf !== undefined))
    throw new WeftError(flags.baseline === undefined ? '--fail-if' : '--baseline', 'only a report of one run has a gate', ['name a matrix with --tensor']);
  if (isMany(flags) && flags.input !== undefined) throw new WeftError('--input', 'activations are of one matrix', ['name it with --tensor']);
  if (topology === undefined && !isMany(flags)) checkConfigFlags(configFlags(flags));
}

/** Today, or the moment that a reproducible build is told. */
function dateOf({ date }: ReportFlags): string {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return date ?? (/^\d+$/.test(epoch ?? '') ? new Date(Number(epoch) * 1000) : new Date()).toISOString().slice(0, 10);
}

async function reportRun(flags: ReportFlags, { entry, signal }: Surroundings): Promise<void> {
  const session = createSession();
  const config = await configure(session, configFlags(flags), entry);
  const { plan } = value(await interruptedBy(signal, session, () => session.plan(config)));
  const gate = await openGate(flags, metricNames(plan.facts));
  const options = await optionsOf(flags, config);
  const result = value(await watched(session, flags, signal, (report) => session.run(config, report)));
  const sensitivity = flags.sensitivity ? { sensitivity: sensitivityOf(result.plan) } : {};
  const report = reportData(result, { ...options, ...sensitivity });
  const written = await write(flags, reportFilesOf(report, result, flags.format));
  if (flags.json) process.stdout.write(toJson({ ...report.summary, written }));
  else if (!flags.quiet) process.stdout.write(`${toText(report)}wrote ${printable(written.join(', '))}\n`);
  checkSound(report);
  gate.check(resultOf(report.summary));
}

async function optionsOf(flags: ReportFlags, config: RunConfig): Promise<ReportOptions> {
  const { baseline, tolerance = 0, includeLoad = false } = flags;
  const options = { includeLoad, date: dateOf(flags), link: linkOf(config) };
  if (baseline === undefined) return options;
  const result = await readResult('--baseline', baseline, await readPieces('--baseline', baseline));
  return { ...options, baseline: { name: basename(baseline), result, threshold: tolerance } };
}

async function reportMany(flags: ReportFlags, { entry, signal }: Surroundings): Promise<void> {
  const session = createSession();
  const config: RunConfig = { model: 'synthetic', tensor: '', m: 0, k: 0, ...commonConfig(configFlags(flags)) };
  const { jobs, ...about } = flags.topology === undefined ? await ofModel(session, flags, config, entry) : await ofTopology(flags, flags.topology, config);
  const bar = flags.quiet ? SILENT : await progressBar(process.stderr, 'product');
  try {
    const onProgress: MatricesOptions['onProgress'] = ({ done, of, name }) => bar.update({ phase: name.slice(0, 32), cycle: done, expected: of });
    const options = { ...about, command: commandOf(flags), date: dateOf(flags), onProgress, stopped: () => signal.aborted };
    const report = value(await interruptedBy(signal, session, () => matricesReport(session, jobs, config, options)));
    bar.stop();
    const written = await write(flags, matricesFiles(report, flags.format));
    const { totals } = report;
    if (flags.json) process.stdout.write(toJson({ ...report, constants: undefined, calibration: undefined, written }));
    else if (!flags.quiet) process.stdout.write(`${printable(`${placedWord(totals)}; wrote ${written.join(', ')}`)}\n`);
  } finally {
    bar.stop();
  }
}

const placedWord = ({ products, unplaced, cycles, microseconds }: MatricesReport['totals']): string =>
  `${grouped(products - unplaced)} of ${grouped(products)} products placed, ${grouped(cycles)} cycles by closed form, ${duration(microseconds)}`;

interface Jobs extends Pick<MatricesOptions, 'title' | 'attribution' | 'rules'> {
  readonly jobs: readonly MatrixJob[];
}

async function ofModel(session: Session, flags: ReportFlags, config: RunConfig, entry: string): Promise<Jobs> {
  const model = await openNamed(session, flags.model ?? 'demo', entry);
  const layers = await takesLayers(session, flags.kernel);
  const jobs = modelJobs(model, { ...config, model: model.name }, layers, flags.simulate ?? []);
  if (jobs.length === 0)
    throw new WeftError('--model', 'the file has nothing that this kernel can place', ['list its tensors with weft inspect', 'choose another kernel']);
  const rule = layers
    ? 'Every layer of the file, blk.0 and on, with all its matrices.'
    : 'Every matrix of the file is a product with N columns of activations. Vectors (norms, biases) are none.';
  return { jobs, title: `${model.title}, every ${layers ? 'layer' : 'matrix'}`, attribution: model.attribution, rules: [rule, `N = ${config.n}.`] };
}

async function ofTopology(flags: ReportFlags, path: string, config: RunConfig): Promise<Jobs> {
  const topology = readTopology(await textOf('--topology', path), basename(path));
  const theirs = flags.scaleSim === undefined ? null : readComputeReport(await textOf('--scale-sim', flags.scaleSim), basename(flags.scaleSim));
  const jobs = topologyJobs(topology, config, flags.simulate ?? [], theirs);
  const rules = [
    topology.rule,
    'K is padded with zeros to a multiple of 256, the block of the stored formats; sizes before that are in brackets. Weights are synthetic, from the seed.',
    ...(topology.unused.length > 0 ? [`Columns that are not used: ${topology.unused.join(', ')}.`] : []),
    ...(theirs === null ? [] : [`SCALE-Sim's cycles are those of ${basename(flags.scaleSim ?? '')}, for the array it was configured for.`]),
  ];
  return { jobs, title: `${basename(path).replace(/\.csv$/i, '')}, every layer`, attribution: '', rules };
}

/** Topologies are small; a file beyond this is something else. */
const MOST_TEXT_BYTES = 2 ** 26;

async function textOf(flag: string, path: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const piece of await readPieces(flag, path)) {
    bytes += piece.length;
    if (bytes > MOST_TEXT_BYTES) throw new WeftError(flag, `'${path}' is larger than ${MOST_TEXT_BYTES} bytes`, ['give a CSV file']);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** The command that writes the same numbers again. */
function commandOf(flags: ReportFlags): string {
  const { topology, scaleSim, model, kernel, machine, pes, n, weightFormat, simulate: names } = flags;
  const pairs: ReadonlyArray<readonly [string, string | number | undefined]> = [
    ['topology', topology],
    ['scale-sim', scaleSim],
    ['model', model],
    ['kernel', kernel],
    ['machine', machine],
    ...TUNABLE_IDS.map((id) => [id, flags[id]] as const),
    ['pes', pes && `${pes.width}x${pes.height}`],
    ['n', n],
    ['weight-format', weightFormat],
    ...OPTION_IDS.map((id) => [id, flags[id]] as const),
    ['simulate', names?.join(',')],
  ];
  return ['weft report', ...pairs.flatMap(([flag, given]) => (given === undefined ? [] : [`--${flag} ${shellArgument(String(given))}`]))].join(' ');
}

async function write({ out }: ReportFlags, files: readonly ReportFile[]): Promise<string[]> {
  const outputs = files.map(({ name, content }) => ({ flag: '--out', path: join(out, name), content }));
  await writeAll(outputs);
  return outputs.map(({ path }) => path);
}
