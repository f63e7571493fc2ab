/** What a texel stands for in words, where it stands for a square of PEs and its colour shows the most of them only. */
import { stateName } from '../../analysis/describe.ts';
import type { Magnitude } from '../../analysis/magnitudes.ts';
import { summary } from '../../analysis/timeline.ts';
import type { Scene } from '../canvas/scene.ts';
import { poolOf } from '../canvas/texel.ts';
import { detailOf, type Viewport } from '../canvas/viewport.ts';
import { magnitudeText } from './layer.ts';
import { FABRIC_TEXT } from './strings.ts';

const t = FABRIC_TEXT.texel;

/** "2 × 2 PEs: 3 compute, 1 idle", or "2 × 2 PEs: sum 88 %, max 40 %, mean 22 %, p95 40 %"; empty where a texel is one PE. */
export function texelWords({ values, states, reader }: Pick<Scene, 'values' | 'states' | 'reader'>, layer: Magnitude | null, v: Viewport, pe: number): string {
  const pool = poolOf(v.scale, v.dpr);
  if (pool === 1 || detailOf(v.scale) !== 'texel') return '';
  const { width, height } = reader.trace;
  const [x0, y0] = [pe % width, Math.floor(pe / width)].map((at) => at - (at % pool));
  const pes: number[] = [];
  for (let y = y0; y < Math.min(height, y0 + pool); y++) for (let x = x0; x < Math.min(width, x0 + pool); x++) pes.push(y * width + x);
  const square = (what: string): string => t.square(Math.min(pool, width - x0), Math.min(pool, height - y0), what);
  if (values === null) return square(tally(pes.map((p) => stateName(states[p]))));
  const facts = layer === null ? null : summary(pes.map((p) => values.perPe[p]));
  if (facts === null || layer === null) return '';
  const text = (value: number): string => magnitudeText(layer, value);
  return square(t.facts({ sum: text(facts.sum), max: text(facts.max), mean: text(facts.mean), p95: text(facts.p95) }));
}

/** "3 compute, 1 idle", the most first. */
function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const list = [...counts].sort((a, b) => b[1] - a[1]);
  return list.map(([name, n]) => `${n} ${name}`).join(', ');
}
