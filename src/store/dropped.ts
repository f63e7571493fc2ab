/** A file that was given to one route for another: who shows it takes it, once. */
let waiting: File | null = null;

export type FileKind = 'model' | 'trace' | 'topology' | 'project' | 'noted' | 'config';

/** What a file is, by its name; null for what no route opens. */
export function kindOfFile({ name }: Pick<File, 'name'>): FileKind | null {
  if (/\.gguf$/i.test(name)) return 'model';
  if (/\.weft-trace$/i.test(name)) return 'trace';
  if (/\.csv$/i.test(name)) return 'topology';
  if (/\.weft\.json$/i.test(name)) return 'project';
  if (/\.(trace\.json|pftrace|perfetto-trace)$/i.test(name)) return 'noted';
  return /\.json$/i.test(name) ? 'config' : null;
}

/** Names that choosers offer. */
export const OPENED_NAMES = '.gguf,.weft-trace,.csv,.json,.pftrace';

/** Which route opens a file; null when none does. */
export function routeForFile(file: Pick<File, 'name'>): 'lab' | 'model' | null {
  const kind = kindOfFile(file);
  return kind === null ? null : kind === 'config' ? 'model' : 'lab';
}

/** Leaves a file for the route that {@link routeForFile} names. */
export function dropFile(file: File): void {
  waiting = file;
}

/** The waiting file if it is for `route`; it waits no longer then. */
export function takeDropped(route: 'lab' | 'model'): File | null {
  if (waiting === null || routeForFile(waiting) !== route) return null;
  const file = waiting;
  waiting = null;
  return file;
}
