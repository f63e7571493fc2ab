/** The words of the plain text page: `name: value` lines with plain digits, then the verdict in sentences. */
import { linkOf } from '../../store/address.ts';
import { shownRun } from '../../store/shown.ts';
import { hasValues, type LabState, type ProgramRun, type TimedRun } from '../../store/types.ts';
import { insightsOf } from '../derived.ts';

const line = (name: string, value: string | number): string => `${name}: ${value}`;
const fixed = (value: number, digits: number): string => String(+value.toFixed(digits));

function asked({ config }: LabState): string[] {
  const { scenario, model, tensor, m, k, n, seed, kernel, machine, options } = config;
  if (scenario !== undefined) return [line('program', scenario), line('machine', machine)];
  const chosen = Object.entries(options ?? {}).map(([id, value]) => line(`option ${id}`, String(value)));
  return [
    line('model', model),
    ...(model === 'synthetic' ? [] : [line('tensor', tensor)]),
    line('M x K x N', `${m} x ${k} x ${n}`),
    line('seed', seed),
    line('kernel', kernel),
    line('machine', machine),
    ...chosen,
  ];
}

function numbers(result: TimedRun): string[] {
  const { metrics, estimate, plan, conservation } = result;
  const { cycles, microseconds, utilisation } = metrics;
  const held = conservation.filter(({ holds }) => holds).length;
  return [
    line('rectangle', `${plan.rectangle.width} x ${plan.rectangle.height} PEs, ${plan.usedPes} with work`),
    line('cycles', cycles),
    line('time', `${fixed(microseconds, 3)} us at ${plan.machine.clockHz / 1e6} MHz`),
    line('closed form', `${estimate.closedForm.cycles} cycles, ${estimate.closedForm.cycles - cycles} beside the simulation`),
    line('lower bound', `${estimate.lowerBound.cycles} cycles, the run takes ${fixed(cycles / estimate.lowerBound.cycles, 3)} times that`),
    line('multiply-add utilisation', `${fixed(100 * utilisation.mac, 2)} %`),
    line('physics checks', `${held} of ${conservation.length} hold`),
  ];
}

const windowOf = ({ window }: ProgramRun): string[] => [
  line('cycles', window.cycles),
  line('model', `${window.model} cycles, ${window.model - window.cycles} beside the simulation`),
  line('results right to the bit', window.exact ? 'yes' : 'no'),
];

/** Lines about the state of the Lab. */
export function plainText(state: LabState): string {
  const { status, progress, result, program, failure, error, planError, reader, message } = state;
  const run = shownRun(state);
  const problem = error ?? planError;
  const verdict = result !== null && reader !== null ? insightsOf(result, reader).map(({ text }, i) => `${i + 1}. ${text}`) : [];
  return [
    line('Weft', run?.title ?? 'no run yet'),
    line('status', status === 'running' ? `running, cycle ${progress?.cycle ?? 0}` : status),
    ...(message === null ? [] : [line('note', message)]),
    ...(problem === null || problem === undefined ? [] : [line('error', problem.message)]),
    '',
    ...asked(state),
    '',
    ...(program !== null ? windowOf(program) : []),
    ...(result !== null ? numbers(result) : failure !== null ? [line('stopped at cycle', failure.trace.cycles)] : []),
    ...(result !== null && hasValues(result) ? [line('results unlike the plain loop', result.errors.vsPlainLoop)] : []),
    ...(run === null ? [] : [line('trace hash', run.traceHash)]),
    '',
    ...(verdict.length > 0 ? ['verdict:', ...verdict, ''] : []),
    line('link', `#${linkOf(state)}`),
  ].join('\n');
}
