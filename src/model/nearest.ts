/** Suggestions for a mistyped name: the candidates with the smallest edit distance (Levenshtein 1966). */

/** Up to `limit` candidates, closest first; equal distances keep the candidates' order. */
export function nearestNames(name: string, candidates: readonly string[], limit: number): string[] {
  return candidates
    .map((candidate, order) => ({ candidate, order, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance || a.order - b.order)
    .slice(0, limit)
    .map((entry) => entry.candidate);
}

/** Insertions, deletions and substitutions that turn `a` into `b`; one row of the table at a time. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replace, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
