/** Sentences and cells that both the Markdown report and the terminal show, so that the two cannot differ. */
import { BOUND_WORDS } from '../analysis/verdict.ts';
import { bytes, count, duration, factor, grouped, percent, real, signed } from '../base/numbers.ts';
import type { Report } from './types.ts';

const THIN = '\u202f';

export const cyclesWord = (n: number): string => count(n, 'cycle');

export const clockWord = (report: Report): string => `${grouped(report.clockHz / 1e6)}${THIN}MHz`;

export const timeWord = (report: Report): string => duration(report.verdict.microseconds);

/** "−1 cycle (−0.0 %)", of the closed form against the simulation. */
export function closedFormWord({ verdict }: Report): string {
  const { difference, share } = verdict.closedForm;
  if (difference === 0) return 'equal to the simulation';
  return `${signed(difference)} ${Math.abs(difference) === 1 ? 'cycle' : 'cycles'} (${signed(share * 100, 1)}${THIN}%)`;
}

/** "2.75×, issue cycles of the fullest PE"; a run below its bound is a bug and says so. */
export function boundWord({ verdict }: Report): string {
  const { factor: times, by, violated } = verdict.lowerBound;
  return violated ? `the simulation is below the bound, which is a bug (${BOUND_WORDS[by]})` : `${factor(times)} the bound (${BOUND_WORDS[by]})`;
}

export function sramWord({ verdict }: Report): string {
  const { usedBytes, capacityBytes, share } = verdict.sram;
  return `${grouped(usedBytes)} of ${bytes(capacityBytes)}, ${percent(share)}`;
}

/** "fits, 41 256 B free" or by how much it does not. */
export function fitsWord({ verdict }: Report): string {
  const free = verdict.sram.capacityBytes - verdict.sram.usedBytes;
  return verdict.sram.fits ? `fits, ${bytes(free)} free` : `does not fit, ${bytes(-free)} over`;
}

/** What the cycles include. */
export function includesWord({ summary }: Report): string {
  const host = `load ${grouped(summary.loadCycles)}, host in ${grouped(summary.hostInCycles)}, host out ${grouped(summary.hostOutCycles)}`;
  return summary.includesLoad ? `${cyclesWord(summary.simulatedCycles)} simulated, plus ${host}` : `not included: ${host}`;
}

/** A format as ggml writes it: q4_k -> Q4_K; q4_k_ix, which is not ggml's, with what it is. */
export function formatWord(format: string): string {
  return format.startsWith('q4_k_ix') ? `${format}, the original file’s format` : format.toUpperCase();
}

/** "1 536 × 512 by 512 × 4, Q4_K". */
export function shapeWord({ summary }: Report): string {
  const { m, k, n, format } = summary.config;
  return `${grouped(m)} × ${grouped(k)} by ${grouped(k)} × ${grouped(n)}, ${formatWord(format)}`;
}

export function placeWord({ summary, machineName }: Report): string {
  const { pes } = summary.config;
  return `${grouped(pes.width)} × ${grouped(pes.height)} PEs of the ${machineName} preset`;
}

/** Whether C is the plain loop's, bit for bit. */
export function plainLoopWord({ summary }: Report): string {
  const { vsPlainLoop } = summary.errors;
  return vsPlainLoop === 0 ? 'equal bit for bit' : `${grouped(vsPlainLoop)} of ${grouped(summary.config.m * summary.config.n)} results differ`;
}

export function errorWord({ summary }: Report): string {
  return `${real(summary.errors.maxAbsVsF64, 3)} at most against float64`;
}

/** "6 of 6 hold", or the names of those that do not. */
export function checksWord({ summary }: Report): string {
  const broken = summary.conservation.filter((check) => !check.holds);
  const holding = `${summary.conservation.length - broken.length} of ${summary.conservation.length} hold`;
  return broken.length === 0 ? holding : `${holding}; broken: ${broken.map((check) => check.name).join('; ')}`;
}
