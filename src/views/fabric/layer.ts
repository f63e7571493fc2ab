/** The fabric's layers: names, what their numbers mean, how a value reads in a cell and in the legend. */

import type { Magnitude } from '../../analysis/magnitudes.ts';
import { bytes, grouped, percent, withUnit } from '../../base/numbers.ts';
import type { Layer } from '../../store/types.ts';

export const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  state: 'State',
  utilisation: 'Utilisation',
  latency: 'Latency',
  sram: 'SRAM',
  queues: 'Queues',
  links: 'Links',
  demand: 'Link demand',
  colors: 'Colors',
};

/** The magnitude a layer shows, or null. */
export const magnitudeOf = (layer: Layer): Magnitude | null => (layer === 'state' || layer === 'colors' ? null : layer);

/** Title of the legend; `window` is the number of cycles of a mean. */
export function magnitudeTitle(layer: Magnitude, window: number): string {
  const over = `mean of the last ${grouped(window)} cycles`;
  if (layer === 'utilisation') return `Cycles spent multiplying and adding, ${over}`;
  if (layer === 'links') return `Wavelets a cycle on the busiest link of a PE, ${over}`;
  if (layer === 'demand') return `Wavelets that moved or waited for the busiest link of a PE, a cycle, ${over}`;
  if (layer === 'queues') return 'Words in the ramp queue, those on the ramp included';
  if (layer === 'sram') return 'SRAM of a PE, code reserve included';
  return 'Cycles since the first x entered';
}

/** Layers whose values are shares of cycles. */
const isShare = (layer: Magnitude): boolean => layer === 'utilisation' || layer === 'links' || layer === 'demand';

/** A value with its unit. */
export function magnitudeText(layer: Magnitude, value: number): string {
  if (isShare(layer)) return percent(value);
  if (layer === 'sram') return bytes(value);
  return layer === 'latency' ? grouped(Math.round(value)) : withUnit(value, 'words', Number.isInteger(value) ? 0 : 1);
}

/** The same, as short as a header of a PE needs. */
export function magnitudeShort(layer: Magnitude, value: number): string {
  if (value < 0) return '\u2013';
  if (isShare(layer)) return percent(value, 0);
  return layer === 'queues' ? `${grouped(Math.round(value))} words` : magnitudeText(layer, value);
}

/** Labels of the ramp's ends and quarters. */
export function rampLabels(layer: Magnitude, min: number, max: number): readonly string[] {
  if (isShare(layer)) return ['0', '25', '50', '75', percent(1, 0)];
  if (layer === 'sram') return ['0', '12', '24', '36', withUnit(max / 1024, 'KiB')];
  return [grouped(min), grouped(Math.round((min + max) / 2)), grouped(max)];
}
