/** Claims of others beside what the machine's model gives; runs what they need in a session of its own. */
import type { MachineId } from '../machine/spec.ts';
import { claimsOn } from '../plan/claims.ts';
import type { Claim, ClaimRun, RunFacts } from '../plan/claims-types.ts';
import { giveWay, type Watch } from './calibrate.ts';
import { Cancelled } from './outcome.ts';
import { createSession } from './session.ts';

export type { Claim };

/** Every claim with a verdict. Rejects with Cancelled when it was stopped. */
export async function claims({ machine }: { readonly machine: MachineId }, watch: Watch = {}): Promise<Claim[]> {
  const session = createSession();
  const simulate = async (run: ClaimRun): Promise<RunFacts> => {
    const outcome = await session.run({ ...run, model: 'synthetic', tensor: '' }, () => {
      if (watch.stopped?.()) void session.cancel();
    });
    if (!outcome.ok) throw outcome.error.cancelled ? new Cancelled() : new Error(outcome.error.message);
    const { metrics, traceHash, plan } = outcome.value;
    const { cycles, utilisation, latency } = metrics;
    const busyCycles = Math.round(utilisation.busy * plan.rectangle.width * plan.rectangle.height * cycles);
    return { cycles, traceHash, busyCycles, macs: run.m * run.k * run.n, latency };
  };
  return claimsOn(machine, simulate, async (done, of) => {
    watch.onProgress?.(done, of);
    await giveWay(watch);
  });
}
