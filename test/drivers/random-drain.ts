/**
 * Programs that drain: fabric rows of PEs send through switches to a column that merges them, down to a sink, some rounds. Now
 * and then a switch, a command or a number of words is another one, so that some get stuck.
 */
import type { Rng } from '../../src/base/rng.ts';
import { fabricOut, mem, scalar, setTo, vector } from '../../src/machine/builder.ts';
import { type Command, encodeControl, MAX_COMMANDS, POPS, type Pop } from '../../src/machine/control.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Instruction, Program } from '../../src/machine/program.ts';
import { between, pick, randomMachine } from './late.ts';
import { Sketch } from './sketch.ts';

const { N, E, S, W, RAMP } = Port;
const COLOR = 3;

interface Wish {
  readonly rounds: number;
  readonly pop: Pop;
  /** Whether something is to be otherwise. */
  readonly odd: () => boolean;
}

/** Rows of up to `widest` PEs; every row ends with a PE whose control wavelet turns the switches of its row back, and the column's on to the row above. */
export function randomDrain(r: Rng, widest = 5): Program {
  const sketch = new Sketch(randomMachine(r), between(r, 2, widest), between(r, 1, 3));
  const { width, height } = sketch;
  const isRight = r.below(3) > 0;
  const wish = { rounds: between(r, 1, 3), pop: popOf(r, sketch), odd: () => !isRight && r.below(6) === 0 };
  let expected = 0;
  for (let y = 0; y < height; y++) {
    addColumn(sketch, y, wish);
    for (let x = 1; x < width; x++) expected += x < width - 1 ? addSender(r, sketch, y * width + x, wish) : addTurner(r, sketch, y, wish);
  }
  return sketch.sink((height - 1) * width, S, COLOR, expected).build();
}

/** Where commands are popped, a control wavelet carries one for each switch on its way, of which there is a most. */
function popOf(r: Rng, { width, height }: Sketch): Pop {
  const pop = pick(r, POPS);
  return width + height - 1 > MAX_COMMANDS ? 'never' : pop;
}

/** Own row, then those above. */
function addColumn(sketch: Sketch, y: number, { pop, odd }: Wish): void {
  const [own, above] = [E, N].map((port) => [maskOf(port), maskOf(S)] as const);
  sketch.route(y * sketch.width, COLOR, y === 0 ? [own] : [own, above], odd(), pop);
}

/** Its own words, the last of which turns its switch, then those from further away. */
function addSender(r: Rng, sketch: Sketch, pe: number, { rounds, pop, odd }: Wish): number {
  const [own, others] = [RAMP, E].map((port) => [maskOf(port), maskOf(W)] as const);
  sketch.route(pe, COLOR, odd() ? [others, own] : [own, others], !odd(), pop);
  const words = between(r, 1, 6);
  const output = sketch.output(pe, COLOR);
  const from = sketch.floats(
    pe,
    Array.from({ length: words }, () => r.unit()),
  );
  const code = Array.from({ length: rounds }, () => [stall(r), vector('send', 'mov32', words, { to: fabricOut(output, { advance: !odd() }), a: mem(from) })]);
  sketch.task(pe, code.flat());
  return rounds * words;
}

function addTurner(r: Rng, sketch: Sketch, y: number, { rounds, pop, odd }: Wish): number {
  const { width, height } = sketch;
  const pe = y * width + width - 1;
  sketch.route(pe, COLOR, [[maskOf(RAMP), maskOf(W)]], false, pop);
  const command: Command = y === 0 ? 'reset' : 'advance';
  const commands = new Array<Command>(pop === 'never' ? 1 : width + height - 1 - y).fill(command);
  const words = Array.from({ length: rounds }, () => encodeControl(odd() ? ['nop'] : commands));
  const from = sketch.loaded(pe, new Uint8Array(Uint32Array.from(words).buffer));
  const output = sketch.output(pe, COLOR);
  const code = words.map((_, i) => [
    stall(r),
    vector('send', 'mov32', 1, { to: { ...fabricOut(output, { advance: false }), control: true }, a: mem(from + 4 * i) }),
  ]);
  sketch.task(pe, code.flat());
  return rounds;
}

const stall = (r: Rng): Instruction => scalar('compute', ...Array.from({ length: between(r, 1, 30) }, () => setTo(15, 0)));
