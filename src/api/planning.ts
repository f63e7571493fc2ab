/** What a configuration asks for: its machine, its kernel and plan, and what is said of them before a run. */
import { WeftError } from '../base/error.ts';
import { kernelById } from '../kernels/registry.ts';
import type { Kernel, Plan } from '../kernels/types.ts';
import { MACHINES, type MachineSpec } from '../machine/spec.ts';
import { tunedMachine } from '../machine/tuning.ts';
import { isDrawn } from '../model/synthetic.ts';
import { memoryLimit, memoryNeed, resultsNeed, timedNeed } from './memory-need.ts';
import type { Models } from './models.ts';
import type { PlanSummary, Prices, RunConfig } from './protocol.ts';
import { breathe, inSlices } from './slices.ts';
import { autoEngine } from './timed-run.ts';

/** The preset with what was set by hand. @throws WeftError on a machine or constant that there is not */
export function machineOf({ machine, tuning }: RunConfig): MachineSpec {
  if (!MACHINES[machine]) throw new WeftError('machine', `unknown machine ${machine}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
  return tunedMachine(machine, tuning);
}

export function kernelAndPlan(models: Models, config: RunConfig): { kernel: Kernel; plan: Plan } {
  const kernel = kernelById(config.kernel);
  return { kernel, plan: kernel.plan(models.shape(config, kernel.takes), machineOf(config), config.pes, config.options) };
}

/** Lets messages in between the plan, its price on one machine and the next, and the estimate. */
export async function planOf(models: Models, config: RunConfig): Promise<PlanSummary> {
  const { kernel, plan } = kernelAndPlan(models, config);
  await breathe();
  const prices = await inSlices(pricing(kernel, plan), breathe);
  await breathe();
  const [estimate, memory] = [kernel.estimate(plan), memoryNeed(plan, keepsFloats(config))];
  return {
    plan,
    estimate,
    prices,
    memory,
    timedMemory: timedNeed(plan),
    resultsMemory: resultsNeed(plan, keepsFloats(config)),
    memoryFree: memoryLimit(),
    auto: autoEngine(plan, estimate, memory),
  };
}

/** Whether somebody who wants to look at a run gets it without values. `pause` is awaited between its plan and its estimate, each of which is one piece. */
export async function isTimedOnly(models: Models, config: RunConfig, pause: () => Promise<void>): Promise<boolean> {
  if (config.scenario !== undefined) return false;
  if (config.engine !== undefined) return config.engine === 'timing';
  const { kernel, plan } = kernelAndPlan(models, config);
  await pause();
  return autoEngine(plan, kernel.estimate(plan), memoryNeed(plan, keepsFloats(config))) === 'timing';
}

/** Whether the weights before quantisation are held beside the stored ones. */
export const keepsFloats = ({ model, as, m, k, format = 'q4_k' }: RunConfig): boolean => as !== undefined || (model === 'synthetic' && isDrawn(m, k, format));

/** What 256 weights cost on every machine, where the problem can be placed there on a rectangle of the kernel's choice. In pieces of a machine. */
export function* pricing(kernel: Kernel, plan: Plan): Generator<void, Prices> {
  const prices: Prices[number][] = [];
  for (const machine of Object.values(MACHINES)) {
    yield;
    const price = priceOn(machine, kernel, plan);
    if (price) prices.push({ machine: machine.id, name: machine.name, price });
  }
  return prices;
}

/** Undefined where the problem cannot be placed. */
function priceOn(machine: MachineSpec, kernel: Kernel, plan: Plan): Plan['blockPrice'] | undefined {
  if (machine.id === plan.machine.id) return plan.blockPrice;
  const { dot: _dot, ...options } = plan.options;
  try {
    return kernel.plan(plan.shape, machine, undefined, options).blockPrice;
  } catch (error) {
    if (error instanceof WeftError) return undefined;
    throw error;
  }
}
