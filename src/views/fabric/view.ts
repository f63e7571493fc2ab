/**
 * What the fabric panel knows beyond the page's store: where the camera is, what the legend says.
 * The painter writes it after drawing, at most eight times a second while time runs.
 */
import { createStore } from 'zustand/vanilla';
import type { Region } from '../../analysis/fabric-frame.ts';
import type { Layer } from '../../store/types.ts';

/** What the legend beside the fabric says about the moment. */
export interface Legend {
  readonly layer: Layer;
  /** PEs by kind of schema.ts; the last entry counts the idle ones. */
  readonly counts: readonly number[];
  /** Wavelets between routers, by color. */
  readonly onLinks: readonly number[];
  /** Of the magnitude layer. */
  readonly summary: { readonly mean: number; readonly p95: number; readonly max: number; readonly min: number } | null;
  /** Ends of the magnitude layer's domain, and the cycles of its mean. */
  readonly min: number;
  readonly max: number;
  readonly window: number;
  /** What is to be seen, in sentences. */
  readonly reading: string;
}

export interface CameraView {
  readonly region: Region;
  /** Whether every PE is visible. */
  readonly all: boolean;
  /** px per PE. */
  readonly scale: number;
}

export interface FabricView {
  readonly legend: Legend | null;
  readonly camera: CameraView | null;
  /** PE of the keyboard cursor. */
  readonly cursor: number;
  /** The field of "go to". */
  readonly goTo: boolean;
}

export const fabricView = createStore<FabricView>(() => ({ legend: null, camera: null, cursor: 0, goTo: false }));
