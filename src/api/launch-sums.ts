/** What the launches of a whole model come to, and how its progress is told: shared by every pass of many launches. */
import { WeftError } from '../base/error.ts';
import type { LaunchRecord } from '../inference/launch.ts';
import { MACHINES, type MachineId, type MachineSpec } from '../machine/spec.ts';
import type { Listener } from './launch.ts';

export interface PassProgress {
  /** Number of the launch, from 0, of how many, and its name. */
  readonly launch: number;
  readonly launches: number;
  readonly name: string;
  /** Cycles of the closed forms of all launches: those behind, and all. */
  readonly cycle: number;
  readonly expected: number;
}

export interface PassListener {
  report(progress: PassProgress): void;
  /** True when the pass is to stop. */
  stopped(): boolean;
}

/** What launches have in common, summed up. Residual: closed form / simulated - 1. */
export interface LaunchSums {
  readonly launches: number;
  readonly cycles: number;
  readonly closedForm: number;
  readonly residual: number;
  /** Useful multiply-adds over those that all PEs of the rectangles could have made in these cycles. */
  readonly utilisation: number;
  readonly macs: number;
  readonly hostBytes: LaunchRecord['hostBytes'];
}

export interface LaunchTotals extends LaunchSums {
  /** Cycles at the machine's clock: one launch after the other, weights resident. */
  readonly seconds: number;
  /** To copy all weights in, at the host's rate for the whole wafer; not part of `seconds`. */
  readonly loadSeconds: number;
}

/** Physics of all launches, and results that differ from the plain loops in a bit. */
export interface Soundness {
  readonly passed: boolean;
  readonly checks: number;
  readonly failed: readonly string[];
  readonly bitsOff: number;
}

/** Throws WeftError (`machine`) for an id that is none. */
export function machineOf(id: MachineId): MachineSpec {
  if (Object.hasOwn(MACHINES, id)) return MACHINES[id];
  throw new WeftError('machine', `unknown machine ${id}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
}

/** The progress of a launch as that of all: launches behind count as their closed forms. */
export function listenerOf(launches: readonly { readonly expected: number }[], { report, stopped }: PassListener): Listener {
  const behind = [0];
  for (const { expected } of launches) behind.push(behind[behind.length - 1] + expected);
  return {
    stopped,
    report: ({ launch, name, cycle, expected }) =>
      report({ launch, launches: launches.length, name, cycle: behind[launch] + Math.min(cycle, expected), expected: behind[launches.length] }),
  };
}

export function sumsOf(records: readonly LaunchRecord[]): LaunchSums {
  const sum = (of: (record: LaunchRecord) => number): number => records.reduce((total, record) => total + of(record), 0);
  const peCycles = ({ rectangle, cycles }: LaunchRecord): number => rectangle.width * rectangle.height * cycles;
  const [cycles, closedForm] = [sum((r) => r.cycles), sum((r) => r.closedForm)];
  return {
    launches: records.length,
    cycles,
    closedForm,
    residual: closedForm / cycles - 1,
    utilisation: sum((r) => r.utilisation.mac * peCycles(r)) / sum(peCycles),
    macs: sum((r) => r.macs),
    hostBytes: { weights: sum((r) => r.hostBytes.weights), in: sum((r) => r.hostBytes.in), out: sum((r) => r.hostBytes.out) },
  };
}

export function totalsOf(records: readonly LaunchRecord[], { clockHz, host }: MachineSpec): LaunchTotals {
  const sums = sumsOf(records);
  return { ...sums, seconds: sums.cycles / clockHz, loadSeconds: sums.hostBytes.weights / 4 / host.wordsInPerCycle / clockHz };
}

export function conservationOf(records: readonly LaunchRecord[]): Soundness {
  const failed = records.flatMap(({ name, checks }) => checks.filter(({ holds }) => !holds).map((check) => `${name}: ${check.name} (${check.detail})`));
  const bitsOff = records.reduce((sum, record) => sum + record.bitsOff, 0);
  return { passed: failed.length === 0 && bitsOff === 0, checks: records.reduce((sum, { checks }) => sum + checks.length, 0), failed, bitsOff };
}
