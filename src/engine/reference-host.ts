/**
 * The host's steps in the reference engine: when one begins, how long it takes and what it does to the state at its end.
 * Streaming is the fabric's part (reference-fabric.ts). Models: docs/tick.md rule 16.
 */
import { assert } from '../base/error.ts';
import { stepCycles } from '../machine/host.ts';
import type { HostStep } from '../machine/program.ts';
import { applyLoads, type Context } from './reference-state.ts';

const stepsOf = (c: Context): readonly HostStep[] => c.program.host ?? [];

/** Whether the host is in the middle of a step. */
export const hostIsBusy = (c: Context): boolean => c.state.host.end > c.state.cycle;

/** Begins the next step at the current cycle, at which the machine is at rest; false if there is none. */
export function beginStep(c: Context): boolean {
  const { cycle, host } = c.state;
  const step = stepsOf(c)[host.next];
  if (!step) return false;
  const end = cycle + stepCycles(step, c.program.machine);
  c.state.host = { next: host.next, end };
  c.recorder?.hostStep(host.next, cycle, end);
  return true;
}

/** Does what a step does if it ends at the current cycle. */
export function endStep(c: Context): void {
  const { cycle, host } = c.state;
  if (host.end !== cycle) return;
  const step = stepsOf(c)[host.next];
  assert(step !== undefined, `there is no host step ${host.next}`);
  if (step.kind === 'copyIn') applyLoads(c.state, step.loads);
  else if (step.kind === 'launch') launch(c, step.task);
  else c.state.copied[host.next] = copyOut(c, step);
  c.state.host = { next: host.next + 1, end: -1 };
}

function launch(c: Context, name: string): void {
  c.state.pes.forEach((element, pe) => {
    c.program.classes[c.program.classOf[pe]].tasks.forEach((task, i) => {
      if (task.name === name) element.active[i] = true;
    });
  });
}

function copyOut(c: Context, { pes, address, bytes }: HostStep & { readonly kind: 'copyOut' }): Uint8Array {
  const out = new Uint8Array(pes.length * bytes);
  pes.forEach((pe, i) => {
    out.set(c.state.pes[pe].memory.subarray(address, address + bytes), i * bytes);
  });
  return out;
}
