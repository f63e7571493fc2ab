/**
 * Random programs in which long streams flow freely for a while: rows of PEs behind one another, fed by the host or by a PE, which
 * take every word in pieces of random lengths and work in between; some add and send on to the next row. What engines
 * that move many words in one visit must get right, and the small programs of random-program.ts seldom show.
 */
import { type Rng, rng } from '../../src/base/rng.ts';
import { accumulator, fabricIn, fabricOut, immediate, mem, scalar, setTo, vector } from '../../src/machine/builder.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Instruction, Program } from '../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { Sketch } from './sketch.ts';

const { E, S, W, N, RAMP } = Port;

/** A seed is all that is needed to repeat one: up to 6 x 3 PEs, up to 160 words a row. */
export function randomFlow(seed: number): Program {
  const random = rng(seed);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const chance = (probability: number): boolean => random.unit() < probability;
  const [width, height, words] = [between(2, 6), between(1, 3), between(12, 160)];
  const sketch = new Sketch(machineOf(between, chance), width, height);
  const alike = chance(0.5) ? between(30, 60) : 0;
  const inner = { random, between, chance, sketch, width, words, alike };
  const comb = chance(0.4);
  for (let y = 0; y < height; y++) row(inner, y, comb, height);
  return sketch.build();
}

interface Flow {
  readonly random: Rng;
  readonly between: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly sketch: Sketch;
  readonly width: number;
  readonly words: number;
  /** Words of every piece but the last, or 0: each PE has its own. */
  readonly alike: number;
}

function machineOf(between: Flow['between'], chance: Flow['chance']): MachineSpec {
  const depths = (count: number): number[] => Array.from({ length: count }, () => between(1, 8));
  return {
    ...(chance(0.5) ? WSE2 : TEACHING),
    hop: between(1, 3),
    ramp: between(1, 3),
    fifoDepth: between(1, 5),
    inputQueues: depths(8),
    outputQueues: depths(6),
    setup: { base: chance(0.3) ? 0 : between(1, 6), perOperand: 0, mapped: 0, descriptorWords: 0 },
  };
}

/** Rows of a `comb` all hang on the first column, fed by one source; others have a feeder each: a source or their first PE. */
function row(f: Flow, y: number, comb: boolean, height: number): void {
  const { sketch, width, words, chance, between } = f;
  const first = y * width;
  const values = Array.from({ length: words }, () => between(-8, 8) / 8);
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const sends = !comb && chance(0.5);
  if (sends) {
    sketch.route(first, 0, [[maskOf(RAMP), maskOf(E)]]);
    const from = mem(sketch.floats(first, values));
    const op = vector('send', 'mov32', words, { to: fabricOut(sketch.output(first, 0), { advance: false }), a: from });
    sketch.task(first, [...work(f, first), chance(0.4) ? { ...op, thread: 0 } : op]);
  } else if (!comb) sketch.source(first, W, 0, bits);
  else if (y === 0) sketch.source(first, N, 0, bits);
  let color = 0;
  for (let x = sends ? 1 : 0; x < width; x++) {
    const pe = first + x;
    const last = x === width - 1;
    const comes = comb && x === 0 ? N : W;
    const down = comb && x === 0 && y < height - 1 ? [S] : [];
    if (!last && x > 0 && chance(0.3)) {
      sketch.route(pe, color, [[maskOf(comes), maskOf(RAMP)]]);
      sketch.route(pe, color + 1, [[maskOf(RAMP), maskOf(E)]]);
      relay(f, pe, color);
      color++;
    } else if (!last && chance(0.15)) sketch.route(pe, color, [[maskOf(comes), maskOf(E, ...down)]]);
    else {
      const out = last && chance(0.3);
      if (out) sketch.sink(pe, E, color, words);
      sketch.route(pe, color, [[maskOf(comes), maskOf(RAMP, ...(last && !out ? [] : [E]), ...down)]]);
      take(f, pe, color);
    }
  }
}

/** Takes all words of a color in pieces. */
function take(f: Flow, pe: number, color: number): void {
  const { sketch, words, alike, between, chance } = f;
  const queue = fabricIn(sketch.input(pe, color));
  const memory = sketch.floats(
    pe,
    Array.from({ length: words }, (_, i) => (i % 7) - 3),
  );
  const code: Instruction[] = [...work(f, pe), scalar('compute', setTo(1, 0))];
  for (let done = 0; done < words; ) {
    const length = Math.min(words - done, alike || between(1, 60));
    const at = mem(memory + 4 * done);
    const kind = between(0, 3);
    if (kind === 0) code.push(vector('receive', 'mov32', length, { to: at, a: queue }));
    else if (kind === 1) {
      // Where the source lies a little before the destination, products are factors of later ones.
      const shift = chance(0.4) ? between(1, 5) : 0;
      code.push(vector('compute', 'f32_mul', length, { to: at, a: mem(memory + 4 * Math.max(0, done - shift)), b: queue }));
    } else if (kind === 2) code.push(vector('compute', 'f32_dot', length, { to: accumulator(1), a: at, b: queue }));
    else code.push(vector('compute', 'f32_add', length, { to: at, a: at, b: queue }));
    if (kind < 2 && chance(alike ? 0.8 : 0.3)) code.push(vector('compute', 'f32_sum', length, { to: accumulator(2), a: at }));
    if (chance(0.6)) code.push(...work(f, pe));
    done += length;
  }
  const only = code.at(-1);
  if (only?.kind === 'vector' && only.b === queue && chance(0.5)) code[code.length - 1] = { ...only, thread: 0 };
  sketch.task(pe, code);
}

/** Adds to what comes on a color and sends it on the next one. */
function relay(f: Flow, pe: number, color: number): void {
  const { sketch, words, chance } = f;
  const a = mem(
    sketch.floats(
      pe,
      Array.from({ length: words }, (_, i) => i % 5),
    ),
  );
  const [b, to] = [fabricIn(sketch.input(pe, color)), fabricOut(sketch.output(pe, color + 1), { advance: false })];
  const op = chance(0.8) ? vector('send', 'f32_add', words, { to, a, b }) : vector('send', 'mov32', words, { to, a: b });
  sketch.task(pe, [...work(f, pe), chance(0.5) ? { ...op, thread: 0 } : op]);
}

/** Keeps a PE busy for a random time. */
function work({ sketch, between, chance }: Flow, pe: number): Instruction[] {
  if (chance(0.3)) return [];
  const length = between(1, 50);
  const at = mem(sketch.floats(pe, new Array<number>(length).fill(1)));
  return [vector('compute', 'f32_scale', length, { to: at, a: at, scalar: immediate(1065353216) })];
}
