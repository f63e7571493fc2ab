/** Agents that are about to be looked at, those of lower levels (alike.ts) first, so that much has come to the others. */
import { LEVELS } from './alike.ts';
import type { Agent } from './queues.ts';

export class Awake {
  /** By level, and a bit for each level that has any. */
  private readonly agents: Agent[][] = Array.from({ length: LEVELS }, () => []);
  private readonly levels = new Int32Array(LEVELS / 32);
  /** No word of `levels` below it has a bit. */
  private lowest = 0;

  add(agent: Agent): void {
    if (agent.isAwake) return;
    agent.isAwake = true;
    this.agents[agent.level].push(agent);
    const word = agent.level >> 5;
    this.levels[word] |= 1 << (agent.level & 31);
    if (word < this.lowest) this.lowest = word;
  }

  take(): Agent | undefined {
    const { agents, levels } = this;
    for (; this.lowest < levels.length; this.lowest++) {
      const bits = levels[this.lowest];
      if (bits === 0) continue;
      const lowest = bits & -bits;
      const those = agents[(this.lowest << 5) + 31 - Math.clz32(lowest)];
      const agent = those.pop();
      if (those.length === 0) levels[this.lowest] ^= lowest;
      if (agent) agent.isAwake = false;
      return agent;
    }
    return undefined;
  }
}
