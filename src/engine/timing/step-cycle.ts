/** What the code of a PE does again and again, such as a token: found in its steps, marks apart. */
import { markAfter } from '../../trace/sequences.ts';
import type { Step } from './step.ts';

/** Each of the steps [from, until - length) is followed `length` steps later by the same one, with marks `step` further on. */
export interface StepCycle {
  readonly from: number;
  readonly until: number;
  readonly length: number;
  readonly step: number;
}

/** Distances between steps at most that are tried. */
const MOST_TRIED = 16;

/** The cycle in which most steps come again; undefined where there is none to go round three times. */
export function stepCycle(steps: readonly Step[]): StepCycle | undefined {
  const kinds = kindsOf(steps);
  let best: StepCycle | undefined;
  for (const length of distancesOf(kinds)) {
    const cycle = longest(steps, kinds, length);
    const gains = ({ from, until }: StepCycle): number => until - from - 2 * length;
    if (gains(cycle) >= length && (!best || gains(cycle) > best.until - best.from - 2 * best.length)) best = cycle;
  }
  return best;
}

/** By step, a number of all that it does, its marks apart. */
function kindsOf(steps: readonly Step[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(steps, ({ mark: _, spans, ...others }) => {
    const key = JSON.stringify([others, spans.map((word, i) => (i % 4 === 1 ? 0 : word))]);
    const kind = known.get(key) ?? known.size;
    known.set(key, kind);
    return kind;
  });
}

/** Distances from a step to the next one of its kind, the most frequent first. */
function distancesOf(kinds: Int32Array): number[] {
  const last = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const [i, kind] of kinds.entries()) {
    const before = last.get(kind);
    last.set(kind, i);
    if (before !== undefined) counts.set(i - before, (counts.get(i - before) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([a, times], [b, others]) => others - times || a - b);
  return byCount.slice(0, MOST_TRIED).map(([distance]) => distance);
}

/** The longest cycle of a length. */
function longest(steps: readonly Step[], kinds: Int32Array, length: number): StepCycle {
  let best: StepCycle = { from: 0, until: length, length, step: 0 };
  let [from, step] = [0, -1];
  for (let i = 0; i + length < steps.length; i++) {
    const further = kinds[i] === kinds[i + length] ? furtherOf(steps[i], steps[i + length], step) : undefined;
    if (further === undefined) {
      [from, step] = [i + 1, -1];
      continue;
    }
    step = further;
    if (i + 1 + length - from > best.until - best.from) best = { from, until: i + 1 + length, length, step: Math.max(0, step) };
  }
  return best;
}

/** By how much the marks of step b are further on than those of a: `step`, whatever it is if that is -1; undefined where they do not agree. */
function furtherOf(a: Step, b: Step, step: number): number | undefined {
  let further = step;
  const agree = (before: number, after: number): boolean => {
    if (further < 0 && before >= 0) further = after - before;
    return further < 0 ? before === after : markAfter(before, further) === after;
  };
  if (!agree(a.mark, b.mark)) return undefined;
  for (let i = 1; i < a.spans.length; i += 4) if (!agree(a.spans[i], b.spans[i])) return undefined;
  return further;
}
