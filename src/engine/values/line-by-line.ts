/**
 * The values of programs whose PEs have nothing to say to one another: each takes one stream from the host and sends its results
 * down a line. They run one after the other in one memory, and nothing is kept but the results of a line.
 */
import type { Program } from '../../machine/program.ts';
import type { Wiring } from '../timing/wiring.ts';
import { valueClass } from './element.ts';
import { FreeElement, type Rules } from './free.ts';
import { Awake, DATA, Line, Outlet } from './lines.ts';
import { loader } from './network.ts';

/** Words that every sink receives, in order. Yields after every PE. @throws Unordered */
export function* computeLines(program: Program, { sourceOf, chains }: Wiring, rules: Rules): Generator<void, Uint32Array[]> {
  const classes = program.classes.map((cls) => valueClass(cls, program.machine));
  const load = loader(program.loads, program.classOf.length);
  const streams = program.sources.map(({ words }) => new Int32Array(words.buffer, words.byteOffset, words.length));
  const awake = new Awake();

  /** The words that a PE sends. */
  const runAlone = (pe: number): Uint32Array => {
    const { inputs, outputs, tasks } = program.classes[program.classOf[pe]];
    const sent = new Line(awake);
    if (tasks.length === 0) return sent.drain();
    const source = program.sources.at(sourceOf?.[pe] ?? 0);
    const lines = inputs.map(() => new Line(awake, true));
    const taken = inputs.findIndex(({ color }) => color === source?.color);
    if (taken >= 0) lines[taken].append(streams[sourceOf?.[pe] ?? 0], 0, streams[sourceOf?.[pe] ?? 0].length, DATA);
    const shared = classes[program.classOf[pe]];
    const outlet = new Outlet([sent]);
    const element = new FreeElement({ pe, shared, inputs: lines, outputs: outputs.map(() => outlet), turns: outputs.map(() => false), load }, rules);
    element.advance();
    return sent.drain();
  };

  const sinks = program.sinks.map(() => new Uint32Array());
  for (const { sink, line, shift, order } of chains) {
    const sent: Uint32Array[] = [];
    for (const at of line.pes) {
      sent.push(runAlone(at + shift));
      yield;
    }
    const next = new Uint32Array(sent.length);
    sinks[sink] = Uint32Array.from(order, (place) => sent[place][next[place]++]);
  }
  return sinks;
}
