/**
 * The values of programs whose PEs have nothing to say to one another: each takes one stream from the host and sends its results
 * down a line. They run sixteen at a time where there is SIMD and their code suits it (lanes.ts), else one after the other, in one
 * memory, and nothing is kept but the results of a line.
 */
import type { Program } from '../../machine/program.ts';
import type { Wiring } from '../timing/wiring.ts';
import { type ValueClass, valueClass } from './element.ts';
import { FreeElement, type Rules } from './free.ts';
import { LANES } from './lane-code.ts';
import { type Lanes, lanesOf } from './lanes.ts';
import { Awake, DATA, Line, Outlet } from './lines.ts';
import { type Loader, sortingLoads } from './loads.ts';

/** Fewer PEs are not worth a turn of all lanes. */
const FEWEST = 3;
/** Words of a stream that a PE is given from one yield to the next. */
const PART = 1 << 16;
const NOTHING = new Int32Array();
/** Classes with lanes at most: each has its memory. */
const MOST_CLASSES = 16;

/** Words that every sink receives, in order; `simd` false leaves the lanes out. In pieces. @throws Unordered */
export function* computeLines(program: Program, { sourceOf, chains }: Wiring, rules: Rules, simd = true): Generator<void, Uint32Array[]> {
  const load = yield* sortingLoads(program.loads, program.classOf.length);
  const alone = new PesAlone(program, load, sourceOf, rules, simd);
  const sinks = program.sinks.map(() => new Uint32Array());
  for (const { sink, line, shift, order } of chains) {
    const sent: Uint32Array[] = [];
    const pes = Array.from(line.pes, (pe) => pe + shift);
    for (let from = 0; from < pes.length; from = sent.length) {
      sent.push(...(yield* alone.running(pes, from)));
      yield;
    }
    const next = new Uint32Array(sent.length);
    sinks[sink] = Uint32Array.from(order, (place) => sent[place][next[place]++]);
  }
  return sinks;
}

class PesAlone {
  private readonly program: Program;
  private readonly sourceOf: Int16Array | undefined;
  private readonly rules: Rules;
  private readonly simd: boolean;
  private readonly classes: readonly ValueClass[];
  private readonly load: Loader;
  private readonly streams: readonly Int32Array[];
  private readonly lanes = new Map<number, Lanes | undefined>();
  private readonly awake = new Awake();

  constructor(program: Program, load: Loader, sourceOf: Int16Array | undefined, rules: Rules, simd: boolean) {
    this.program = program;
    this.load = load;
    this.sourceOf = sourceOf;
    this.rules = rules;
    this.simd = simd;
    this.classes = program.classes.map((cls) => valueClass(cls, program.machine));
    this.streams = program.sources.map(({ words }) => new Int32Array(words.buffer, words.byteOffset, words.length));
  }

  /** What the next PEs of a list from `from` on send: those that can run at once, or one. */
  *running(pes: readonly number[], from: number): Generator<void, readonly Uint32Array[]> {
    const { classOf } = this.program;
    const [cls, source] = [classOf[pes[from]], this.sourceFor(pes[from])];
    let to = from + 1;
    while (to < pes.length && to - from < LANES && classOf[pes[to]] === cls && this.sourceFor(pes[to]) === source) to++;
    const some = pes.slice(from, to);
    const stream = this.streams.at(source);
    const lanes = stream && some.length >= FEWEST ? this.lanesFor(cls) : undefined;
    const sent = stream && lanes && (yield* lanes.running(stream, some.length, (lane, put) => this.load(some[lane], put)));
    if (lanes && !lanes.isSuited) this.lanes.set(cls, undefined);
    if (sent) return sent;
    const own: Uint32Array[] = [];
    for (const pe of some) own.push(yield* this.one(pe));
    return own;
  }

  private sourceFor(pe: number): number {
    return this.sourceOf?.[pe] ?? 0;
  }

  private lanesFor(cls: number): Lanes | undefined {
    if (!this.simd) return undefined;
    if (!this.lanes.has(cls) && this.lanes.size < MOST_CLASSES) {
      const words = this.streams.reduce((most, { length }) => Math.max(most, length), 0);
      this.lanes.set(cls, lanesOf(this.program.classes[cls], this.program.machine, words));
    }
    return this.lanes.get(cls);
  }

  /** What a PE sends. */
  private *one(pe: number): Generator<void, Uint32Array> {
    const { program, load, rules, awake } = this;
    const cls = program.classOf[pe];
    const { inputs, outputs, tasks } = program.classes[cls];
    const sent = new Line(awake);
    if (tasks.length === 0) return sent.drain();
    const source = this.sourceFor(pe);
    const lines = inputs.map(() => new Line(awake, true));
    const taken = inputs.findIndex(({ color }) => color === program.sources.at(source)?.color);
    const outlet = new Outlet([sent]);
    const turns = outputs.map(() => false);
    const element = new FreeElement({ pe, shared: this.classes[cls], inputs: lines, outputs: turns.map(() => outlet), turns, load }, rules);
    element.advance();
    const stream = taken < 0 ? NOTHING : this.streams[source];
    for (let at = 0; at < stream.length; at += PART) {
      lines[taken].append(stream, at, Math.min(stream.length, at + PART), DATA);
      element.advance();
      yield;
    }
    return sent.drain();
  }
}
