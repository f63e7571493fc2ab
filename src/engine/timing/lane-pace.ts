/** A host lane's own part in when its wavelets pass (machine/host.ts): one tick after the other, or at its rate. */
import { isTimetable, lanePassed, laneTick } from '../../machine/host.ts';
import type { HostSink, Rate } from '../../machine/program.ts';
import { Declined } from './declined.ts';

export class LanePace {
  private readonly rate: Rate | undefined;
  /** As in machine/host.ts. A lane knows no absolute time: its first wavelet may pass at any tick from 0 on. */
  private dueAt = 0;
  /** Whether the rate decided when the last wavelet passed. */
  private leads = false;

  constructor(rate: Rate | undefined) {
    this.rate = rate;
  }

  /** The first tick at which the rate lets the next wavelet pass. */
  get ready(): number {
    return laneTick(this.rate, this.dueAt);
  }

  /** What the next tick hangs on, in parts of a tick; `words` of them are a tick. */
  get due(): number {
    return this.dueAt;
  }

  get words(): number {
    return this.rate?.words ?? 0;
  }

  pass(tick: number): void {
    this.leads = this.rate !== undefined && tick === this.ready;
    this.dueAt = lanePassed(this.rate, this.dueAt, tick);
  }

  /**
   * How many of `most` wavelets pass `pace` ticks after each other, the first of them after that at `last`, where all else lets one pass
   * at that pace; they have passed then. All else decided about the last one if the rate did not, and goes on to if the rate is no slower.
   */
  goOn(last: number, pace: number, most: number): number {
    if (!this.rate) return most;
    for (let count = 0; count < most; count++) {
      const tick = last + (count + 1) * pace;
      if (this.leads ? this.ready !== tick : this.ready > tick) return count;
      this.dueAt = lanePassed(this.rate, this.dueAt, tick);
    }
    return most;
  }

  /** Goes on for `times` times as since `due` was `then`. */
  repeat(then: number, times: number): void {
    this.dueAt += times * (this.dueAt - then);
  }
}

/** The rate of a lane. @throws Declined where it has a tick for each wavelet: then what it does hangs on absolute time */
export function rateOf(rate: HostSink['rate']): Rate | undefined {
  if (rate && isTimetable(rate)) throw new Declined('host', 'a lane with a timetable');
  return rate;
}

/** Whether two lanes have one rate. */
export const haveOneRate = (a: Rate | undefined, b: Rate | undefined): boolean => a?.words === b?.words && a?.cycles === b?.cycles;
