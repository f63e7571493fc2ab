/** A file that was given to one route for another: who shows it takes it, once. */
let waiting: File | null = null;

/** Which route opens a file, by its name; null when none does. */
export function routeForFile({ name }: Pick<File, 'name'>): 'lab' | 'model' | null {
  if (/\.gguf$/i.test(name)) return 'lab';
  return /\.json$/i.test(name) ? 'model' : null;
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
