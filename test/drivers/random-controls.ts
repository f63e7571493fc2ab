/** Streams of random programs that control wavelets steer from one PE of a path to the next. */
import { type Command, encodeControl, POPS } from '../../src/machine/control.ts';
import { maskOf, OPPOSITE, Port } from '../../src/machine/fabric.ts';
import type { Dice } from './random-program.ts';
import { CONTROL_TASK, freeEdges, type Job, paceOf, pesOf, randomPath, randomWords } from './random-streams.ts';
import type { Sketch } from './sketch.ts';

/**
 * The host sends a segment of words for each PE of a path. Behind each segment a control wavelet turns the switch of the PE
 * that took it, from its ramp to the next PE. Now and then its commands are others, and it may go up the ramp too.
 */
export function addSteered(d: Dice, sketch: Sketch, jobs: Job[][], newColor: () => number): boolean {
  const entries = pesOf(sketch).filter((pe) => freeEdges(sketch, pe).length > 0);
  if (entries.length === 0) return false;
  const color = newColor();
  const { pes, ports } = randomPath(d, sketch, d.between(2, 5), d.pick(entries));
  const entry = d.pick(freeEdges(sketch, pes[0]));
  const words: number[] = [];
  const controls: number[] = [];
  for (const [i, pe] of pes.entries()) {
    const from = maskOf(i === 0 ? entry : OPPOSITE[ports[i - 1]]);
    const last = i === pes.length - 1;
    sketch.route(pe, color, [[from, maskOf(Port.RAMP)], ...(last ? [] : [[from, maskOf(ports[i])] as const])], false, d.pick(POPS));
    const segment = randomWords(d, d.between(1, 5));
    words.push(...segment);
    controls.push(...new Array<number>(segment.length).fill(0));
    jobs[pe].push({ kind: 'receive', color, words: segment.length });
    if (last) continue;
    const filtered = d.chance(0.6);
    words.push(steer(d, i + 1, filtered));
    controls.push(1);
    if (!filtered) jobs[pe].push({ kind: 'controlled' });
  }
  sketch.source(pes[0], entry, color, words, { ...paceOf(d), controls: Uint8Array.from(controls) });
  return true;
}

/** Turns the `hops`-th router, whatever those before it take off: each executes `advance`. One command leaves room for data. */
function steer(d: Dice, hops: number, filtered: boolean): number {
  const commands = new Array<Command>(hops).fill('advance');
  if (d.chance(0.08)) commands[d.below(hops)] = d.pick(['nop', 'reset', 'teardown', 'advance']);
  const data = hops === 1 ? { data: d.below(65536) } : {};
  return encodeControl(commands, { filtered, ...data, ...(!filtered && { task: CONTROL_TASK }) });
}
