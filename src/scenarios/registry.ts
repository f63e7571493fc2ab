/** The scenarios by id. Adding one is one file, and one line here and in the lists of store/url.ts and views/strings.ts. */
import { WeftError } from '../base/error.ts';
import type { Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { deadlock } from './deadlock.ts';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly build: (machine: MachineSpec) => Program;
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  deadlock: { id: 'deadlock', title: 'A deadlock of four PEs', build: deadlock },
};

/** A scenario by id; unknown ids name the known ones. */
export function scenarioById(id: string): Scenario {
  const scenario = Object.hasOwn(SCENARIOS, id) ? SCENARIOS[id] : undefined;
  if (!scenario) throw new WeftError('scenario', `unknown scenario ${id}`, [`use one of ${Object.keys(SCENARIOS).join(', ')}`]);
  return scenario;
}
