/**
 * The page's one owner of the animation frame. Whoever needs every frame (the playback clock, the camera) subscribes;
 * whoever draws asks for the next one, and is called once however often it asked; what can wait until the frame is on screen
 * follows it, one task each. Nothing runs while nothing asks.
 */
const callbacks = new Set<(elapsedMs: number) => void>();
const draws = new Map<string, () => void>();
const followers: (() => void)[] = [];
/** Posts the tasks that follow a frame; made with the first of them. */
let tasks: MessageChannel | null = null;
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

/** Calls once in a task of its own after the next frame, in the order of asking; at once while the page is hidden and has no frames. */
export function afterFrame(act: () => void): void {
  if (document.hidden) act();
  else {
    followers.push(act);
    schedule();
  }
}

/**
 * Lets every follower run that waits, one after the other. A task for each, so that the browser may answer its visitor between
 * them; the next one is posted by the one before, for posting takes a while, too, and the frame is not on screen yet.
 */
function release(): void {
  if (tasks === null) {
    tasks = new MessageChannel();
    tasks.port1.onmessage = runFollower;
  }
  if (followers.length > 0) tasks.port2.postMessage(null);
}

function runFollower(): void {
  const act = followers.shift();
  release();
  act?.();
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
  release();
  const busy = callbacks.size > 0 || draws.size > 0;
  last = busy ? now : -1;
  if (busy) schedule();
}
