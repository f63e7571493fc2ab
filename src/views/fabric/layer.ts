/** The fabric's layers with numbers: how a value reads in a cell and in the legend. */
import type { Magnitude } from '../../analysis/magnitudes.ts';
import { bytes, grouped, percent, withUnit } from '../../base/numbers.ts';
import type { Layer } from '../../store/types.ts';
import { FABRIC_TEXT } from './strings.ts';

/** The magnitude a layer shows, or null. */
export const magnitudeOf = (layer: Layer): Magnitude | null => (layer === 'state' || layer === 'colors' ? null : layer);

/** What is told of the values of a layer in the legend, in this order. */
export const TOLD = ['max', 'p95', 'mean', 'min'] as const;

/** Layers whose values are shares of cycles. */
const isShare = (layer: Magnitude): boolean => layer === 'utilisation' || layer === 'links' || layer === 'demand';

/** A value with its unit. */
export function magnitudeText(layer: Magnitude, value: number): string {
  if (isShare(layer)) return percent(value);
  if (layer === 'sram') return bytes(value);
  return layer === 'latency' ? grouped(Math.round(value)) : FABRIC_TEXT.magnitude.words(value);
}

/** The same, as short as a header of a PE needs. */
export function magnitudeShort(layer: Magnitude, value: number): string {
  if (value < 0) return '\u2013';
  if (isShare(layer)) return percent(value, 0);
  return layer === 'queues' ? FABRIC_TEXT.magnitude.shortWords(value) : magnitudeText(layer, value);
}

/** Labels of the ramp's ends and quarters. */
export function rampLabels(layer: Magnitude, min: number, max: number): readonly string[] {
  if (isShare(layer)) return ['0', '25', '50', '75', percent(1, 0)];
  if (layer === 'sram') return ['0', '12', '24', '36', withUnit(max / 1024, 'KiB')];
  return [grouped(min), grouped(Math.round((min + max) / 2)), grouped(max)];
}
