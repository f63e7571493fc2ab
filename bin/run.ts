/** `weft run`: simulates one matrix product with the page's own session, prints the verdict and writes the report. */
import { basename, join } from 'node:path';
import { resultOf } from '../src/api/compare.ts';
import { DEMO_TENSOR } from '../src/api/inspect.ts';
import { type KernelOptions, type ModelSummary, OPTION_IDS, type Outcome, type RunConfig, type RunResult, type Session } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { WeftError } from '../src/base/error.ts';
import type { MachineId } from '../src/machine/spec.ts';
import { toJson } from '../src/report/json.ts';
import { toMarkdown } from '../src/report/markdown.ts';
import { metricNames } from '../src/report/metric-names.ts';
import { type Report, reportData } from '../src/report/report.ts';
import { toText } from '../src/report/text.ts';
import { demoFile, type Surroundings } from './demo.ts';
import { fromWire, Interrupted, RunFailed } from './fail.ts';
import { checkFile, checkFolder, checkWritable, littleEndian, type Output, OutputFile, openModelFile, readRows, writeAll } from './files.ts';
import { type GateFlags, openGate } from './gates.ts';
import { progressBar, SILENT } from './progress.ts';

/** The flags of `weft run` as parsed; weft.ts says what each is. */
export interface RunFlags extends KernelOptions, GateFlags {
  /** The demo if absent, or a synthetic matrix if there are sizes. */
  readonly model?: string;
  readonly tensor?: string;
  readonly m?: number;
  readonly k?: number;
  readonly n?: number;
  readonly kernel: string;
  readonly machine: MachineId;
  readonly pes?: { readonly width: number; readonly height: number };
  readonly engine: 'wavelet' | 'reference';
  readonly seed: number;
  readonly format?: string;
  readonly as?: 'q4_k_ix' | 'q4_k_ix_e5m2';
  readonly input?: string;
  readonly output?: string;
  readonly trace?: string;
  readonly out?: string;
  readonly report: boolean;
  readonly json?: boolean;
  readonly includeLoad?: boolean;
  readonly quiet?: boolean;
}

/** Where reports go without `--out`. */
const REPORT_FOLDER = 'weft-report';
/** Sizes of a synthetic matrix without `--m` and `--k`, as on the page. */
const SYNTHETIC_SIZES = { m: 64, k: 512 } as const;

/** Runs and prints. Throws what fail.ts knows how to end. */
export async function runCommand(flags: RunFlags, { entry, signal }: Surroundings): Promise<void> {
  checkTogether(flags);
  await checkPlaces(flags);
  const session = createSession();
  const config = await configure(session, flags, entry);
  const { plan } = value(await session.plan(config));
  const gate = await openGate(flags, metricNames(plan.facts));
  const { report, written } = await simulateAndWrite(session, config, flags, signal);
  if (flags.json) process.stdout.write(toJson({ ...report.summary, written }));
  else if (!flags.quiet) process.stdout.write(toText(report) + (written.length > 0 ? `wrote ${written.join(', ')}\n` : ''));
  checkSound(report);
  gate.check(resultOf(report.summary));
}

/** Every file gets its name when all is done; a run whose program fails leaves its trace up to there. */
async function simulateAndWrite(session: Session, config: RunConfig, flags: RunFlags, signal: AbortSignal): Promise<{ report: Report; written: string[] }> {
  const trace = flags.trace === undefined ? undefined : await OutputFile.create('--trace', flags.trace);
  try {
    const outcome = await simulate(session, config, flags, signal, trace);
    if (!outcome.ok && outcome.error.failure !== undefined) await trace?.finish();
    const result = value(outcome);
    const report = reportData(result, { includeLoad: flags.includeLoad === true });
    const outputs = outputsOf(flags, result, report);
    await writeAll(outputs);
    await trace?.finish();
    return { report, written: [...outputs.map((output) => output.path), ...(flags.trace === undefined ? [] : [flags.trace])] };
  } catch (error) {
    await trace?.discard();
    throw error;
  }
}

