/** The 48 KiB of the fullest PE as one bar; the list with bytes stands below it. */
import { scaleLinear } from 'd3-scale';
import { bytes } from '../../base/numbers.ts';
import type { Report } from '../types.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

const [TOP, HEIGHT] = [4, 28];

export function sramChart({ memory, verdict }: Report, width: number): Markup {
  const { capacityBytes, usedBytes } = verdict.sram;
  const x = scaleLinear([0, Math.max(capacityBytes, usedBytes)], [0, width]);
  let at = 0;
  const parts = memory.map((a) => {
    const from = at;
    at += a.bytes;
    return h('rect', { class: `m-${a.kind}`, x: x(from), width: Math.max(0.5, x(at) - x(from)), y: TOP, height: HEIGHT }, null);
  });
  const frame = h('rect', { class: 'frame', x: 0.5, y: TOP + 0.5, width: width - 1, height: HEIGHT - 1 });
  const over = usedBytes > capacityBytes ? h('line', { class: 'over', x1: x(capacityBytes), x2: x(capacityBytes), y1: 0, y2: TOP + HEIGHT + 4 }) : null;
  const used = label(Math.min(x(usedBytes) + 6, width - 150), TOP + 18, `${bytes(Math.max(0, capacityBytes - usedBytes))} free`, { class: 'strong' });
  const isRoom = x(capacityBytes) - x(usedBytes) > 90;
  return svg(
    width,
    TOP + HEIGHT + 20,
    `SRAM of the fullest PE: ${bytes(usedBytes)} of ${bytes(capacityBytes)}`,
    parts,
    frame,
    over,
    isRoom ? used : null,
    label(0, TOP + HEIGHT + 16, '0'),
    label(width, TOP + HEIGHT + 16, bytes(capacityBytes), { anchor: 'end' }),
  );
}
