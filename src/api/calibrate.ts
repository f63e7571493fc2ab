/** Runs the pieces that calibrate an estimate on the wavelet engine, without a trace: how many cycles, and nothing else. */
import { creatingWaveletEngine } from '../engine/wavelet.ts';
import { kernelById } from '../kernels/registry.ts';
import type { Problem } from '../kernels/types.ts';
import { MACHINES } from '../machine/spec.ts';
import { synthesisingLayer } from '../model/layer.ts';
import { synthesising } from '../model/synthetic.ts';
import type { Measure } from '../plan/estimate-types.ts';
import type { FormatId } from '../quant/formats.ts';
import { Cancelled } from './outcome.ts';
import { advanceInSlices, breathe, freshPace, inSlices } from './slices.ts';

/** Who hears of the parts of long work, and can stop it. */
export interface Watch {
  readonly onProgress?: (done: number, of: number) => void;
  /** Asked between parts and while simulating. */
  readonly stopped?: () => boolean;
}

/** Lets waiting messages in; rejects with Cancelled where the work was stopped. */
export async function giveWay({ stopped }: Watch): Promise<void> {
  await breathe();
  if (stopped?.()) throw new Cancelled();
}

/** A measure with weights and activations from a seed. Rejects with Cancelled, or WeftError where a piece cannot be placed. */
export function calibration(watch: Watch): Measure {
  return async ({ kernel: id, machine, m, k, n, format, pes, options }) => {
    const kernel = kernelById(id);
    const stored = format as FormatId;
    const pause = (): Promise<void> => giveWay(watch);
    const drawing: Generator<void, Problem> = kernel.takes === 'layer' ? synthesisingLayer(k, n, 1, stored) : synthesising(m, k, n, 1, stored);
    const problem = await inSlices(drawing, pause);
    const plan = kernel.plan(problem, MACHINES[machine], pes, options);
    const program = await inSlices(kernel.building(plan, problem), pause);
    const engine = await inSlices(creatingWaveletEngine(program), pause);
    await advanceInSlices(engine, freshPace(), { pause });
    return { simulated: engine.cycle, closedForm: kernel.estimate(plan).closedForm.cycles };
  };
}
