/**
 * Which of several runnable tasks starts. The vendor's order is not published (machine.md section 3), so it is a choice of
 * the program: the lowest number, the next in a circle, or at random by a seed. All are deterministic.
 */
export type TaskPicker = { readonly kind: 'lowest' } | { readonly kind: 'rotate' } | { readonly kind: 'random'; readonly seed: number };

/**
 * What a PE's picker remembers, one number, 0 at first: nothing (lowest), the last task + 1 (rotate), tasks picked so far
 * (random).
 */
export type PickerState = number;

/** The task to start out of a non-empty bit mask of runnable ones. */
export function pickTask(picker: TaskPicker, runnable: number, pe: number, state: PickerState): number {
  if (picker.kind === 'lowest') return lowest(runnable);
  if (picker.kind === 'rotate') {
    const later = runnable & ~((1 << state) - 1);
    return lowest(later !== 0 ? later : runnable);
  }
  let rest = runnable;
  for (let skip = mix(picker.seed, pe, state) % count(runnable); skip > 0; skip--) rest &= rest - 1;
  return lowest(rest);
}

/** The picker's state after `task` was picked. */
export function afterPick(picker: TaskPicker, task: number, state: PickerState): PickerState {
  if (picker.kind === 'lowest') return 0;
  return picker.kind === 'rotate' ? task + 1 : (state + 1) | 0;
}

const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);

function count(mask: number): number {
  let n = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) n++;
  return n;
}

/** A well-mixed unsigned 32-bit number of three (the finaliser of MurmurHash3, a published constant pair). */
function mix(seed: number, pe: number, picks: number): number {
  let h = (seed ^ Math.imul(pe + 1, 0x9e3779b1) ^ Math.imul(picks + 1, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
