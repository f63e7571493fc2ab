/** One claim of speed: a value and its baseline in the same run, with `ratio` = value / baseline. Ratios travel, rates do not. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
}

export const row = (name: string, value: number, unit: string, baseline: number): BenchRow => ({ name, value, unit, baseline, ratio: value / baseline });

/** CPU milliseconds of this process: on a shared machine steadier than the wall clock. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
