/** Predictions stand before their runs; what was answered is kept, by class; what cannot be understood is nothing. */
import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { lessonOf } from '../../src/lessons/catalog.ts';
import { decodeResult } from '../../src/lessons/code.ts';
import type { Lessons } from '../../src/lessons/types.ts';
import { keptOf, type LearnState, learn, loadLessons, resultCode, saveLessons, seedOf, standing, unfinished } from '../../src/store/lessons.ts';
import { createLessonActions } from '../../src/store/lessons-actions.ts';

const SPOT = { lesson: 'hop', seed: '', question: 'one' } as const;
const RUN = { value: 100, closed: 100, shots: [], figure: { kind: 'strips', rows: 1, cycles: 1, strips: [] } } as const;
const CANCELLED = { field: 'run', message: 'cancelled', fixes: [], cancelled: true };

function setUp(more: Partial<Lessons> = {}) {
  const store = createStore<LearnState>(() => learn.getInitialState());
  const lessons: Lessons = {
    facts: vi.fn(async () => ({ ok: true, value: { lesson: 'hop', given: {}, closed: {}, stages: {} } }) as never),
    run: vi.fn(async () => ({ ok: true, value: RUN }) as const),
    cancel: vi.fn(async () => {}),
    ...more,
  };
  return { store, lessons, actions: createLessonActions({ learn: store, lessons }) };
}

describe('a question', () => {
  it('is held against its run: wrong, then right at the second try; later tries change nothing', async () => {
    const { store, actions } = setUp();
    for (const [prediction, answered] of [
      [103, { tries: 1, right: false, last: 103 }],
      [102, { tries: 2, right: true, last: 102 }],
      [7, { tries: 2, right: true, last: 102 }],
    ] as const) {
      actions.predict(SPOT, prediction);
      expect(store.getState().trials['hop/one']).toMatchObject({ prediction, status: 'predicted', run: null });
      await actions.run(SPOT);
      expect(store.getState().trials['hop/one']).toMatchObject({ prediction, status: 'done', run: RUN });
      expect(keptOf(store.getState(), 'hop', '').answers.one).toEqual(answered);
    }
  });

  it('stands as predicted after a cancel, says what failed, and has three hints', async () => {
    const { store, actions } = setUp({ run: async () => ({ ok: false, error: CANCELLED }) });
    actions.predict(SPOT, 1);
    await actions.run(SPOT);
    expect(store.getState().trials['hop/one']).toMatchObject({ status: 'predicted' });
    for (let i = 0; i < 5; i++) actions.hint(SPOT);
    expect(store.getState().hints['hop/one']).toBe(3);
    const failing = setUp({ run: async () => ({ ok: false, error: { ...CANCELLED, cancelled: false } }) });
    failing.actions.predict(SPOT, 1);
    await failing.actions.run(SPOT);
    expect(failing.store.getState().trials['hop/one']).toMatchObject({ status: 'failed', error: { message: 'cancelled' } });
    expect(keptOf(failing.store.getState(), 'hop', '').answers).toEqual({});
  });

  it('asks for the numbers of its lesson once', async () => {
    const { store, lessons, actions } = setUp();
    actions.enter('hop', '7b', 2);
    await vi.waitFor(() => expect(store.getState().facts['hop@7b']).toBeDefined());
    actions.enter('hop', '7b', 3);
    expect(lessons.facts).toHaveBeenCalledTimes(1);
    expect(keptOf(store.getState(), 'hop', '7b').step).toBe(3);
    expect(keptOf(store.getState(), 'hop', '').step).toBe(1);
  });
});

describe('what is kept', () => {
  const kept = { 'hop@7b': { step: 2, answers: { one: { tries: 2, right: true, last: 69 } } }, memory: { step: 3, answers: {} } };

  it('comes back as it was, and makes the result code', () => {
    const box = new Map<string, string>();
    const storage = { getItem: (key: string) => box.get(key) ?? null, setItem: (key: string, value: string) => void box.set(key, value) };
    saveLessons(storage, { kept });
    expect(loadLessons(storage)).toEqual(kept);
    const none = { tries: 0, right: false };
    expect(decodeResult(resultCode({ kept }, 'hop', '7b'))).toEqual({ lesson: 'hop', seed: '7b', questions: [{ tries: 2, right: true }, none, none, none] });
  });

  it('says where to go on', () => {
    expect(standing({ kept }, lessonOf('memory'), '')).toEqual({ right: 0, begun: true, done: false, next: 3 });
    expect(unfinished({ kept }, '')?.id).toBe('memory');
    expect(unfinished({ kept: {} }, '')).toBeUndefined();
  });

  it.each(['', 'null', '[]', '{"hope":{}}', '{"hop":5}', '{"hop":{"step":99,"answers":{"one":{"tries":"x"},"two":{}}}}'])(
    'of %s only what can be understood',
    (text) => {
      const found = loadLessons({ getItem: () => text, setItem: () => {} });
      expect(Object.values(found)).toEqual(text.includes('99') ? [{ step: 1, answers: {} }] : []);
    },
  );

  it('a seed has letters, digits and hyphens', () => {
    expect(['?class=7B-01', '?class=a%20b', '', '?class='].map(seedOf)).toEqual(['7b-01', '', '', '']);
  });
});
