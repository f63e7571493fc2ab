/** The text of the plain text page: `name: value` lines with plain digits, then the verdict in sentences. */
import { linkOf } from '../../store/address.ts';
import { shownRun } from '../../store/shown.ts';
import { hasValues, type LabState, type ProgramRun, type TimedRun } from '../../store/types.ts';
import { insightsOf } from '../derived.ts';
import { TEXT } from '../strings.ts';
import { LINE_NAMES, LINE_VALUES } from './strings.ts';

const line = (name: string, value: string | number): string => `${name}: ${value}`;
const fixed = (value: number, digits: number): string => String(+value.toFixed(digits));

function asked({ config }: LabState): string[] {
  const { scenario, model, tensor, m, k, n, seed, kernel, machine, tuning, options } = config;
  const byHand = Object.entries(tuning ?? {}).map(([id, value]) => line(LINE_NAMES.constant(id), value));
  if (scenario !== undefined) return [line(LINE_NAMES.program, scenario), line(LINE_NAMES.machine, machine), ...byHand];
  const chosen = Object.entries(options ?? {}).map(([id, value]) => line(LINE_NAMES.option(id), String(value)));
  return [
    line(LINE_NAMES.model, model),
    ...(model === 'synthetic' ? [] : [line(LINE_NAMES.tensor, tensor)]),
    line(LINE_NAMES.sizes, `${m} x ${k} x ${n}`),
    line(LINE_NAMES.seed, seed),
    line(LINE_NAMES.kernel, kernel),
    line(LINE_NAMES.machine, machine),
    ...byHand,
    ...chosen,
  ];
}

function numbers(result: TimedRun): string[] {
  const { metrics, estimate, plan, conservation } = result;
  const { cycles, microseconds, utilisation } = metrics;
  const held = conservation.filter(({ holds }) => holds).length;
  return [
    line(LINE_NAMES.rectangle, LINE_VALUES.rectangle(plan.rectangle.width, plan.rectangle.height, plan.usedPes)),
    line(LINE_NAMES.cycles, cycles),
    line(LINE_NAMES.time, LINE_VALUES.time(fixed(microseconds, 3), plan.machine.clockHz / 1e6)),
    line(LINE_NAMES.closedForm, LINE_VALUES.predicted(estimate.closedForm.cycles, estimate.closedForm.cycles - cycles)),
    line(LINE_NAMES.lowerBound, LINE_VALUES.bound(estimate.lowerBound.cycles, fixed(cycles / estimate.lowerBound.cycles, 3))),
    line(LINE_NAMES.mac, `${fixed(100 * utilisation.mac, 2)} %`),
    line(LINE_NAMES.checks, LINE_VALUES.checks(held, conservation.length)),
  ];
}

const windowOf = ({ window }: ProgramRun): string[] => [
  line(LINE_NAMES.cycles, window.cycles),
  line(LINE_NAMES.model, LINE_VALUES.predicted(window.model, window.model - window.cycles)),
  line(LINE_NAMES.exact, window.exact ? LINE_VALUES.yes : LINE_VALUES.no),
];

/** Lines about the state of the Lab. */
export function plainText(state: LabState): string {
  const { status, progress, result, program, failure, error, planError, reader, message } = state;
  const run = shownRun(state);
  const problem = error ?? planError;
  const verdict = result !== null && reader !== null ? insightsOf(result, reader).map(({ text }, i) => `${i + 1}. ${text}`) : [];
  return [
    line(TEXT.product, run?.title ?? LINE_VALUES.noRun),
    line(LINE_NAMES.status, status === 'running' ? LINE_VALUES.running(progress?.cycle ?? 0) : status),
    ...(message === null ? [] : [line(LINE_NAMES.note, message)]),
    ...(problem === null || problem === undefined ? [] : [line(LINE_NAMES.error, problem.message)]),
    '',
    ...asked(state),
    '',
    ...(program !== null ? windowOf(program) : []),
    ...(result !== null ? numbers(result) : failure !== null ? [line(LINE_NAMES.stopped, failure.trace.cycles)] : []),
    ...(result !== null && hasValues(result) ? [line(LINE_NAMES.unlikePlainLoop, result.errors.vsPlainLoop)] : []),
    ...(run === null ? [] : [line(LINE_NAMES.traceHash, run.traceHash)]),
    '',
    ...(verdict.length > 0 ? [`${LINE_NAMES.verdict}:`, ...verdict, ''] : []),
    line(LINE_NAMES.link, `#${linkOf(state)}`),
  ].join('\n');
}
