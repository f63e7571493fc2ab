/** The scenarios by id. Adding one is one file, and one line here and in the lists of store/url.ts and views/strings.ts. */
import { WeftError } from '../base/error.ts';
import { deadlock } from './deadlock.ts';
import { allReduces, line, reduces, storeAndForward } from './rows.ts';
import { slowSink } from './slow-sink.ts';
import type { Scenario } from './types.ts';

const ALL: readonly Scenario[] = [
  { id: 'deadlock', title: 'A deadlock of four PEs', kind: 'stops', build: deadlock },
  line,
  storeAndForward,
  ...reduces,
  ...allReduces,
  slowSink,
];

export const SCENARIOS: Readonly<Record<string, Scenario>> = Object.fromEntries(ALL.map((scenario) => [scenario.id, scenario]));

/** A scenario by id; unknown ids name the known ones. */
export function scenarioById(id: string): Scenario {
  const scenario = Object.hasOwn(SCENARIOS, id) ? SCENARIOS[id] : undefined;
  if (!scenario) throw new WeftError('scenario', `unknown scenario ${id}`, [`use one of ${Object.keys(SCENARIOS).join(', ')}`]);
  return scenario;
}
