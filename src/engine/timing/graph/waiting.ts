/** Agents whose next act is not certain, the earliest first: a heap of (tick, agent) in which old entries stay until they come up. */
import { type Agent, UNKNOWN } from './queues.ts';

export class Waiting {
  private readonly ticks: number[] = [];
  private readonly agents: Agent[] = [];

  /** The next act of an agent, UNKNOWN for none. */
  set(agent: Agent, tick: number): void {
    if (agent.waitsAt === tick) return;
    agent.waitsAt = tick;
    if (tick === UNKNOWN) return;
    let at = this.ticks.length;
    for (let up = (at - 1) >> 1; at > 0 && this.ticks[up] > tick; up = (at - 1) >> 1) {
      this.put(at, this.ticks[up], this.agents[up]);
      at = up;
    }
    this.put(at, tick, agent);
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

  private put(at: number, tick: number, agent: Agent): void {
    this.ticks[at] = tick;
    this.agents[at] = agent;
  }

  private removeFirst(): void {
    const [tick, agent] = [this.ticks.pop(), this.agents.pop()];
    const { length } = this.ticks;
    if (length === 0 || tick === undefined || agent === undefined) return;
    let at = 0;
    for (let down = 1; down < length; down = 2 * at + 1) {
      if (down + 1 < length && this.ticks[down + 1] < this.ticks[down]) down++;
      if (this.ticks[down] >= tick) break;
      this.put(at, this.ticks[down], this.agents[down]);
      at = down;
    }
    this.put(at, tick, agent);
  }
}