/** Sizes without a model ask for a synthetic matrix. */
const isSynthetic = ({ model, m, k }: RunFlags): boolean => model === 'synthetic' || (model === undefined && (m !== undefined || k !== undefined));

/** Flags that only make sense with others. */
function checkTogether(flags: RunFlags): void {
  if (!flags.report && flags.out !== undefined) throw new WeftError('--out', 'there is no report to put there', ['leave --no-report out', 'leave --out out']);
  if (isSynthetic(flags)) {
    if (flags.tensor !== undefined)
      throw new WeftError('--tensor', 'a synthetic matrix has no tensors', ['leave --tensor out', 'give a model file with --model']);
    if (flags.input !== undefined)
      throw new WeftError('--input', 'a synthetic matrix makes its own activations from the seed', ['leave --input out', 'give a model file with --model']);
    return;
  }
  if (flags.format !== undefined)
    throw new WeftError('--format', "the format is the tensor's", ['leave --format out', 'use --as to re-encode it', 'use --model synthetic']);
  for (const size of ['m', 'k'] as const) {
    if (flags[size] !== undefined) throw new WeftError(`--${size}`, "the sizes are the tensor's", [`leave --${size} out`, 'use --model synthetic']);
  }
}

const reports = (flags: RunFlags): boolean => flags.report && (flags.json !== true || flags.out !== undefined);

/** Looks before the work starts whether its results can be written. */
async function checkPlaces(flags: RunFlags): Promise<void> {
  const { model = 'demo' } = flags;
  const inputs = [flags.input, ['demo', 'synthetic'].includes(model) ? undefined : model].filter((path) => path !== undefined);
  if (flags.output !== undefined) await checkWritable('--output', flags.output, inputs);
  if (flags.trace !== undefined && flags.trace === flags.output)
    throw new WeftError('--trace', `'${flags.trace}' is the file of --output, too`, ['give another path']);
  if (flags.trace !== undefined) await checkFile('--trace', flags.trace, flags.output === undefined ? inputs : [...inputs, flags.output]);
  if (reports(flags)) await checkFolder('--out', flags.out ?? REPORT_FOLDER, true);
}

/** The run as data, with the model open in the session and the activations read. */
async function configure(session: Session, flags: RunFlags, entry: string): Promise<RunConfig> {
  const { kernel, machine, seed, engine, pes } = flags;
  const options = optionsOf(flags);
  const { as, format } = flags;
  const common = {
    kernel,
    machine,
    seed,
    engine,
    ...(as && { as }),
    ...(format && { format }),
    ...(pes === undefined ? {} : { pes }),
    ...(options === undefined ? {} : { options }),
  };
  if (isSynthetic(flags)) return { ...SYNTHETIC_SIZES, model: 'synthetic', tensor: '', n: flags.n ?? 1, ...sizes(flags), ...common };
  const { model: asked = 'demo' } = flags;
  const demo = asked === 'demo';
  const path = demo ? demoFile(entry) : asked;
  const name = demo ? 'demo' : sessionName(path);
  const model = value(await session.openModel({ kind: 'file', file: await openModelFile('--model', path), name }));
  const layers = await takesLayers(session, kernel);
  if (flags.tensor === undefined && !demo && !layers) {
    throw new WeftError('--tensor', 'which tensor of the file is missing', [`list them with weft inspect '${asked}'`]);
  }
  const wanted = flags.tensor ?? (layers ? 'blk.0' : DEMO_TENSOR);
  const input = flags.input === undefined ? undefined : await readInput(flags, model, wanted);
  return { model: name, tensor: wanted, m: 0, k: 0, n: input?.n ?? flags.n ?? 1, ...common, ...(input === undefined ? {} : { input: input.x }) };
}

