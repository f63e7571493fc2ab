/** The English of the lesson: adding it up. */
import type { Given } from '../../../lessons/types.ts';
import { grouped as n } from '../../format.ts';
import type { LessonWords } from './types.ts';

export const WAYS = { star: 'star', chain: 'chain', tree: 'tree', 'two-phase': 'two phases' } as const;
export const ALL_WAYS = { 'chain-broadcast': 'chain, then broadcast', ring: 'ring' } as const;

export const sums: LessonWords<Given['sums']> = {
  one: {
    title: 'One number each',
    text: (g) => [
      `${n(g.pes)} PEs in a row hold a number each, and PE 0 wants the sum. Star: everybody sends to PE 0, which adds one after the other. Chain: the last PE sends to its neighbour, which adds its own number and passes the sum on, and so on to PE 0. Tree: in ${n(g.rounds)} rounds half of the PEs that are left send their sum to another. Two phases: groups of ${n(g.group)} run a chain each, then their first PEs run one.`,
      `Passing a router costs a hop, one cycle. Going through a processor costs ${n(g.step)}: an addition, two ramps and the hop.`,
    ],
    ask: () => 'Which is done first?',
    hints: (g) => [
      'How many processors does the last number go through, one after the other?',
      `Chain: ${n(g.pes - 1)}. Two phases: ${n(g.twoPhaseDepth)}. Tree: ${n(g.rounds)}. Star: one.`,
      'Numbers of a star reach PE 0 one behind the other, and it adds one a cycle.',
    ],
    explain: (g) => [
      `The star, in ${n(g.starOne)} cycles. The numbers follow one another down the row, and PE 0 adds one of them a cycle.`,
      `A published model of these algorithms predicts ${n(g.starModel)} for it: it counts the way and the crowd on the links one after the other, though they overlap. A model is held against the simulator, too.`,
    ],
    choices: () => WAYS,
  },
  chain: {
    title: 'A chain of streams',
    text: (g) => [
      'Now each PE holds B numbers, and PE 0 wants B sums. In a chain they follow one another: while the first is added some PEs further on, the second is on its way.',
      `With B = 1 the chain took ${n(g.chainOne)} cycles, with B = ${n(g.middle)} it takes ${n(g.chainMiddle)}.`,
    ],
    ask: (g) => `How many cycles with B = ${n(g.large)}?`,
    hints: (g) => [
      `What did ${n(g.middle - 1)} more numbers cost?`,
      `${n(g.chainMiddle - g.chainOne)} cycles: one for each.`,
      `${n(g.chainOne)} + ${n(g.large - 1)}.`,
    ],
    explain: (g) => [
      `The way through ${n(g.pes - 1)} processors is paid once, then a cycle for every number. It is lesson 1 again, with an addition at each station.`,
    ],
  },
  middle: {
    title: 'Not few, not many',
    text: (g) => [
      `B = ${n(g.middle)}. Two things count: how many numbers the busiest PE receives, and how many processors a sum goes through one after the other.`,
      `Star: ${n(g.middle * (g.pes - 1))} numbers, one processor. Tree: PE 0 receives ${n(g.middle)} in each of ${n(g.rounds)} rounds. Chain: ${n(g.middle)} numbers, ${n(g.pes - 1)} processors. Two phases: a group's first PE receives ${n(g.middle)} twice, and there are ${n(g.twoPhaseDepth)} processors.`,
    ],
    ask: () => 'Which is done first?',
    hints: (g) => [
      `A number costs a cycle, a processor ${n(g.step)}.`,
      `Tree: about ${n(g.rounds * g.middle)} cycles for its numbers alone. Chain: about ${n(g.step * (g.pes - 1))} for its processors alone.`,
      `Two phases: about ${n(2 * g.middle)} + ${n(g.step * g.twoPhaseDepth)}.`,
    ],
    explain: () => ['Two phases pay the numbers twice and the processors seldom: the best of both, while neither is large.'],
    choices: () => WAYS,
  },
  large: {
    title: 'Many',
    text: (g) => [`B = ${n(g.large)}, on the same ${n(g.pes)} PEs.`],
    ask: () => 'Which is done first?',
    hints: (g) => [
      'Numbers count more than processors now.',
      `In which of them does no PE receive more than ${n(g.large)}?`,
      `In the chain. Its processors cost ${n(g.step * (g.pes - 1))} cycles, a second pass over the numbers would cost ${n(g.large)}.`,
    ],
    explain: () => [
      'The chain: it has the most rounds of all, and every number passes every PE just once. The figure shows how the order turns round as B grows. No way of adding is the best one; the length decides.',
    ],
    choices: () => WAYS,
  },
  star: {
    title: 'Another star',
    text: (g) => [
      `${n(g.nextPes)} PEs with ${n(g.nextWords)} numbers each, added by a star. PE 0 takes one number a cycle; the start, the ramps and the first hop take ${n(g.starStart)} cycles beside.`,
    ],
    ask: () => 'How many cycles until PE 0 has all sums?',
    hints: (g) => ['How many numbers reach PE 0?', `${n(g.nextWords)} from each of ${n(g.nextPes - 1)} PEs.`, `Add ${n(g.starStart)}.`],
    explain: (g) => [`${n(g.nextWords)} × ${n(g.nextPes - 1)} + ${n(g.starStart)}. A star costs what its centre must take.`],
  },
  all: {
    title: 'Sums for everybody',
    text: (g) => [
      `Now every one of the ${n(g.pes)} PEs wants all ${n(g.large)} sums. One way: a chain brings them to PE 0, whose stream then goes to all, passed on by the routers.`,
      `On clusters another is known to be best, a ring: the numbers are cut in ${n(g.pes)} chunks of ${n(g.chunk)}. In each of ${n(g.ringRounds)} rounds every PE sends a chunk to the next one and receives another; first it adds its own numbers to what comes, later it keeps the sums that come. No PE sends or receives more than ${n(g.ringRounds)} chunks.`,
    ],
    ask: () => 'Which is done first?',
    hints: (g) => [
      'What does a PE do with a word that it adds to and sends on, in a chain and in a ring?',
      `In a chain one operation takes it, adds and sends it. In a ring all PEs send before a chunk is there: a word goes to memory and is sent by a second operation, and a PE issues one a cycle.`,
      `Chain and broadcast: about ${n(g.large)} twice. Ring: ${n(g.ringRounds)} chunks of ${n(g.chunk)}, each word twice.`,
    ],
    explain: (g) => [
      `Chain and broadcast, in ${n(g.chainBroadcast)} cycles; the ring takes ${n(g.ring)}. The published model gives the ring ${n(g.ringModel)}: it lets a PE receive a word and send another in one cycle, as a node of a cluster does, and here that is two operations.`,
      'On a cluster a link is dear and a message goes from node to node as a whole. Here streams pass through: what the ring was made to avoid does not exist.',
    ],
    choices: () => ({ ...ALL_WAYS, tie: 'they tie' }),
  },
};
