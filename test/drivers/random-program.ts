/**
 * Random programs for comparing engines: up to 16 PEs, up to four streams, about 140 cycles. A seed is all that is needed to
 * repeat one. Every PE handles its streams in the same order, so most programs run to their end; now and then a length, an
 * order, an address or a merge is wrong on purpose: of seeds 0 to 3999, 87 % finish, 11 % are stuck, 1 % fault, 1 % collide.
 * Streams are random-streams.ts, what PEs do with them random-code.ts, what the host does random-host.ts.
 */
import { type Rng, rng } from '../../src/base/rng.ts';
import { TEACHING_RATES, WSE2_RATES, WSE3_RATES } from '../../src/machine/ops.ts';
import type { Program } from '../../src/machine/program.ts';
import { type MachineSpec, type ScalarCosts, TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { writeCode } from './random-code.ts';
import { addSteered } from './random-controls.ts';
import { hostPlan, hostSteps, pickerOf } from './random-host.ts';
import { addStream, type Job } from './random-streams.ts';
import { Sketch } from './sketch.ts';

/** Random choices in words. */
export interface Dice extends Rng {
  /** Whether the whole machine is drawn from: control wavelets, triggered tasks, FIFOs in memory, packed words, rates, host steps, pickers, branches. */
  readonly whole: boolean;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  shuffle<Value>(values: readonly Value[]): Value[];
}

function dice(seed: number, whole: boolean): Dice {
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
    whole,
    between: (low, high) => low + base.below(high - low + 1),
    chance: (probability) => base.unit() < probability,
    pick: (values) => values[base.below(values.length)],
    shuffle,
  };
}

/** Two programs in three use the `whole` machine, the others its dense core. */
export function randomProgram(seed: number, whole = seed % 3 > 0): Program {
  const d = dice(seed, whole);
  const sketch = new Sketch(randomMachine(d), d.between(1, 4), d.between(1, 4));
  const jobs: Job[][] = Array.from({ length: sketch.width * sketch.height }, () => []);
  const colors = d.shuffle(Array.from({ length: 24 }, (_, color) => color));
  const streams = d.between(1, 4);
  const color = (): number => colors.pop() ?? 0;
  for (let i = 0; i < streams; i++) {
    const steered = d.whole && d.chance(0.2) && addSteered(d, sketch, jobs, color);
    if (!steered) addStream(d, sketch, jobs, color);
  }
  spoil(d, jobs);
  const plan = hostPlan(d);
  const written = jobs.map((list, pe) => writeCode(d, sketch, pe, list, plan.starts));
  return sketch.build({ ...pickerOf(d), ...hostSteps(d, plan, written) });
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
    ...(d.whole && { completion: d.between(0, 7), host: { ...TEACHING.host, latency: d.pick([0, 1, 20]) } }),
    setup: { base: d.chance(0.4) ? 0 : d.between(1, 6), perOperand: d.chance(0.3) ? 1 : 0, mapped: d.whole ? d.below(3) : 0, descriptorWords: 0 },
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
    const job = list[at];
    if (job.kind !== 'controlled') list[at] = { ...job, words: Math.max(1, job.words + d.pick([-1, 1, 5])) };
  }
  if (d.chance(0.06)) list.push(...d.shuffle(list.splice(0)));
}
