/**
 * The page's one owner of the animation frame. Whoever needs every frame (the playback clock, the camera) subscribes;
 * whoever draws asks for the next one, and is called once however often it asked. Nothing runs while nothing asks.
 */
const callbacks = new Set<(elapsedMs: number) => void>();
const draws = new Map<string, () => void>();
let handle = 0;
let last = -1;

/**
 * Calls back in every frame, before anything draws, with the milliseconds since the frame before (0 after a rest).
 * Returns what ends it.
 */
export function onFrame(callback: (elapsedMs: number) => void): () => void {
  callbacks.add(callback);
  schedule();
  return () => {
    callbacks.delete(callback);
  };
}

/** Draws in the next frame; a later request under the same key replaces an earlier one. */
export function requestDraw(key: string, draw: () => void): void {
  draws.set(key, draw);
  schedule();
}

/** Takes a request back, for a view that goes away. */
export function cancelDraw(key: string): void {
  draws.delete(key);
}

function schedule(): void {
  if (handle === 0) handle = requestAnimationFrame(frame);
}

function frame(now: number): void {
  const elapsed = last < 0 ? 0 : now - last;
  handle = 0;
  for (const callback of [...callbacks]) if (callbacks.has(callback)) callback(elapsed);
  const due = [...draws.values()];
  draws.clear();
  for (const draw of due) draw();
  const busy = callbacks.size > 0 || draws.size > 0;
  last = busy ? now : -1;
  if (busy) schedule();
}
