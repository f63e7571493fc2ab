/** `weft run --timing-only`: cycles without values, by the timing engine, printed in a few lines or as one JSON object. */
import { resultOf } from '../src/api/compare.ts';
import type { RunConfig, Session, TimingResult } from '../src/api/protocol.ts';
import { WeftError } from '../src/base/error.ts';
import { grouped, percent } from '../src/base/numbers.ts';
import { toJson } from '../src/report/json.ts';
import { value } from './configure.ts';
import { RunFailed } from './fail.ts';
import { openGate } from './gates.ts';
import type { RunFlags } from './run-flags.ts';
import { watched } from './watched.ts';

/** What only a run with values, or one that is written down wavelet by wavelet, can give. */
const NEEDS_VALUES = ['output', 'trace', 'out', 'includeLoad', 'input'] as const;

/** What gates may ask of cycles alone. */
const METRICS = ['cycles', 'seconds', 'closedForm', 'lowerBound', 'evaluated'];

/** @throws WeftError for flags that ask for more than cycles */
export function checkTimingFlags(flags: RunFlags): void {
  if (!flags.timingOnly) return;
  const asked = NEEDS_VALUES.find((flag) => flags[flag] !== undefined);
  const flag = asked && `--${asked.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (flag) throw new WeftError(flag, 'a run without values has nothing for it', [`leave ${flag} out`, 'leave --timing-only out']);
  if (flags.engine === 'wavelet' || flags.engine === 'reference') {
    throw new WeftError('--timing-only', `the ${flags.engine} engine always carries values`, ['use --engine timing', 'leave --timing-only out']);
  }
}

export async function timingCommand(session: Session, config: RunConfig, flags: RunFlags, signal: AbortSignal): Promise<void> {
  const gate = await openGate(flags, METRICS);
  const result = value(await watched(session, flags, signal, (report) => session.timing(config, report)));
  const summary = summaryOf(result);
  if (flags.json) process.stdout.write(toJson(summary));
  else if (!flags.quiet) process.stdout.write(linesOf(result));
  const { lowerBound } = result.estimate;
  if (result.cycles < lowerBound.cycles) throw new RunFailed(`${result.cycles} cycles are below the lower bound of ${lowerBound.cycles}. Please report it.`);
  gate.check(resultOf({ ...summary, config: result.plan.shape }));
}

function summaryOf({ kernel, plan, estimate, engine, way, declined, cycles, evaluated, peCycles, traceHash }: TimingResult) {
  const { shape, machine, rectangle, options, usedPes } = plan;
  return {
    ...{
      kernel,
      machine: machine.id,
      tuning: machine.tuning ?? {},
      m: shape.m,
      k: shape.k,
      n: shape.n,
      format: shape.format,
      pes: rectangle,
      usedPes,
      options,
    },
    ...{ engine, way, declined, cycles, seconds: cycles / machine.clockHz },
    ...{ closedForm: estimate.closedForm.cycles, lowerBound: estimate.lowerBound.cycles, evaluated, peCycles, traceHash },
  };
}

function linesOf({ kernel, plan, estimate, cycles, peCycles, traceHash, ...result }: TimingResult): string {
  const { shape, machine, rectangle } = plan;
  const all = rectangle.width * rectangle.height * cycles;
  const shares = Object.entries(peCycles).flatMap(([kind, n]) => (n > 0 ? [`${kind} ${percent(n / all)}`] : []));
  return [
    `${kernel}, ${shape.m} x ${shape.k}, N = ${shape.n}, ${shape.format}, on ${machine.name}, ${rectangle.width} x ${rectangle.height} PEs; cycles only`,
    '',
    `Cycles       ${grouped(cycles)}, ${((cycles / machine.clockHz) * 1e6).toFixed(2)} us at ${machine.clockHz / 1e6} MHz`,
    `Closed form  ${grouped(estimate.closedForm.cycles)}`,
    `Lower bound  ${grouped(estimate.lowerBound.cycles)}`,
    `PE-cycles    ${shares.join(', ')}`,
    '',
    `trace ${traceHash}, ${engineOf(result, rectangle.width * rectangle.height)} in ${Math.round(result.simulationMs)} ms`,
    '',
  ].join('\n');
}

/** Which engine it was, and why not the other. */
function engineOf({ way, evaluated, declined }: Pick<TimingResult, 'way' | 'evaluated' | 'declined'>, pes: number): string {
  if (declined !== undefined) return `wavelet engine (${declined})`;
  return `timing engine (${way}): ${grouped(evaluated)} parts for ${grouped(pes)} PEs`;
}
