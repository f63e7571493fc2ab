/**
 * What the host's steps take, in cycles (machine.md section 1, host I/O). A copy moves whole 32-bit words over its channels
 * at the smaller of their rate and the wafer's; a launch costs its latency.
 */
import type { HostSink, HostStep, Timetable } from './program.ts';
import type { MachineSpec } from './spec.ts';

/** Cycles that copying `words` wavelets takes: latency + words / min(channels * rate of one, rate of the wafer), rounded up. */
export function copyCycles(words: number, direction: 'in' | 'out', machine: MachineSpec): number {
  const { host } = machine;
  const whole = direction === 'in' ? host.wordsInPerCycle : host.wordsOutPerCycle;
  return host.latency + Math.ceil(words / Math.min(host.channels * host.channelPerCycle, whole));
}

/** Cycles of one step. */
export function stepCycles(step: HostStep, machine: MachineSpec): number {
  if (step.kind === 'launch') return Math.max(1, machine.host.latency);
  if (step.kind === 'copyOut') return copyCycles(step.pes.length * Math.ceil(step.bytes / 4), 'out', machine);
  const words = step.loads.length.reduce((sum, bytes) => sum + Math.ceil(bytes / 4), 0);
  return copyCycles(words, 'in', machine);
}

type Pace = HostSink['rate'];

/** Whether a lane has a tick for each wavelet. */
export const isTimetable = (rate: NonNullable<Pace>): rate is Timetable => 'ticks' in rate;

/**
 * A lane's rate as exact integers: its next wavelet may pass at tick t when t * words >= due. One that passes at the first
 * such tick moves due by `cycles` and so keeps the fraction of a tick it lost (2 words in 5 cycles pass at 0, 3, 5, 8, 10);
 * a later one sets it to t * words + cycles: idle time earns no credit. Of a timetable due counts the wavelets.
 */
export const laneReady = (rate: Pace, due: number, t: number): boolean => t >= laneTick(rate, due);
export function lanePassed(rate: Pace, due: number, t: number): number {
  if (!rate) return 0;
  if (isTimetable(rate)) return due + 1;
  return (t === laneTick(rate, due) ? due : t * rate.words) + rate.cycles;
}
/** First tick at which a lane is ready. */
export function laneTick(rate: Pace, due: number): number {
  if (!rate) return 0;
  return isTimetable(rate) ? (rate.ticks[Math.min(due, rate.ticks.length - 1)] ?? 0) : Math.ceil(due / rate.words);
}
/** What of `due` is still to come at a cycle: in ticks, of a rate in parts of a tick. */
export function laneWait(rate: Pace, due: number, cycle: number): number {
  if (!rate) return 0;
  return Math.max(0, isTimetable(rate) ? laneTick(rate, due) - cycle : due - cycle * rate.words);
}
