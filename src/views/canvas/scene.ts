/** What the draw functions are given: data and choices, no store, no element. They only read it. */
import type { FabricFrame, Region } from '../../analysis/fabric-frame.ts';
import type { LatencyStage } from '../../analysis/latency.ts';
import type { TimedRun, Wait } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { IDLE } from '../../trace/reader.ts';
import { type Palette, RAMP_STEPS, rampStep } from '../theme/palette.ts';

/** `slide`: single wavelets travel. `average`: links show their mean occupancy, nothing toggles from cycle to cycle. */
export type Motion = 'slide' | 'average';

/** One number per PE and its domain [min, max]; -1 where there is none. */
export interface Values {
  readonly perPe: Float32Array;
  readonly min: number;
  readonly max: number;
  /** For latency: PEs with a later value have not reached the stage yet. */
  readonly upTo: number | null;
  readonly stage: LatencyStage | null;
  /** Cycles of the mean, where the layer is one. */
  readonly window?: number;
  /** A value in words, as short as a cell needs. */
  readonly label: (value: number) => string;
}

/** The critical path on the fabric: every way between two PEs that it takes, once, and where it is at the playhead (-1: at the host). */
export interface PathLine {
  readonly ways: ReadonlyArray<readonly [from: number, to: number]>;
  readonly at: number;
}

/** The fabric as an image of one texel for `pool` x `pool` PEs, kept between frames; null without a canvas. */
export interface Texels {
  paint(scene: Scene, pool: number): OffscreenCanvas | null;
}

export interface Scene {
  readonly reader: TraceReader;
  readonly frame: FabricFrame;
  /** Kind per PE as shown: frame.states, held back where it would flicker. */
  readonly states: Uint8Array;
  /** Playhead in cycles; a fraction only while it slides. */
  readonly cycle: number;
  readonly motion: Motion;
  /** Cycles over which links are averaged; one hop shows what is under way now. */
  readonly window: number;
  /** Magnitude layer; null for the layers of states and colors. */
  readonly values: Values | null;
  /** Colors whose routes are drawn instead of states; null for the other layers. */
  readonly routes: ReadonlySet<number> | null;
  readonly palette: Palette;
  /** The waits a stuck run ended in; empty before its end. */
  readonly waits: readonly Wait[];
  /** Named parts of the rectangle, drawn as frames. */
  readonly regions: NonNullable<TimedRun['plan']['regions']>;
  /** The run's critical path, if it is to be drawn. */
  readonly path?: PathLine | null;
  readonly selected: number | null;
  /** Several selected PEs, `selected` in a corner of them. */
  readonly area: Region | null;
  readonly hovered: number | null;
  /** First row of A on a PE in words, or an empty string. */
  readonly rowLabel: (pe: number) => string;
  /** Changes whenever `states`, `values` or the palette do. */
  readonly version: number;
  readonly texels: Texels;
}

/** A PE that is drawn as an outline. */
export const OUTLINE = -1;

/** A PE whose value is above the domain. */
export const OVER = RAMP_STEPS;

/** Step of the magnitude ramp for a PE, {@link OVER}, or {@link OUTLINE}: exact zero, no value, or not reached yet. */
export function valueStep({ perPe, min, max, upTo }: Values, pe: number): number {
  const value = perPe[pe];
  if (value <= 0 || (upTo !== null && value > upTo)) return OUTLINE;
  return value > max ? OVER : rampStep(value - min, max - min);
}

/** Fill of a PE, or null for an outlined one; and the ink of what is written on it. */
export function fillOf(scene: Scene, pe: number): { fill: string; ink: string } | null {
  const { palette, values, states } = scene;
  if (values === null) return states[pe] === IDLE ? null : { fill: palette.states[states[pe]], ink: palette.inks[states[pe]] };
  const step = valueStep(values, pe);
  if (step === OVER) return { fill: palette.token.err, ink: palette.token['bg-well'] };
  return step === OUTLINE ? null : { fill: palette.ramp[step], ink: palette.rampInks[step] };
}