/** The options that were given, if any. */
function optionsOf(flags: RunFlags): KernelOptions | undefined {
  const given = OPTION_IDS.filter((id) => flags[id] !== undefined).map((id) => [id, flags[id]]);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

async function takesLayers(session: Session, kernel: string): Promise<boolean> {
  return value(await session.kernels()).find(({ id }) => id === kernel)?.takes === 'layer';
}

const sizes = ({ m, k }: RunFlags): Partial<Pick<RunConfig, 'm' | 'k'>> => ({ ...(m === undefined ? {} : { m }), ...(k === undefined ? {} : { k }) });

/** A file called like one of the built-in models keeps its own name by its path. */
function sessionName(path: string): string {
  const name = basename(path);
  return name === 'demo' || name === 'synthetic' ? `./${name}` : name;
}

/** The activations and how many rows they are. */
async function readInput(flags: RunFlags, model: ModelSummary, wanted: string): Promise<{ readonly x: Float32Array; readonly n: number } | undefined> {
  const tensor = model.tensors.find((t) => t.name === wanted) ?? model.tensors.find((t) => t.name === `${wanted}.weight`);
  const k = /^blk\.\d+$/.test(wanted) ? model.layers?.hidden : tensor?.shape[0];
  // An unknown tensor is the session's to report, with the closest names.
  if (k === undefined || flags.input === undefined) return undefined;
  const x = await readRows('--input', flags.input, k);
  const n = x.length / k;
  if (flags.n !== undefined && flags.n !== n) {
    throw new WeftError('--n', `${flags.n} is not the number of rows in '${flags.input}', which holds ${n}`, ['leave --n out', `write --n ${n}`]);
  }
  return { x, n };
}

async function simulate(
  session: Session,
  config: RunConfig,
  { quiet }: RunFlags,
  signal: AbortSignal,
  trace: OutputFile | undefined,
): Promise<Outcome<RunResult>> {
  const cancel = (): void => void session.cancel();
  const bar = quiet ? SILENT : await progressBar(process.stderr);
  if (signal.aborted) throw new Interrupted();
  signal.addEventListener('abort', cancel);
  try {
    return await session.run(config, (progress) => bar.update(progress), trace);
  } finally {
    bar.stop();
    signal.removeEventListener('abort', cancel);
  }
}

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw fromWire(outcome.error);
  return outcome.value;
}

function outputsOf(flags: RunFlags, result: RunResult, report: Report): Output[] {
  const outputs: Output[] = [];
  if (flags.output !== undefined) outputs.push({ flag: '--output', path: flags.output, content: littleEndian(result.y) });
  if (reports(flags)) {
    const base = join(flags.out ?? REPORT_FOLDER, slug(report));
    outputs.push({ flag: '--out', path: `${base}.md`, content: toMarkdown(report) }, { flag: '--out', path: `${base}.json`, content: toJson(report) });
  }
  return outputs;
}

/** A file name from the configuration: letters, digits, dots, hyphens and underscores only. */
function slug({ summary }: Report): string {
  const { model, tensor, m, k, n, kernel, machine, pes, seed } = summary.config;
  const what = tensor === '' ? `${m}x${k}` : tensor.replace(/\.weight$/, '');
  const name = [model.replace(/\.gguf$/i, ''), what, kernel, machine, `${pes.width}x${pes.height}`, `n${n}`, `seed${seed}`].join('-');
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 180);
}

/** A run whose physics or bits are wrong is a failed run, whatever else it printed. */
function checkSound({ summary, verdict }: Report): void {
  const broken = summary.conservation.filter((check) => !check.holds).map((check) => `${check.name} (${check.detail})`);
  if (summary.errors.vsPlainLoop > 0) broken.push(`${summary.errors.vsPlainLoop} results differ from the plain loop`);
  if (verdict.lowerBound.violated) broken.push('the simulation is below its lower bound');
  if (broken.length > 0) throw new RunFailed(`the run breaks its own checks: ${broken.join('; ')}. Please report it.`);
}
