/** Agents that wait for their next act, against a plain list of them. */
import { describe, expect, it } from 'vitest';
import { rng } from '../../../src/base/rng.ts';
import { Agent, UNKNOWN } from '../../../src/engine/timing/graph/queues.ts';
import { Waiting } from '../../../src/engine/timing/graph/waiting.ts';

class Idle extends Agent {
  next(): number {
    return UNKNOWN;
  }

  act(): void {}
}

describe('who waits', () => {
  it.each([1, 2, 3])('comes up by its tick, has one place however often the tick changes, and none without a tick, seed %i', (seed) => {
    const r = rng(seed);
    const waiting = new Waiting();
    const agents = Array.from({ length: 50 }, () => new Idle());
    const ticks = new Map<Agent, number>();
    for (let i = 0; i < 5000; i++) {
      const agent = agents[r.below(agents.length)];
      const tick = r.below(5) === 0 ? UNKNOWN : r.below(1000);
      waiting.set(agent, tick);
      if (tick === UNKNOWN) ticks.delete(agent);
      else ticks.set(agent, tick);
      const places = agents.map(({ waitsPlace }) => waitsPlace).filter((place) => place >= 0);
      expect(new Set(places).size).toBe(places.length);
      expect(Math.max(...places)).toBeLessThan(places.length);
      if (r.below(3) > 0) continue;
      const first = waiting.pop();
      expect(first && ticks.get(first)).toBe(ticks.size === 0 ? undefined : Math.min(...ticks.values()));
      if (first) ticks.delete(first);
    }
    expect(agents.filter(({ waitsAt }) => waitsAt !== UNKNOWN)).toHaveLength(ticks.size);
  });
});
