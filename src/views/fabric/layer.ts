/** The fabric's layers with numbers: how a value reads in a cell and in the legend. */
import { isOfLinks, type Magnitude } from '../../analysis/magnitudes.ts';
import { bytes, grouped, percent, signed, withUnit } from '../../base/numbers.ts';
import type { Layer } from '../../store/types.ts';
import { FABRIC_TEXT } from './strings.ts';

/** The magnitude a layer shows, or null. */
export const magnitudeOf = (layer: Layer): Magnitude | null => (layer === 'state' || layer === 'colors' ? null : layer);

/** What is told of the values of a layer in the legend, in this order. */
export const TOLD = ['max', 'p95', 'mean', 'min'] as const;

/** Layers whose values are shares of cycles. */
const isShare = (layer: Magnitude): boolean => layer === 'utilisation' || isOfLinks(layer);

/** Unit of a layer's values, as data files name it. */
export function unitOf(layer: Magnitude): 'share' | 'bytes' | 'cycles' | 'words' {
  if (isShare(layer)) return 'share';
  if (layer === 'sram') return 'bytes';
  return layer === 'latency' ? 'cycles' : 'words';
}

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

/** A difference of two values, signed and without its unit; of shares in percentage points. */
export function differenceShort(layer: Magnitude, delta: number, decimals = 0): string {
  if (isShare(layer)) return signed(delta * 100, decimals);
  return signed(delta, layer === 'queues' && !Number.isInteger(delta) ? 1 : 0);
}

/** Unit of a difference of a layer's values, in words. */
export const differenceUnit = (layer: Magnitude): string => FABRIC_TEXT.magnitude.units[unitOf(layer)];

/** A difference with its unit. */
export const differenceText = (layer: Magnitude, delta: number, decimals = 1): string =>
  FABRIC_TEXT.magnitude.inUnit(differenceShort(layer, delta, decimals), differenceUnit(layer));

/** Labels of the ramp's ends and of places equally far from one another between them. */
export function rampLabels(layer: Magnitude, min: number, max: number): readonly string[] {
  if (isShare(layer)) return ['0', '25', '50', '75', percent(1, 0)];
  if (layer === 'sram') return [...[0, 1, 2, 3].map((quarters) => grouped((quarters * max) / 4096)), withUnit(max / 1024, 'KiB')];
  return [grouped(min), grouped(Math.round((min + max) / 2)), grouped(max)];
}
