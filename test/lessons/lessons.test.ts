/** Every right answer of every lesson against the simulator, with the book's numbers and with those of three classes. */
import { afterAll, describe, expect, it } from 'vitest';
import { createSession } from '../../src/api/session.ts';
import { LESSONS, lessonOf, STEP_FOLDERS } from '../../src/lessons/catalog.ts';
import { isRight, relativeDifference } from '../../src/lessons/check.ts';
import { decodeResult, encodeResult, type LessonResult } from '../../src/lessons/code.ts';
import { createLessons } from '../../src/lessons/session.ts';
import type { Facts, LessonId, LessonRun } from '../../src/lessons/types.ts';
import { wordsOf } from '../../src/views/learn/strings.ts';

const lessons = createLessons(createSession());
const SEEDS = ['', '7b-01', '7b-02', 'zoe'];

async function factsOf(lesson: LessonId, seed = ''): Promise<Facts> {
  const facts = await lessons.facts(lesson, seed);
  if (!facts.ok) throw new Error(facts.error.message);
  return facts.value;
}

async function runOf(lesson: LessonId, question: string, seed: string, answer: number | string): Promise<LessonRun> {
  const run = await lessons.run({ lesson, question, seed, answer }, () => {});
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

/** Every paragraph that a question can say. */
function paragraphs({ lesson, given }: Facts, question: string): readonly string[] {
  const words = wordsOf(lesson, question);
  return [...words.text(given), words.ask(given), ...words.hints(given), ...words.explain(given), ...Object.values(words.choices?.(given) ?? {})];
}

const seen = new Map<string, Set<string>>();
afterAll(() => {
  for (const [lesson, given] of seen) expect(given.size, `${lesson} is the same for every class`).toBeGreaterThan(1);
});

describe.each(LESSONS)('lesson $id', ({ id, questions }) => {
  it.each(SEEDS)('closed forms equal the simulator, counts exactly and timings within 2 %% (seed "%s")', async (seed) => {
    const { closed, given, stages } = await factsOf(id, seed);
    seen.set(id, (seen.get(id) ?? new Set()).add(JSON.stringify(given)));
    expect(Object.keys(closed)).toEqual(questions.map((q) => q.id));
    for (const question of questions) {
      const run = await runOf(id, question.id, seed, closed[question.id]!);
      expect(run.closed).toBe(closed[question.id]);
      expect(isRight(question, run.closed, run.value), `${question.id}: ${run.closed} by closed form, ${run.value} simulated`).toBe(true);
      // The words explain the book's choice, so it is every class's.
      if (question.choices) expect(run.value).toBe((await factsOf(id)).closed[question.id]);
      expect(Object.keys(wordsOf(id, question.id).choices?.(given) ?? {})).toEqual(question.choices ?? []);
      for (const paragraph of paragraphs({ lesson: id, given, closed, stages }, question.id)) expect(paragraph).not.toMatch(/NaN|undefined|not a number|∞/);
      expect(run.shots.length).toBeGreaterThan(0);
      expect(stages[question.id].rectangles.length).toBeGreaterThan(0);
      expect(stages[question.id].what).toEqual(expect.arrayContaining(run.shots.map(({ what }) => what)));
      for (const { what, x, closed: by, simulated } of run.shots) expect(Math.abs(by - simulated), `${what} ${x}`).toBeLessThanOrEqual(0.02 * simulated);
    }
  });
});

describe('what a lesson says is what the machine does', () => {
  it('48 KB: the longest f32 row and the bytes that the next one is over, as the kernel says them', async () => {
    const { given } = await factsOf('memory');
    const { sram, code, besideLongest, longest, tooLong, over } = given as Facts<'memory'>['given'];
    expect([longest, tooLong, over]).toEqual([11_008, 11_264, 504]);
    expect(code + besideLongest + 4 + 4 * tooLong - sram).toBe(over);
  });

  it('adding up: the star that docs/lessons.md tells of', async () => {
    expect((await factsOf('sums')).given).toMatchObject({ pes: 64, starModel: 100, starOne: 70 });
  });

  it('a number of rows that does not fit is placed as far as it does, and shown beside the limit', async () => {
    const { closed } = await factsOf('memory');
    const run = await runOf('memory', 'floats', '', 3 * (closed.floats as number));
    expect(run.value).toBe(closed.floats);
    if (run.figure.kind !== 'bytes') throw new Error('no bytes');
    const { bars, capacity } = run.figure;
    expect(bars.map(({ code, weights, rest }) => code + weights + rest > capacity)).toEqual([false, true, true]);
  });

  it('a cancelled run is an error that says so; the next one runs', async () => {
    const first = lessons.run({ lesson: 'sums', question: 'large', seed: '', answer: 'star' }, () => {});
    await lessons.cancel();
    expect(await first).toMatchObject({ ok: false, error: { cancelled: true } });
    expect((await runOf('hop', 'one', '', 0)).value).toBe(69);
  });
});

describe('goals', () => {
  const [cycles, exact] = [lessonOf('hop').questions[0]!, lessonOf('memory').questions[0]!];
  it.each([
    [cycles, 980, 1000, true],
    [cycles, 979, 1000, false],
    [cycles, 1020, 1000, true],
    [exact, 17, 18, false],
    [exact, 18, 18, true],
    [exact, 'f16', 'f16', true],
    [exact, 'f16', 'more-pes', false],
    [exact, 18, 'never', false],
  ])('%j: %s beside %s is right: %s', (question, prediction, measured, right) => {
    expect(isRight(question, prediction, measured)).toBe(right);
  });
  it('differences are relative to what was measured', () => {
    expect(relativeDifference(1500, 1000)).toBe(0.5);
    expect(relativeDifference('tie', 'tie')).toBeNull();
  });
});

describe('result codes', () => {
  it('decode to what was encoded, for every lesson', () => {
    for (const { id, questions } of LESSONS) {
      const result: LessonResult = { lesson: id, seed: '7b-12', questions: questions.map((_, i) => ({ tries: 5 * i, right: i % 2 === 1 })) };
      const back = decodeResult(` ${encodeResult(result).toUpperCase()} `);
      expect(back).toEqual({ ...result, questions: result.questions.map((q) => ({ ...q, tries: Math.min(15, q.tries) })) });
    }
  });
  it.each(['', 'abc', '2.hop.a.0000.00', '1.hope.a.0000.00', '1.hop.A_.0000.00', '1.hop.a.0000.zz', '1.hop.a.000.00'])(
    '"%s" is refused with a sentence',
    (code) => {
      expect(() => decodeResult(code)).toThrow(/code|lesson|seed|version/);
    },
  );
  it('a digit that changed on the way is found', () => {
    const code = encodeResult({ lesson: 'hop', seed: 'a', questions: [1, 2, 3, 4].map((tries) => ({ tries, right: true })) });
    expect(() => decodeResult(code.replace('a.h', 'a.g'))).toThrow('changed on its way');
  });

  it('a code from before a lesson had its last question is read: that one was not tried', () => {
    const before = encodeResult({ lesson: 'sums', seed: 'a', questions: [1, 2, 3, 4, 5].map((tries) => ({ tries, right: true })) });
    expect(decodeResult(before).questions.map(({ tries }) => tries)).toEqual([1, 2, 3, 4, 5, 0]);
  });
});

it('a step is a folder of the page', () => {
  expect(STEP_FOLDERS.slice(0, 5)).toEqual(['learn/hop/1', 'learn/hop/2', 'learn/hop/3', 'learn/hop/4', 'learn/memory/1']);
});
