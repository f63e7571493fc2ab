/** Every claim of the kernel file this project began with, in its order: hardware, speed, batches, what runs show. */
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { hardwareFindings } from './claims-hardware.ts';
import { runFindings } from './claims-runs.ts';
import { scalingFindings } from './claims-scaling.ts';
import { speedFindings } from './claims-speed.ts';
import type { Claim, Simulate } from './claims-types.ts';
import type { Pause } from './estimate.ts';

const SOURCE = 'the kernel file this project began with';
const PARTS = 4;

/** All claims on one machine. Rejects as `simulate` and `pause` do. */
export async function claimsOn(id: MachineId, simulate: Simulate, pause: Pause): Promise<Claim[]> {
  const machine = MACHINES[id];
  await pause(0, PARTS);
  const found = hardwareFindings(machine);
  await pause(1, PARTS);
  found.push(...(await speedFindings(machine, () => pause(1, PARTS))));
  await pause(2, PARTS);
  found.push(...scalingFindings(machine));
  await pause(3, PARTS);
  found.push(...(await runFindings(machine, simulate)));
  return found.map((finding) => ({ ...finding, source: SOURCE }));
}
