/** The English of the lesson: one wavelet, one hop. */
import type { Given } from '../../../lessons/types.ts';
import { factor, grouped as n } from '../../format.ts';
import type { LessonWords } from './types.ts';

export const hop: LessonWords<Given['hop']> = {
  one: {
    title: 'One wavelet',
    text: (g) => [
      'The machine is a grid of small processors, called PEs. Each has a memory of its own, and a router that passes messages on. A message of 32 bits is a wavelet.',
      `Here ${n(g.pes)} PEs stand in a line, and PE 0 sends one wavelet to the last of them. Sending takes it a cycle. Between a processor and its router lies a ramp, ${n(g.ramp)} cycles long. From router to router is a hop: ${n(g.hop)} cycle. Storing the wavelet takes the last PE a cycle.`,
    ],
    ask: () => 'How many cycles from sending until the last PE has stored the wavelet?',
    hints: (g) => [
      `Between ${n(g.pes)} PEs there are ${n(g.pes - 1)} hops.`,
      'The wavelet goes up one ramp at the start and down another at the end.',
      'Add a cycle for sending and a cycle for storing.',
    ],
    explain: (g) => [
      `Sending 1, ramp ${n(g.ramp)}, hops ${n(g.hop * (g.pes - 1))}, ramp ${n(g.ramp)}, storing 1: ${n(g.oneCycles)} cycles. Nearly all of it is the way.`,
      'In the figure each row is a PE. Every router also gives its own PE a copy as the wavelet passes, so the marks form a slope.',
    ],
  },
  many: {
    title: 'Many of them',
    text: (g) => [
      `One wavelet took ${n(g.oneCycles)} cycles. Now PE 0 sends ${n(g.many)} of them, one a cycle, down the same line.`,
      'A router passes a wavelet on as soon as it has it. It does not wait for the others.',
    ],
    ask: () => 'How many cycles until the last PE has stored the last wavelet?',
    hints: (g) => [
      'When does the last wavelet leave PE 0?',
      `It leaves ${n(g.many - 1)} cycles after the first.`,
      'From there on it needs as long as the first one did.',
    ],
    explain: (g) => [
      `The last wavelet starts ${n(g.many - 1)} cycles after the first and takes the same way: ${n(g.oneCycles)} + ${n(g.many - 1)} = ${n(g.manyCycles)}. That is ${factor(g.manyCycles / g.oneCycles)} the time for ${n(g.many)} times the data.`,
      'This is pipelining. The way is paid once for a path, the bandwidth once for a wavelet: T = L + h (P − 1) + 2 R + 1, with L wavelets, P PEs, hops of h and ramps of R cycles.',
    ],
  },
  stored: {
    title: 'Store and forward',
    text: (g) => [
      `Many networks work another way: a station takes the whole message into its memory before it sends it on. For ${n(g.long)} wavelets the pipelined line needs ${n(g.longCycles)} cycles.`,
      `Now every PE of the line stores the message and then forwards it. Each passage from PE to PE costs a cycle for every wavelet, and ${n(g.overhead)} cycles for the start, the ramps and the hop.`,
    ],
    ask: () => 'How many cycles until the last PE has the whole message?',
    hints: (g) => [
      `The message is passed on ${n(g.pes - 1)} times.`,
      `One passage takes ${n(g.long)} + ${n(g.overhead)} cycles.`,
      'No passage begins before the one before it has ended. So multiply.',
    ],
    explain: (g) => [
      `${n(g.pes - 1)} passages of ${n(g.long + g.overhead)} cycles are ${n((g.pes - 1) * (g.long + g.overhead))}: ${factor(((g.pes - 1) * (g.long + g.overhead)) / g.longCycles)} the time of the pipelined line.`,
      'The figure is a staircase. At any time only two PEs have anything to do. Way and words are both paid at every station.',
    ],
  },
  slower: {
    title: 'Longer hops',
    text: (g) => [
      `On another machine, WSE-3, a hop takes ${n(g.nextHop)} cycles. A link still carries a wavelet every cycle, and the ramps are as long as before.`,
      `The line has ${n(g.nextPes)} PEs, PE 0 sends ${n(g.nextWords)} wavelets, and every router passes them on at once.`,
    ],
    ask: () => 'How many cycles until the last PE has stored the last wavelet?',
    hints: (g) => [
      'Which term of T = L + h (P − 1) + 2 R + 1 changes?',
      `The hops are ${n(g.nextHop)} × ${n(g.nextPes - 1)} now.`,
      `The ramps are ${n(g.ramp)} cycles each, and wavelets still leave one a cycle.`,
    ],
    explain: (g) => [
      `${n(g.nextWords)} + ${n(g.nextHop)} × ${n(g.nextPes - 1)} + 2 × ${n(g.ramp)} + 1. Slower hops cost ${n((g.nextHop - g.hop) * (g.nextPes - 1))} cycles once, however long the message is.`,
    ],
  },
};
