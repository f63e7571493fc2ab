/** What a terminal shows of the launches of a whole model: a table, what they cost, whether they are sound. */
import type { LaunchSums, LaunchTotals, Soundness } from '../src/api/launch-sums.ts';
import { bytes, duration, grouped, percent } from '../src/base/numbers.ts';
import type { LaunchRecord } from '../src/inference/launch.ts';
import { RunFailed } from './fail.ts';

/** A pass of launches, as far as it is shown here. */
interface Pass {
  readonly launches: readonly LaunchRecord[];
  readonly totals: LaunchTotals;
  readonly clockHz: number;
}

const shortened = (name: string): string => name.replace(/\.weight$/, '');

/** A line a launch, and the total. */
export function launchTable({ launches, totals }: Pass): string[] {
  const row = (name: string, pes: string, { cycles, closedForm, residual }: Pick<LaunchSums, 'cycles' | 'closedForm' | 'residual'>, mac: number): string[] => [
    name,
    pes,
    grouped(cycles),
    grouped(closedForm),
    percent(residual, 2),
    percent(mac),
  ];
  const rows = [
    ['launch', 'PEs', 'cycles', 'closed form', 'off', 'utilisation'],
    ...launches.map((one) => row(shortened(one.name), `${one.rectangle.width}x${one.rectangle.height}`, one, one.utilisation.mac)),
    row('total', '', totals, totals.utilisation),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) => `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`);
}

/** Time and traffic. */
export function costLines({ totals, clockHz }: Pass): string[] {
  return [
    `Time: ${duration(totals.seconds * 1e6)} at ${clockHz / 1e6} MHz, launches one after the other, weights resident; to load them ${duration(totals.loadSeconds * 1e6)} more`,
    `Host: ${bytes(totals.hostBytes.weights)} of weights, ${bytes(totals.hostBytes.in)} in, ${bytes(totals.hostBytes.out)} out; ${grouped(totals.macs)} multiply-adds`,
  ];
}

export function checksLine({ passed, checks, failed, bitsOff }: Soundness): string {
  if (passed) return `Physics: ${grouped(checks)} checks hold; every result equals its plain loop in every bit`;
  return `Physics: ${failed.length} of ${grouped(checks)} checks fail; ${grouped(bitsOff)} results differ from the plain loops`;
}

/** A pass whose physics or bits are wrong has failed, whatever else it printed. */
export function checkSound({ passed, failed, bitsOff }: Soundness): void {
  if (passed) return;
  const broken = [...failed, ...(bitsOff > 0 ? [`${bitsOff} results differ from the plain loops`] : [])];
  throw new RunFailed(`the pass breaks its own checks: ${broken.join('; ')}. Please report it.`);
}
