/** Marks: in the store, in a link, in the storage. */
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { RunResult } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { asMarks, encodeMarks, MOST_MARKS, parseMarks, withNames } from '../../src/store/mark-text.ts';
import { chosenRange, goToBookmark, goToMark, jumpToMark, nameMark, removeMark, setBookmark, toggleAnchor, toggleMark } from '../../src/store/marks.ts';
import { seek } from '../../src/store/playback.ts';
import type { LabState } from '../../src/store/types.ts';
import { encodeLink, parseLink } from '../../src/store/url.ts';

/** A store with a run of 100 cycles on 4 x 3 PEs, PE 2,1 selected. */
const at = (cycle: number) =>
  createStore<LabState>(() => ({ ...INITIAL, result: { trace: { cycles: 100, width: 4, height: 3 } } as RunResult, status: 'done', cycle, pe: 6 }));

describe('marks', () => {
  it('are set with the selected PE, kept in order, and taken away by marking again', () => {
    const lab = at(40);
    toggleMark(lab);
    seek(lab, 12);
    toggleMark(lab);
    expect(lab.getState().marks).toEqual([
      { cycle: 12, at: { x: 2, y: 1 }, name: '' },
      { cycle: 40, at: { x: 2, y: 1 }, name: '' },
    ]);
    toggleMark(lab);
    expect(lab.getState().marks.map((m) => m.cycle)).toEqual([40]);
  });

  it('are jumped to, on from the last to the first, and bring their PE back', () => {
    const lab = at(40);
    for (const cycle of [40, 60]) {
      seek(lab, cycle);
      toggleMark(lab);
    }
    lab.setState({ pe: 0 });
    jumpToMark(lab, 1);
    expect(lab.getState()).toMatchObject({ cycle: 40, pe: 6 });
    jumpToMark(lab, 1);
    expect(lab.getState().cycle).toBe(60);
    jumpToMark(lab, -1);
    expect(lab.getState().cycle).toBe(40);
  });

  it('with a digit are gone to by it, one digit a mark, and keep it in a link', () => {
    const lab = at(40);
    setBookmark(lab, 3);
    seek(lab, 7);
    setBookmark(lab, 4);
    setBookmark(lab, 3);
    expect(lab.getState().marks.map(({ cycle, digit }) => [cycle, digit])).toEqual([
      [7, 3],
      [40, undefined],
    ]);
    seek(lab, 90);
    lab.setState({ pe: 0 });
    goToBookmark(lab, 3);
    expect(lab.getState()).toMatchObject({ cycle: 7, pe: 6 });
    goToBookmark(lab, 4);
    expect(lab.getState().message).toContain('No mark has the key 4');
    expect(encodeMarks(lab.getState().marks)).toBe('7.2.1k3,40.2.1');
    expect(parseMarks('7.2.1k3,40k9,5k0').marks).toEqual([
      { cycle: 7, at: { x: 2, y: 1 }, name: '', digit: 3 },
      { cycle: 40, at: null, name: '', digit: 9 },
    ]);
  });

  it('of a range reach from the anchor to the playhead, either way round, and are shown whole', () => {
    const lab = at(40);
    toggleAnchor(lab);
    expect(lab.getState().message).toContain('A range begins at cycle 40');
    expect(chosenRange(lab.getState())).toBeNull();
    seek(lab, 24);
    expect(chosenRange(lab.getState())).toEqual({ from: 24, to: 40 });
    toggleMark(lab);
    expect(lab.getState()).toMatchObject({ anchor: null, marks: [{ cycle: 24, end: 40, at: { x: 2, y: 1 } }], message: 'Cycles 24 to 40 are marked.' });
    toggleMark(lab);
    expect(lab.getState().marks.map(({ cycle, end }) => [cycle, end])).toEqual([
      [24, 40],
      [24, undefined],
    ]);
    expect(encodeMarks(lab.getState().marks)).toBe('24-40.2.1,24.2.1');
    expect(parseMarks('24-40.2.1k2,7-7,9-3').refused).toEqual(['7-7', '9-3']);
    lab.setState({ pe: 0 });
    goToMark(lab, lab.getState().marks[0]);
    expect(lab.getState()).toMatchObject({ cycle: 24, pe: 6, span: { from: 22, to: 42 } });
    lab.setState({ anchor: 40 });
    toggleMark(lab);
    expect(lab.getState().marks.map(({ end }) => end)).toEqual([undefined]);
    toggleAnchor(lab);
    expect(lab.getState().anchor).toBeNull();
  });

  it('are named and removed', () => {
    const lab = at(5);
    toggleMark(lab);
    nameMark(lab, lab.getState().marks[0], 'x'.repeat(80));
    expect(lab.getState().marks[0].name).toHaveLength(60);
    removeMark(lab, lab.getState().marks[0]);
    expect(lab.getState().marks).toEqual([]);
  });

  it('beyond 20 are refused with a sentence', () => {
    const lab = at(0);
    for (let cycle = 0; cycle <= MOST_MARKS; cycle++) {
      seek(lab, cycle);
      toggleMark(lab);
    }
    expect(lab.getState().marks).toHaveLength(MOST_MARKS);
    expect(lab.getState().message).toContain('20 marks already');
  });

  it('stand in a link as cycle, or cycle.x.y; what is none is left out and said', () => {
    const { marks, refused } = parseMarks('340,12.3.2,-1,1.2,x');
    expect(encodeMarks(marks)).toBe('12.3.2,340');
    expect(refused).toEqual(['-1', '1.2', 'x']);
    const link = encodeLink({ config: INITIAL.config, cycle: 7, marks });
    expect(link).toContain('&marks=12.3.2,340');
    const parsed = parseLink(link, INITIAL.config);
    expect(parsed.link.marks).toEqual(marks);
    expect(parseLink('#v=1&marks=what', INITIAL.config).notices.join()).toContain('marks: what is no cycle');
  });

  it('of a link take the names that the browser kept for them', () => {
    const known = [{ cycle: 12, at: { x: 3, y: 2 }, name: 'the front' }];
    expect(withNames(parseMarks('12.3.2,12').marks, known).map((m) => m.name)).toEqual(['the front', '']);
  });

  it('in the storage that are none are left out', () => {
    expect(
      asMarks([
        { cycle: 1, at: null, name: 'a' },
        { cycle: -1, at: null, name: '' },
        7,
        null,
        { cycle: 2, at: { x: 'a' }, name: '' },
        { cycle: 5, end: 5, at: null, name: '' },
      ]),
    ).toHaveLength(1);
    expect(asMarks('marks')).toEqual([]);
  });
});
