/** Chains of results whose words follow each other, against the plain recurrence: every word through every router. */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../../src/base/pieces.ts';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { chainRecorder, drain, LANE, LANES, type Link, STANDS } from '../../../src/engine/timing/chain.ts';
import type { Skeleton } from '../../../src/engine/timing/skeleton.ts';
import { NOTHING, STEP } from '../../../src/engine/timing/step.ts';
import { lanePassed, laneTick } from '../../../src/machine/host.ts';
import type { Rate } from '../../../src/machine/program.ts';
import type { MachineSpec } from '../../../src/machine/spec.ts';
import { between, pick, randomMachine } from '../../drivers/late.ts';

const CHAINS = 200;

/** Sends `words` words in every round, the last one of which turns the switch; the last PE ends each round by a control wavelet. */
function sender(words: number, cycles: number, rounds: number, pause: number, isLast: boolean): Skeleton {
  const send = { ...NOTHING, is: STEP.SEND, count: words, cycles, activity: 1, advance: !isLast };
  const wait = { ...NOTHING, cycles: pause, spans: [0, -1, 0, pause] };
  const control = { ...NOTHING, is: STEP.SEND, count: 1, cycles: 1, activity: 1, turnsBack: true };
  const round = [send, ...(isLast && rounds > 1 ? [control] : []), ...(pause > 0 ? [wait] : [])];
  return { steps: Array.from({ length: rounds }, () => round).flat(), takes: 0, sends: 0, thread: -1, name: 'sender', rest: undefined, cycle: undefined };
}

/** PEs that send as much, and are late by little or much, or one after the other. */
function randomLinks(r: Rng, rounds: number): Link[] {
  const [count, words, cycles] = [between(r, 1, 40), between(r, 1, pick(r, [2, 9, 40])), pick(r, [1, 1, 2])];
  const [pause, lag, slope] = [between(r, 0, 20), pick(r, [0, 2, 60, 400]), between(r, -3, 3)];
  const others = sender(words, cycles, rounds, pause, false);
  const last = sender(words, cycles, rounds, pause, true);
  return Array.from({ length: count }, (_, p) => ({
    stands: p === count - 1 ? STANDS.OWN : rounds > 1 ? STANDS.RING : r.below(12) === 0 ? STANDS.PASSES : STANDS.TURNS,
    skeleton: p === count - 1 ? last : others,
    capacity: between(r, 2, 9),
    ...{ sent: [], tail: 0, end: 200 + slope * p + between(r, 0, lag) },
  })).map((link) => (link.stands === STANDS.PASSES ? { ...link, skeleton: null } : link));
}

/** By lane, every departure: the recurrence of chain.ts as it stands there. */
function plainly({ hop, ramp, fifoDepth }: MachineSpec, links: readonly Link[], rounds: number, rate: Rate | undefined): number[][] {
  const lanes: number[][] = Array.from({ length: LANES * links.length + 1 }, () => []);
  const [arrivals, due] = [lanes[LANES * links.length], { at: 0 }];
  const last = links.map(() => -1);
  const ago = (ticks: readonly number[], count: number): number => ticks[ticks.length - count] ?? -1;
  const pass = (from: number, ready: number): void => {
    for (let [p, arrives] = [from, ready]; p >= 0; p--) {
      const room = p > 0 ? ago(lanes[LANES * (p - 1) + LANE.LINK], fifoDepth) + 1 : laneTick(rate, due.at);
      last[p] = Math.max(arrives, last[p] + 1, room);
      lanes[LANES * p + (p === from ? LANE.RAMP : LANE.LINK)].push(last[p]);
      arrives = last[p] + hop;
    }
    due.at = lanePassed(rate, due.at, last[0]);
    arrivals.push(last[0]);
  };
  const free = links.map(({ end }) => end);
  for (let round = 0; round < rounds; round++) {
    for (const [p, { capacity, skeleton }] of links.entries()) {
      const steps = skeleton?.steps ?? [];
      const perRound = steps.length / rounds;
      for (const { is, count, cycles } of steps.slice(round * perRound, (round + 1) * perRound)) {
        if (is !== STEP.SEND) free[p] += cycles;
        for (let i = 0; i < (is === STEP.SEND ? count : 0); i++) {
          const tick = Math.max(free[p], ago(lanes[LANES * p + LANE.RAMP], capacity) + 1);
          lanes[LANES * p + LANE.SEND].push(tick);
          free[p] = tick + cycles;
          pass(p, free[p] + ramp);
        }
      }
    }
  }
  return lanes;
}

describe('a chain of results', () => {
  it(`lets every word of ${CHAINS} random ones pass when the recurrence does`, () => {
    for (let seed = 0; seed < CHAINS; seed++) {
      const r = rng(seed);
      const machine = randomMachine(r);
      const rounds = pick(r, [1, 1, 3]);
      const links = randomLinks(r, rounds);
      const rate = r.below(4) > 0 ? undefined : { words: between(r, 1, 3), cycles: between(r, 1, 7) };
      const { trace, order } = toEnd(drain(machine, links, rate, chainRecorder(links.length)));
      const { lane, begin, count, period } = trace.moves;
      const lanes: number[][] = Array.from({ length: LANES * links.length + 1 }, () => []);
      for (const [row, l] of lane.entries()) for (let i = 0; i < count[row]; i++) lanes[l].push(begin[row] + i * period[row]);
      const expected = plainly(machine, links, rounds, rate);
      const wrong = lanes.findIndex((ticks, l) => ticks.join() !== expected[l].join());
      expect(lanes[wrong], `seed ${seed}, lane ${wrong}`).toEqual(expected[wrong]);
      expect(order.length).toBe(expected[LANES * links.length].length);
    }
  });

  it('of more routers than a word can count is declined', () => {
    const [link] = randomLinks(rng(0), 1);
    const drained = drain(randomMachine(rng(0)), Array<Link>(65_536).fill(link), undefined, chainRecorder(0));
    expect(() => toEnd(drained)).toThrow(/65536 routers/);
  });
});
