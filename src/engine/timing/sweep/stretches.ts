/** The code of a class up to its tail as a sweep needs it: words taken at one pace, and what main does before each such stretch. */
import type { Skeleton } from '../skeleton.ts';
import { STEP } from '../step.ts';
import { tailOf } from '../streams.ts';

/**
 * Words of a stretch, side by side with those of all others, for thousands of classes are at one each: the number of the first word taken
 * (at the end of the code, where nothing is taken, that of all); issue cycles of a word, and what they count as; cycles of main
 * before the first word, how many words of spans they are, and how many words are sent in them. Behind them are the spans as (kind,
 * mark, begin, end) and the cycles of the sends, from the begin of what main does.
 */
export const STRETCH = { word: 0, cycles: 1, activity: 2, mark: 3, gap: 4, spans: 5, sends: 6 } as const;
/** Where its spans begin. */
export const SPANS_AT = 7;

/** The word of what stands behind the last stretch of a class. */
export const NEVER = 0x7fffffff;

/** Adds all stretches of a skeleton to `out`, and one without words for what follows the last. */
export function addStretches(skeleton: Skeleton, out: number[]): void {
  let [word, gap] = [0, 0];
  let spans: number[] = [];
  let sends: number[] = [];
  const close = (cycles: number, activity: number, mark: number): void => {
    out.push(word, cycles, activity, mark, gap, spans.length, sends.length, ...spans, ...sends);
    [gap, spans, sends] = [0, [], []];
  };
  for (const step of skeleton.steps.slice(0, tailOf(skeleton))) {
    const { is, cycles, count, activity, mark } = step;
    if (is === STEP.TAKE) {
      close(cycles, activity, mark);
      word += count;
    } else if (is === STEP.COMPUTE) {
      for (let i = 0; i < step.spans.length; i += 4) spans.push(step.spans[i], step.spans[i + 1], gap + step.spans[i + 2], gap + step.spans[i + 3]);
      gap += cycles;
    } else {
      for (let i = 0; i < count; i++) sends.push(gap + i * cycles);
      spans.push(activity, mark, gap, gap + count * cycles);
      gap += count * cycles;
    }
  }
  close(0, -1, -1);
  out.push(NEVER);
}

/** Where the stretch after the one at `at` stands. */
export const after = (data: Int32Array, at: number): number => at + SPANS_AT + data[at + STRETCH.spans] + data[at + STRETCH.sends];
