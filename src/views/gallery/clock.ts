/**
 * One clock for all pictures of the gallery: a loop of six seconds and a rest at its end. It runs only while a picture is on
 * screen and nobody has paused it, and tells a picture only when its frame changes.
 */
import { onFrame } from '../raf.ts';

/** Duration of a frame: at six a second nothing flashes more than three times (WCAG 2.3.1). */
const FRAME_MS = 167;
/** Frames that the last one stays. */
const REST = 8;
/** A tab that slept does not jump. */
const MAX_STEP_MS = 250;

export interface Watcher {
  readonly frames: number;
  show(frame: number): void;
}

export class FilmClock {
  private readonly watchers = new Map<Watcher, number>();
  private elapsed = 0;
  private running = true;
  private stop: (() => void) | null = null;

  /** Adds a picture that is on screen; returns what takes it away. */
  watch(watcher: Watcher): () => void {
    this.watchers.set(watcher, -1);
    this.update();
    return () => {
      this.watchers.delete(watcher);
      this.update();
    };
  }

  /** Plays or pauses all pictures. */
  run(on: boolean): void {
    this.running = on;
    this.update();
  }

  private update(): void {
    const wanted = this.running && this.watchers.size > 0;
    if (wanted && this.stop === null) this.stop = onFrame((ms) => this.advance(ms));
    else if (!wanted && this.stop !== null) {
      this.stop();
      this.stop = null;
    }
  }

  private advance(ms: number): void {
    this.elapsed += Math.min(ms, MAX_STEP_MS);
    for (const [watcher, shown] of this.watchers) {
      const frame = Math.min(watcher.frames - 1, Math.floor(this.elapsed / FRAME_MS) % (watcher.frames + REST));
      if (frame === shown) continue;
      this.watchers.set(watcher, frame);
      watcher.show(frame);
    }
  }
}
