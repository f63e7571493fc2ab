/** Time of the main thread, apart from what neighbours on the machine take of it. */
import { openSync, readSync } from 'node:fs';
import { cpuMs } from './row.ts';

/** Milliseconds of a lap. */
export interface Lap {
  /** By the clock, without waiting for a core. */
  readonly clock: number;
  /** CPU of the thread; of all threads where the system does not tell them apart. */
  readonly thread: number;
}

export class OwnTime {
  private readonly file = open();
  private readonly bytes = Buffer.alloc(64);
  private before = this.now();

  /** Since the last lap. */
  lap(): Lap {
    const { clock, waited, thread } = this.before;
    this.before = this.now();
    return { clock: this.before.clock - clock - (this.before.waited - waited), thread: this.before.thread - thread };
  }

  /** The kernel's file has nanoseconds on a core, nanoseconds of waiting for one, and how often it got one. */
  private now(): { clock: number; waited: number; thread: number } {
    const clock = performance.now();
    if (this.file === undefined) return { clock, waited: 0, thread: cpuMs() };
    const length = readSync(this.file, this.bytes, 0, this.bytes.length, 0);
    const [thread, waited] = this.bytes
      .toString('latin1', 0, length)
      .split(' ')
      .map((ns) => Number(ns) / 1e6);
    return { clock, waited, thread };
  }
}

/** The main thread's own file, of Linux. */
function open(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return undefined;
  }
}
