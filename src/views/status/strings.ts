/** The English of the line at the bottom, and of what is said aloud. */
import { count, grouped, percent } from '../format.ts';

export const STATUS_TEXT = {
  phase: (name: string, from: number, to: number) => `phase: ${name} ${grouped(from)}${to > from ? ` → ${grouped(to)}` : ''}`,
  state: 'state',
  stateMeaning: 'Hash of the whole machine at this cycle; equal for everybody with this link',
  moving: 'moving',
  trace: 'trace',
  traceMeaning: 'Timed only: no values, so no state. The hash of the whole trace; equal for everybody with this link',
  engine: { wavelet: 'wavelet engine', timing: 'timing engine', reference: 'reference engine' },
  /** `rate` is how many PE-cycles were simulated a second. */
  speed: (engine: string, rate: string) => `${engine}, ${rate} PE-cycles/s`,
  checks: (holding: number, all: number) => `${holding} of ${all} physics checks hold`,
  model: (version: string) => `model ${version}`,
  running: 'Running.',
  finished: (cycles: number, mac: number, most: string) =>
    `Run finished: ${grouped(cycles)} cycles, ${percent(mac)} multiply-add utilisation, most PE time in ${most.toLowerCase()}.`,
  stopped: (cycle: number, why: string) => `The run stopped at cycle ${grouped(cycle)}. ${why}`,
  opened: (file: string, cycles: number, pes: number, machine: string) => `${file} is open: ${count(cycles, 'cycle')} of ${count(pes, 'PE')} on ${machine}.`,
} as const;
