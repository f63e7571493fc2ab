/** What the host of random programs does besides streaming: copies in and out, launches; and which task starts first. */
import type { HostStep, LoadTable, Program } from '../../src/machine/program.ts';
import type { Written } from './random-code.ts';
import type { Dice } from './random-program.ts';

/** How many steps, and whether the first of them starts the PEs' work. */
export interface HostPlan {
  readonly steps: number;
  readonly starts: boolean;
}

export function hostPlan(d: Dice): HostPlan {
  if (!d.whole || !d.chance(0.25)) return { steps: 0, starts: false };
  return { steps: d.between(1, 3), starts: d.chance(0.5) };
}

export function pickerOf(d: Dice): Pick<Program, 'picker'> {
  if (!d.whole || d.chance(0.5)) return {};
  return { picker: d.pick([{ kind: 'lowest' }, { kind: 'rotate' }, { kind: 'random', seed: d.below(1000) }] as const) };
}

/** The steps, on PEs that have code. */
export function hostSteps(d: Dice, { steps, starts }: HostPlan, written: readonly (Written | undefined)[]): Pick<Program, 'host'> {
  const pes = [...written.entries()].flatMap(([pe, w]) => (w ? [{ pe, ...w }] : []));
  if (steps === 0 || pes.length === 0) return {};
  const names = [...new Set(pes.flatMap((p) => p.launched))];
  const host: HostStep[] = starts && names.includes('start') ? [{ kind: 'launch', name: 'start', task: 'start' }] : [];
  for (let i = 0; i < steps; i++) {
    const { pe, floats } = d.pick(pes);
    if (d.chance(0.3)) host.push({ kind: 'copyOut', name: `out ${i}`, pes: Uint32Array.of(pe), address: floats, bytes: 4 * d.between(1, 8) });
    else if (names.includes('extra') && d.chance(0.5)) host.push({ kind: 'launch', name: `extra ${i}`, task: 'extra' });
    else host.push({ kind: 'copyIn', name: `in ${i}`, loads: oneLoad(d, pe, floats) });
  }
  return { host: starts || d.chance(0.5) ? host : d.shuffle(host) };
}

function oneLoad(d: Dice, pe: number, address: number): LoadTable {
  const bytes = new Uint8Array(Float32Array.from({ length: d.between(1, 8) }, () => d.between(-8, 8) / 8).buffer);
  return {
    data: [bytes],
    source: Uint16Array.of(0),
    pe: Uint32Array.of(pe),
    address: Uint32Array.of(address),
    offset: Float64Array.of(0),
    length: Uint32Array.of(bytes.length),
  };
}
