/** Names of lines, one below the other. */

/** From one name to the next, px. */
const LINE = 14;

/** Heights of names that would stand at `wanted`, px from the top: a line apart, each as near as may be, none below `lowest`. */
export function apart(wanted: readonly number[], lowest = Number.POSITIVE_INFINITY): readonly number[] {
  const placed = [...wanted];
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  for (let n = 1; n < order.length; n++) placed[order[n]] = Math.max(placed[order[n]], placed[order[n - 1]] + LINE);
  order.reverse().forEach((i, below) => {
    placed[i] = Math.min(placed[i], lowest - LINE * below);
  });
  return placed;
}
