/** Agents whose next act is not certain, the earliest first: a heap in which each has one place at most, so it is never longer than they are many. */
import { type Agent, UNKNOWN } from './queues.ts';

export class Waiting {
  private readonly ticks: number[] = [];
  private readonly agents: Agent[] = [];

  /** The next act of an agent, UNKNOWN for none. One that has none any more keeps its place until that comes up, or until it has another act. */
  set(agent: Agent, tick: number): void {
    if (agent.waitsAt === tick) return;
    agent.waitsAt = tick;
    if (tick === UNKNOWN) return;
    const place = agent.waitsPlace;
    if (place < 0) this.rise(this.ticks.length, tick, agent);
    else if (tick < this.ticks[place]) this.rise(place, tick, agent);
    else this.sink(place, tick, agent);
  }

  /** Takes the agent whose act comes first. */
  pop(): Agent | undefined {
    while (this.ticks.length > 0) {
      const [tick, agent] = [this.ticks[0], this.agents[0]];
      this.removeFirst();
      if (agent.waitsAt !== tick) continue;
      agent.waitsAt = UNKNOWN;
      return agent;
    }
    return undefined;
  }

  private removeFirst(): void {
    this.agents[0].waitsPlace = -1;
    const [tick, agent] = [this.ticks.pop(), this.agents.pop()];
    if (this.ticks.length > 0 && tick !== undefined && agent !== undefined) this.sink(0, tick, agent);
  }

  private put(at: number, tick: number, agent: Agent): void {
    this.ticks[at] = tick;
    this.agents[at] = agent;
    agent.waitsPlace = at;
  }

  /** Puts an agent at a place, or nearer to the first. */
  private rise(from: number, tick: number, agent: Agent): void {
    let at = from;
    for (let up = (at - 1) >> 1; at > 0 && this.ticks[up] > tick; up = (at - 1) >> 1) {
      this.put(at, this.ticks[up], this.agents[up]);
      at = up;
    }
    this.put(at, tick, agent);
  }

  /** Puts an agent at a place, or further from the first. */
  private sink(from: number, tick: number, agent: Agent): void {
    const { length } = this.ticks;
    let at = from;
    for (let down = 2 * at + 1; down < length; down = 2 * at + 1) {
      if (down + 1 < length && this.ticks[down + 1] < this.ticks[down]) down++;
      if (this.ticks[down] >= tick) break;
      this.put(at, this.ticks[down], this.agents[down]);
      at = down;
    }
    this.put(at, tick, agent);
  }
}
