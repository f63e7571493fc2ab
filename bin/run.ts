/** `weft run`: simulates one matrix product with the page's own session, prints the verdict and writes the report. */
import { join } from 'node:path';
import { resultOf } from '../src/api/compare.ts';
import type { RunConfig, RunResult, Session } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { WeftError } from '../src/base/error.ts';
import { toJson } from '../src/report/json.ts';
import { toMarkdown } from '../src/report/markdown.ts';
import { metricNames } from '../src/report/metric-names.ts';
import { type Report, reportData } from '../src/report/report.ts';
import { toText } from '../src/report/text.ts';
import { checkConfigFlags, configure, value } from './configure.ts';
import type { Surroundings } from './demo.ts';
import { RunFailed } from './fail.ts';
import { checkFile, checkFolder, checkWritable, littleEndian, type Output, OutputFile, writeAll } from './files.ts';
import { openGate } from './gates.ts';
import { interruptedBy } from './interrupt.ts';
import type { RunFlags } from './run-flags.ts';
import { checkTimingFlags, timingCommand } from './timing.ts';
import { watched } from './watched.ts';

/** Where reports go without `--out`. */
const REPORT_FOLDER = 'weft-report';
/** Runs and prints. Throws what fail.ts knows how to end. */
export async function runCommand(flags: RunFlags, { entry, signal }: Surroundings): Promise<void> {
  checkTogether(flags);
  checkTimingFlags(flags);
  if (!flags.timingOnly) await checkPlaces(flags);
  const session = createSession();
  const config = await configure(session, flags, entry);
  if (flags.timingOnly) {
    await timingCommand(session, config, flags, signal);
    return;
  }
  const { plan } = value(await interruptedBy(signal, session, () => session.plan(config)));
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
    const outcome = await watched(session, flags, signal, (report) => session.run(config, report, trace));
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

/** Flags that only make sense with others. */
function checkTogether(flags: RunFlags): void {
  if (!flags.report && flags.out !== undefined) throw new WeftError('--out', 'there is no report to put there', ['leave --no-report out', 'leave --out out']);
  checkConfigFlags(flags);
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
  const { model, tensor, m, k, n, kernel, machine, tuning, pes, seed } = summary.config;
  const what = tensor === '' ? `${m}x${k}` : tensor.replace(/\.weight$/, '');
  const byHand = Object.entries(tuning).map(([id, value]) => `${id}${value}`);
  const name = [model.replace(/\.gguf$/i, ''), what, kernel, machine, ...byHand, `${pes.width}x${pes.height}`, `n${n}`, `seed${seed}`].join('-');
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 180);
}

/** A run whose physics or bits are wrong is a failed run, whatever else it printed. */
export function checkSound({ summary, verdict }: Report): void {
  const broken = summary.conservation.filter((check) => !check.holds).map((check) => `${check.name} (${check.detail})`);
  if (summary.errors.vsPlainLoop > 0) broken.push(`${summary.errors.vsPlainLoop} results differ from the plain loop`);
  if (verdict.lowerBound.violated) broken.push('the simulation is below its lower bound');
  if (broken.length > 0) throw new RunFailed(`the run breaks its own checks: ${broken.join('; ')}. Please report it.`);
}
