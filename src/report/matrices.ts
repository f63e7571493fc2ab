/** A report over many products: every matrix of a model, or every layer of a topology, each by its closed form and simulated where asked. */
import type { Constant } from '../analysis/constants.ts';
import type { BoundTerm } from '../analysis/verdict.ts';
import type { Report } from './types.ts';

/** Where a product lies and what it costs, once. */
export interface PlacedMatrix {
  readonly pes: { readonly width: number; readonly height: number };
  readonly usedPes: number;
  readonly rowsPerPe: number;
  readonly closedForm: number;
  readonly lowerBound: number;
  readonly boundBy: BoundTerm;
  readonly microseconds: number;
  /** Useful multiply-adds / (PEs × closed form × multiply-adds a cycle). */
  readonly utilisation: number;
  readonly sram: { readonly usedBytes: number; readonly capacityBytes: number };
  /** Null where it was not asked for. */
  readonly simulated: { readonly cycles: number; readonly plainLoop: number; readonly checks: boolean; readonly traceHash: string } | null;
}

export interface MatrixEntry {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly format: string;
  /** K before it was padded to whole blocks of 256; equals `k` where nothing was added. */
  readonly sourceK: number;
  /** Products of this size. */
  readonly count: number;
  /** Null where it cannot be placed; `reason` says why. */
  readonly placed: PlacedMatrix | null;
  readonly reason: string;
  /** Cycles that SCALE-Sim reports for all `count` products; null where none were given. */
  readonly scaleSim: number | null;
}

export interface MatricesReport {
  readonly schema: 'weft-matrices';
  readonly schemaVersion: 1;
  readonly date: string | null;
  readonly title: string;
  readonly attribution: string;
  /** How rows became products, and what was left aside. */
  readonly rules: readonly string[];
  readonly kernel: string;
  readonly machine: string;
  readonly machineName: string;
  readonly clockHz: number;
  readonly entries: readonly MatrixEntry[];
  /** Over the products that can be placed, one after the other, each `count` times. */
  readonly totals: {
    readonly products: number;
    readonly unplaced: number;
    readonly multiplyAdds: number;
    readonly cycles: number;
    readonly lowerBound: number;
    readonly microseconds: number;
    readonly scaleSim: number | null;
  };
  readonly constants: readonly Constant[];
  readonly limits: readonly string[];
  readonly calibration: Report['calibration'];
  readonly reproduce: { readonly command: string; readonly note: string };
  readonly modelVersion: string;
}

/** Totals of the entries on a machine. */
export function totalsOf(entries: readonly MatrixEntry[], clockHz: number): MatricesReport['totals'] {
  let [products, unplaced, multiplyAdds, cycles, lowerBound, scaleSim] = [0, 0, 0, 0, 0, 0];
  for (const { m, sourceK, n, count, placed, scaleSim: theirs } of entries) {
    products += count;
    scaleSim += theirs ?? 0;
    if (placed === null) {
      unplaced += count;
      continue;
    }
    multiplyAdds += count * m * sourceK * n;
    cycles += count * placed.closedForm;
    lowerBound += count * placed.lowerBound;
  }
  const given = entries.some((entry) => entry.scaleSim !== null);
  return { products, unplaced, multiplyAdds, cycles, lowerBound, microseconds: (cycles / clockHz) * 1e6, scaleSim: given ? scaleSim : null };
}

/** One product after the other is what totals mean; nothing overlaps. */
export const SEQUENCE = 'Totals are of one product after the other, without loading weights, host transfers or work between them.';
