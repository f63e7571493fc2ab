/** A hand-written program: one that stops shows its error, one that ends is read beside its model. */
import { WeftError } from '../base/error.ts';
import { withoutLoads } from '../machine/loads.ts';
import { scenarioById } from '../scenarios/registry.ts';
import type { RowSizes } from '../scenarios/types.ts';
import { traceHashing } from '../trace/hash.ts';
import { windowOf } from './measured.ts';
import { machineOf } from './planning.ts';
import { type Finished, type Pause, runProgram } from './program-run.ts';
import { MODEL_VERSION, type ProgramRun, type RunConfig, type TraceFile } from './protocol.ts';
import { inSlices } from './slices.ts';

/** What a scenario asked for as a matrix product ends with: its own error where it is there to show one. */
export async function noMatrix(config: RunConfig, pause: Pause, file: TraceFile | undefined): Promise<WeftError> {
  const { result } = await simulateScenario(config, pause, file);
  return new WeftError('scenario', `${result.title} multiplies no matrix, so it has none of its numbers`, ['open it in the Lab']);
}

/** Runs a hand-written program: one that stops throws {@link Failed}, one that ends is read. */
export async function simulateScenario(config: RunConfig, pause: Pause, file?: TraceFile): Promise<{ result: ProgramRun; run: Finished }> {
  const scenario = scenarioById(config.scenario ?? '');
  const machine = machineOf(config);
  if (scenario.kind === 'stops') {
    await runProgram({ config, title: scenario.title, program: scenario.build(machine), expected: 0, work: null, file }, pause);
    throw new Error(`the scenario ${scenario.id} ended without its error`);
  }
  const { pes, words } = sizesOf(config, scenario.sizes);
  const { measured, model } = scenario.build(machine, { pes, words });
  const { program } = measured;
  const title = `${scenario.title}, ${pes} PEs, ${words} word${words === 1 ? '' : 's'}`;
  const ran = await runProgram({ config, title, program, expected: model, work: null, file }, pause);
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: ran.cycles, expected: model });
  const trace = await ran.trace(checking);
  const traceHash = await inSlices(traceHashing(trace), checking);
  const about = { config, title, modelVersion: MODEL_VERSION, program: withoutLoads(program), trace, traceHash, stateHash: ran.stateHash };
  return { result: { ...about, window: { ...windowOf(ran.memory, measured), model } }, run: ran.run };
}

/** The row a configuration asks for: its rectangle must be one. */
function sizesOf({ pes, words }: RunConfig, preset: RowSizes): RowSizes {
  if (pes !== undefined && pes.height !== 1) throw new WeftError('pes', `${pes.width}x${pes.height} PEs are no row`, [`use ${pes.width}x1`]);
  return { pes: pes?.width ?? preset.pes, words: words ?? preset.words };
}
