/** The code of a class up to its tail as a sweep needs it: words taken at one pace, and what main does before each such stretch. */
import { type Skeleton, STEP } from '../skeleton.ts';
import { tailOf } from '../streams.ts';

export interface Stretch {
  /** Number of the first word; at the end of the code, where nothing is taken, that of all. */
  readonly word: number;
  /** Issue cycles of a word, and what they count as. */
  readonly cycles: number;
  readonly activity: number;
  readonly mark: number;
  /** Cycles of main before the first word, as spans of (kind, mark, begin, end), and when in them words are sent. */
  readonly gap: number;
  readonly spans: readonly number[];
  readonly sends: readonly number[];
}

/** All stretches of a skeleton, and one without words for what follows the last. */
export function stretchesOf(skeleton: Skeleton): Stretch[] {
  const out: Stretch[] = [];
  let [word, gap] = [0, 0];
  let spans: number[] = [];
  let sends: number[] = [];
  const close = (cycles: number, activity: number, mark: number): void => {
    out.push({ word, cycles, activity, mark, gap, spans, sends });
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
  return out;
}
