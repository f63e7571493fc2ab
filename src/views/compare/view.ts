/** What the painter says of the moment, for the words above the canvases. */
import { createStore } from 'zustand/vanilla';
import type { LatencyStage } from '../../analysis/latency.ts';
import type { DifferenceFacts, PairScale } from '../../analysis/pair-map.ts';
import type { summary } from '../../analysis/timeline.ts';
import type { SideId } from '../../store/compare.ts';
import type { CompareLayer } from '../../store/compare-url.ts';

/** What the legend of both fabrics and of their difference says. */
export interface PairLegend {
  readonly layer: CompareLayer;
  readonly stage: LatencyStage;
  /** Cycles of a mean. */
  readonly window: number;
  readonly scale: PairScale;
  /** What the PEs of each run come to; null on the layer of states, or where no PE has a value. */
  readonly a: ReturnType<typeof summary>;
  readonly b: ReturnType<typeof summary>;
  readonly facts: DifferenceFacts;
  /** Share of the links of both runs that are counted. */
  readonly counted: number;
}

/** The numbers of a cell; negative ones, and those above `upTo`, are none. */
export interface SpotNumbers {
  readonly a: number;
  readonly b: number;
  readonly upTo: Readonly<Record<SideId, number | null>>;
  /** As pair-map.ts writes it. */
  readonly difference: number;
  /** Of every outgoing link, by port. */
  readonly links: readonly number[] | null;
}

interface PairView {
  /** PEs by kind of schema.ts, idle last. */
  readonly counts: Readonly<Record<SideId, readonly number[] | null>>;
  readonly legend: PairLegend | null;
  /** Of the selected cell, or of the first; null while time runs. */
  readonly spot: SpotNumbers | null;
  /** Of the cell under the pointer. */
  readonly hover: SpotNumbers | null;
}

export const pairView = createStore<PairView>(() => ({ counts: { a: null, b: null }, legend: null, spot: null, hover: null }));
