/** The English of the lesson: backpressure. */
import type { Given } from '../../../lessons/types.ts';
import { grouped as n } from '../../format.ts';
import type { LessonWords } from './types.ts';

const stallHint = (service: number, capacity: number, way: number, pes: number): string =>
  `(${n(service)} × ${n(capacity)} − ${n(way)} − ${n(pes + 1)}) / ${n(service - 1)}, and the next whole number.`;

export const backpressure: LessonWords<Given['backpressure']> = {
  rate: {
    title: 'A slow end',
    text: (g) => [
      `PE 0 sends ${n(g.words)} words down a row of ${n(g.pes)} PEs, one a cycle. The last PE takes a word, works on it, and takes the next: ${n(g.service)} cycles for each. In between are only routers, which pass the words on.`,
      `The first word is at the last PE after ${n(g.way)} cycles: sending, two ramps, ${n(g.pes - 1)} hops.`,
    ],
    ask: () => 'How many cycles until the last word is done?',
    hints: (g) => ['Who sets the pace?', `The last PE: ${n(g.service)} cycles a word.`, `${n(g.way)} + ${n(g.service)} × ${n(g.words)}.`],
    explain: () => [
      'A stream runs at the pace of its slowest station. The queues on the way hold words; they make none go faster.',
      'In the figure the top row is PE 0, the bottom row the last PE. In the rows between, a bar means that the queue of this router is full.',
    ],
  },
  stall: {
    title: 'When the source feels it',
    text: (g) => [
      `PE 0 sends faster than the end takes, so words pile up. PE 0's output queue and ramp hold ${n(g.output)} of them, each router's queue on the way ${n(g.depth)}, the last PE's input queue and ramp ${n(g.input)}: ${n(g.capacity)} together.`,
      'When they are full, PE 0 must wait. A place that becomes free at the end is seen one router further up in each cycle, until PE 0 sees it.',
    ],
    ask: () => 'In which cycle after its first word does PE 0 first have to wait?',
    hints: (g) => [
      `The first ${n(g.way)} words enter before the end takes any. After that ${n(g.service)} enter while one leaves.`,
      `If news came at once: (${n(g.service)} × ${n(g.capacity)} − ${n(g.way)}) / ${n(g.service - 1)}. But it takes ${n(g.pes + 1)} cycles to come.`,
      stallHint(g.service, g.capacity, g.way, g.pes),
    ],
    explain: (g) => [
      `After ${n(g.first)} cycles the stall has reached the source. The bars of the figure begin at the bottom and grow upwards: stalls travel upstream.`,
      'Deeper queues would make this moment come later, and change nothing else. Queues buy time, no bandwidth.',
    ],
  },
  culprit: {
    title: 'Who is to blame?',
    text: (g) => [
      `Another machine, WSE-2, where the work on a word takes ${n(g.blameService)} cycles; ${n(g.blamePes)} PEs in the row. PE 0 waits most of the time, and a profile of the PEs would show it as the one that is blocked.`,
      'The simulator knows what ended each wait, and what that had waited for in turn. So it can follow a wait back to its cause.',
    ],
    ask: () => 'Where does the chain of causes of a wait of PE 0 begin?',
    hints: () => [
      'PE 0 waits for room in its queue. Who made room?',
      'Its router sent a word, because the next router had room, and so on.',
      'Somebody took a word out of the row.',
    ],
    explain: () => [
      'At the last PE. The visible victim is at one end, the culprit at the other. Open this run in the Lab: PE 0 is selected in a wait, and "Why does it wait" lists the chain, router by router.',
    ],
    choices: () => ({ source: 'at PE 0', middle: 'at a router in the middle', last: 'at the last PE' }),
  },
  longer: {
    title: 'A longer row',
    text: (g) => [
      `The first machine again, with ${n(g.nextPes)} PEs: ${n(g.nextCapacity)} words find room between the ends, and the first one is at the last PE after ${n(g.nextWay)} cycles.`,
    ],
    ask: () => 'In which cycle after its first word does PE 0 first have to wait?',
    hints: (g) => [
      `${n(g.service)} words enter while one leaves.`,
      `News from the end takes ${n(g.nextPes + 1)} cycles to come.`,
      stallHint(g.service, g.nextCapacity, g.nextWay, g.nextPes),
    ],
    explain: () => ['Twice the routers, about twice the time until the source feels it. The pace is the same.'],
  },
};
