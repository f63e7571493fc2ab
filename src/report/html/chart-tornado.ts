/** What each constant would move, largest first: to the left where time falls, to the right where it grows. */
import { scaleLinear } from 'd3-scale';
import { duration, signed } from '../../base/numbers.ts';
import type { Sensitivity, SensitivityEnd } from '../types.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

const ROW = 34;

export function tornadoChart(sensitivity: Sensitivity, width: number): Markup {
  const { bars, microseconds } = sensitivity;
  const isWide = width > 500;
  const share = (end: SensitivityEnd): number => end.microseconds / microseconds - 1;
  const ends = bars.flatMap((b) => [b.less, b.more]).filter((e) => e !== null);
  const [low, high] = [Math.min(0, ...ends.map(share)), Math.max(0, ...ends.map(share))];
  const [left, right] = isWide ? [170 + 130, width - 130] : [52, width - 52];
  const x = scaleLinear([low, high], [left, right]);
  const top = (i: number): number => i * (isWide ? 24 : ROW + 10);
  const rows = bars.map((bar, i) => {
    const y = top(i) + (isWide ? 4 : 18);
    const side = (end: SensitivityEnd | null): Markup | null => {
      if (end === null) return null;
      const change = share(end);
      const [from, to] = change < 0 ? [x(change), x(0)] : [x(0), x(change)];
      const at = isWide ? ` at ${end.value}` : '';
      const word = label(change < 0 ? from - 5 : to + 5, y + 11, `${signed(change * 100, Math.abs(change) < 0.001 ? 3 : 1)}\u202f%${at}`, {
        anchor: change < 0 ? 'end' : 'start',
      });
      return h(
        'g',
        {},
        h('rect', { class: change < 0 ? 'faster' : 'slower', x: from, y, width: Math.max(0.75, to - from), height: 14 }),
        change === 0 ? null : word,
      );
    };
    return [label(0, isWide ? y + 11 : y - 5, bar.parameter, { class: 'strong' }), side(bar.less), side(bar.more)];
  });
  const bottom = top(bars.length) + 4;
  return svg(
    width,
    bottom + 14,
    'Sensitivity of the time to the constants of the machine',
    rows,
    h('line', { class: 'zero', x1: x(0), x2: x(0), y1: isWide ? 0 : 14, y2: bottom }),
    label(Math.min(width - 60, Math.max(60, x(0))), bottom + 12, `closed form ${duration(microseconds)}`, { anchor: 'middle' }),
  );
}
