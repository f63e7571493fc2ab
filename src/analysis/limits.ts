/** What the model leaves out, as reports and the page must say it (docs/machine.md). */
import type { MachineSpec } from '../machine/spec.ts';

const GENERAL: readonly string[] = [
  'No number here was compared with silicon or the vendor simulator for this program; the constants come from published sources or are marked assumed.',
  'The PE code is written for this model and priced by its op table. The code of a compiler would differ, most of all in set-up and scalar instructions.',
  'Depths of router FIFOs, the order in which tasks are picked and the exact tick of several router decisions are not published; docs/tick.md states the readings taken.',
  'Start skew between PEs (published measurements show up to 57 cycles), defects, spare rows, clock changes, heat and power are not modelled.',
  'Silicon was measured at 1.125 cycles a wavelet on a link of the WSE-3; the model moves one a cycle, as documented.',
  'The host takes and gives words at a constant rate with latency 0. Weights are in place before cycle 0; their load is stated beside the cycles.',
];

/** Known limits of the model as full sentences: what holds for a machine and options first, then what always does. */
export function limitsOf(machine: MachineSpec, options: Readonly<Record<string, string | number | undefined>>): string[] {
  const own: string[] = [];
  if (options.dot === 'fused1')
    own.push(
      'The row dot uses a fused multiply-add of one element a cycle, which no source documents: it is an assumption that makes closed forms come out exactly.',
    );
  if (machine.id === 'teaching') own.push('Teaching is no real machine: every op takes one cycle an element, set-up and scalar code are free.');
  if (machine.id === 'wse2') own.push('Running adds (2 cycles an element) and scalar costs were measured on the WSE-3 and are assumed to hold on the WSE-2.');
  if (machine.tuning !== undefined)
    own.push(`${machine.name}: the constants in brackets were set by hand, so published figures and calibration say nothing about this machine.`);
  if (machine.fifoDepth <= machine.hop)
    own.push('Router FIFOs shallower than hop + 1 let a link rest between wavelets. The simulation has that; closed forms take links as busy in every cycle.');
  return [...own, ...GENERAL];
}
