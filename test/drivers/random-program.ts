/**
 * Random programs for comparing engines: up to 16 PEs, up to four streams, about 200 cycles. A seed is all that is needed to
 * repeat one. Every PE handles its streams in the same order, so most programs run to their end; now and then a length, an
 * order, an address or a merge is wrong on purpose: of seeds 1000 to 3499, 87 % finish, 10 % are stuck, 2 % fault, 1 % collide.
 * Streams are random-streams.ts, what PEs do with them random-code.ts.
 */
import { type Rng, rng } from '../../src/base/rng.ts';
import { TEACHING_RATES, WSE2_RATES, WSE3_RATES } from '../../src/machine/ops.ts';
import type { Program } from '../../src/machine/program.ts';
import { type MachineSpec, type ScalarCosts, TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { writeCode } from './random-code.ts';
import { addStream, type Job } from './random-streams.ts';
import { Sketch } from './sketch.ts';

/** Random choices in words. */
export interface Dice extends Rng {
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  shuffle<Value>(values: readonly Value[]): Value[];
}

function dice(seed: number): Dice {
  const base = rng(seed);
  const shuffle = <Value>(values: readonly Value[]): Value[] => {
    const out = [...values];
    for (let i = out.length - 1; i > 0; i--) {
      const j = base.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  };
  return {
    ...base,
    between: (low, high) => low + base.below(high - low + 1),
    chance: (probability) => base.unit() < probability,
    pick: (values) => values[base.below(values.length)],
    shuffle,
  };
}

export function randomProgram(seed: number): Program {
  const d = dice(seed);
  const sketch = new Sketch(randomMachine(d), d.between(1, 4), d.between(1, 4));
  const jobs: Job[][] = Array.from({ length: sketch.width * sketch.height }, () => []);
  const colors = d.shuffle(Array.from({ length: 24 }, (_, color) => color));
  const streams = d.between(1, 4);
  for (let i = 0; i < streams; i++) addStream(d, sketch, jobs, () => colors.pop() ?? 0);
  spoil(d, jobs);
  for (let pe = 0; pe < jobs.length; pe++) writeCode(d, sketch, pe, jobs[pe]);
  return sketch.build();
}

/** A machine that no vendor sells: every latency, depth and price is drawn, some from the presets. */
function randomMachine(d: Dice): MachineSpec {
  const depths = (count: number): number[] => Array.from({ length: count }, () => d.between(1, 4));
  const prices = WSE2.scalar;
  const scalar = d.chance(0.4) ? TEACHING.scalar : prices;
  const mixed = Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, d.chance(0.5) ? price : 0]));
  return {
    ...TEACHING,
    hop: d.between(1, 3),
    ramp: d.between(1, 3),
    fifoDepth: d.between(1, 4),
    inputQueues: depths(8),
    outputQueues: depths(6),
    rates: d.pick([TEACHING_RATES, WSE2_RATES, WSE3_RATES]),
    setup: { base: d.chance(0.4) ? 0 : d.between(1, 6), perOperand: d.chance(0.3) ? 1 : 0, mapped: 0, descriptorWords: 0 },
    scalar: d.chance(0.2) ? (mixed as unknown as ScalarCosts) : scalar,
  };
}

/** Makes about one program in eight wrong: a PE takes or sends another number of words, or works in another order. */
function spoil(d: Dice, jobs: Job[][]): void {
  const busy = jobs.filter((list) => list.length > 0);
  if (busy.length === 0) return;
  const list = d.pick(busy);
  if (d.chance(0.06)) {
    const at = d.below(list.length);
    list[at] = { ...list[at], words: Math.max(1, list[at].words + d.pick([-1, 1, 5])) };
  }
  if (d.chance(0.06)) list.push(...d.shuffle(list.splice(0)));
}
