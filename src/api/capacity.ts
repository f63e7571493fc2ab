/** The capacity planner for the command line and the page: a question with its usual values. */
import { WeftError } from '../base/error.ts';
import type { KernelOptions } from '../kernels/options.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { nearestNames } from '../model/nearest.ts';
import type { ModelSizes } from '../model/sizes.ts';
import { PLAN_KERNELS } from '../plan/account.ts';
import type { CacheFormat } from '../plan/cache.ts';
import { capacityOf } from '../plan/capacity.ts';
import type { CapacityReport } from '../plan/capacity-types.ts';

/** Context that is planned if none is asked for, tokens; less for a model made for less. */
const USUAL_CONTEXT = 4096;

export interface CapacityQuestion {
  readonly machine?: MachineId;
  /** streaming (rows as stored), stationary (rows dequantised) or split-k; streaming if not given. */
  readonly kernel?: string;
  /** The kernel's own options. */
  readonly options?: KernelOptions;
  /** Tokens of a sequence that the cache keeps. What is asked for must fit; what is not is reported if it does not. */
  readonly context?: number;
  /** Sequences at once; 1 if not given. */
  readonly batch?: number;
  /** How keys and values are kept; f32 if not given. */
  readonly cache?: CacheFormat;
}

/** What of a model fits where. @throws WeftError (`kernel`, `context`, `batch`, an option) */
export function capacity(sizes: ModelSizes, question: CapacityQuestion = {}): CapacityReport {
  const { machine = 'wse2', options = {}, batch = 1, cache = 'f32' } = question;
  const kernel = PLAN_KERNELS.find((id) => id === (question.kernel ?? 'streaming'));
  if (kernel === undefined) {
    const problem = `resident models are planned with ${PLAN_KERNELS.join(', ')}, not with "${question.kernel}"`;
    throw new WeftError('kernel', problem, [`use ${nearestNames(question.kernel ?? '', PLAN_KERNELS, 1)[0]}`]);
  }
  const usual = Math.min(USUAL_CONTEXT, sizes.architecture?.context ?? USUAL_CONTEXT);
  const { context = usual } = question;
  return capacityOf({ sizes, machine: MACHINES[machine], kernel, options, context, batch, cache }, question.context !== undefined);
}
