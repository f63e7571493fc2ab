/** Cycles, and ranges of them, that the user marked: set, named, taken away, jumped to. */
import type { StoreApi } from 'zustand/vanilla';
import { inOrder, MOST_MARKS } from './mark-text.ts';
import { lastCycle, type Moment, seek, wholeCycle } from './playback.ts';
import { peAt, selectionOf } from './selection.ts';
import { shownRun } from './shown.ts';
import { spanOver, type TimeSpan } from './span.ts';
import { MARK_TEXT } from './strings.ts';
import type { LabState, Mark } from './types.ts';

type Lab = StoreApi<LabState>;

/** The cycles between the anchor and the playhead; null while none are chosen. */
export function chosenRange(state: Moment & Pick<LabState, 'anchor'>): TimeSpan | null {
  const cycle = wholeCycle(state);
  if (state.anchor === null || state.anchor === cycle) return null;
  return { from: Math.min(state.anchor, cycle), to: Math.max(state.anchor, cycle) };
}

/** Begins a range of cycles at the playhead, or lets go of the one that is chosen. */
export function toggleAnchor(lab: Lab): void {
  const state = lab.getState();
  if (shownRun(state) === null) return;
  const cycle = wholeCycle(state);
  if (state.anchor !== null) lab.setState({ anchor: null, message: MARK_TEXT.noRange });
  else lab.setState({ anchor: cycle, message: MARK_TEXT.range(cycle) });
}

/** Marks the chosen range, or the playhead's cycle, and the selected PE; takes such marks away if there are some. */
export function toggleMark(lab: Lab): void {
  const state = lab.getState();
  if (shownRun(state) === null) return;
  const range = chosenRange(state);
  const { from: cycle, to: end } = range ?? { from: wholeCycle(state), to: undefined };
  const others = state.marks.filter((m) => m.cycle !== cycle || m.end !== end);
  const made: Mark = { cycle, ...(end !== undefined && { end }), at: selectionOf(state), name: '' };
  if (others.length < state.marks.length) lab.setState({ marks: others, message: MARK_TEXT.gone(cycle, end) });
  else if (others.length === MOST_MARKS) lab.setState({ message: MARK_TEXT.tooMany(MOST_MARKS) });
  else lab.setState({ marks: inOrder([...others, made]), anchor: null, message: MARK_TEXT.made(cycle, end) });
}

/** Gives a digit to the mark of the playhead's cycle, which is made if there is none; another mark that had it loses it. */
export function setBookmark(lab: Lab, digit: number): void {
  const state = lab.getState();
  if (shownRun(state) === null) return;
  const cycle = wholeCycle(state);
  const own = state.marks.find((m) => m.cycle === cycle) ?? { cycle, at: selectionOf(state), name: '' };
  const others = state.marks.filter((m) => m !== own).map((m) => (m.digit === digit ? { ...m, digit: undefined } : m));
  if (others.length >= MOST_MARKS) lab.setState({ message: MARK_TEXT.tooMany(MOST_MARKS) });
  else lab.setState({ marks: inOrder([...others, { ...own, digit }]), message: MARK_TEXT.key(digit, cycle) });
}

/** Goes to the mark that has this digit. */
export function goToBookmark(lab: Lab, digit: number): void {
  const mark = lab.getState().marks.find((m) => m.digit === digit);
  if (mark === undefined) lab.setState({ message: MARK_TEXT.noKey(digit) });
  else goToMark(lab, mark);
}

export function nameMark(lab: Lab, mark: Mark, name: string): void {
  lab.setState((s) => ({ marks: s.marks.map((m) => (m === mark ? { ...m, name: name.slice(0, 60) } : m)) }));
}

export function removeMark(lab: Lab, mark: Mark): void {
  lab.setState((s) => ({ marks: s.marks.filter((m) => m !== mark) }));
}

/** Shows a mark: its cycle or all of its range, and its PE if it has one. */
export function goToMark(lab: Lab, { cycle, end, at }: Mark): void {
  const run = shownRun(lab.getState());
  if (run === null) return;
  if (at !== null) lab.setState({ pe: peAt(run.trace, at.x, at.y) });
  seek(lab, cycle);
  if (end !== undefined) lab.setState({ span: spanOver({ from: cycle, to: end }, run.trace.cycles) });
}

/** The nearest mark after (1) or before (-1) the playhead; past the last one the first, and the other way round. */
export function jumpToMark(lab: Lab, direction: 1 | -1): void {
  const state = lab.getState();
  const cycle = wholeCycle(state);
  const marks = state.marks.filter((m) => m.cycle <= lastCycle(state));
  const next = direction === 1 ? (marks.find((m) => m.cycle > cycle) ?? marks[0]) : (marks.findLast((m) => m.cycle < cycle) ?? marks[marks.length - 1]);
  if (next !== undefined) goToMark(lab, next);
}
