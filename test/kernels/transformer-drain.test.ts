/**
 * The way out of a layer's region, as a small program of its own (docs/tick.md, rules 2, 3 and 6): fabric rows drain west through
 * switches, the spine merges them from the bottom upwards, filtered control wavelets turn everything back for the next token.
 */
import { describe, expect, it } from 'vitest';
import { fabricIn, fabricOut, mem, vector } from '../../src/machine/builder.ts';
import { encodeControl } from '../../src/machine/control.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Instruction, Program } from '../../src/machine/program.ts';
import { MACHINES, type MachineSpec } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { Sketch } from '../drivers/sketch.ts';
import { bytesOf, ENGINES, run, wordsAt } from '../engine/semantics/engines.ts';

const { N, E, S, W, RAMP } = Port;
const TOKENS = 4;
/** PEs with words in each fabric row, from the top: the top row is not full. */
const USED = [2, 3, 3];
const WIDTH = 5;
const COLOR = 0;
const WORDS = USED.reduce((a, b) => a + b, 0);

/** Column 0 is the spine; its last router leads to its ramp. Every PE sends token * 100 + its place, once a token. */
function region(machine: MachineSpec): { readonly program: Program; readonly received: number } {
  const sketch = new Sketch(machine, WIDTH, USED.length);
  let place = WORDS;
  USED.forEach((used, y) => {
    const spine = y * WIDTH;
    const down = maskOf(y === USED.length - 1 ? RAMP : S);
    sketch.route(
      spine,
      COLOR,
      [[maskOf(E), down] as const, [maskOf(N), down] as const].filter((_, i) => y > 0 || i === 0),
    );
    place -= used;
    for (let i = 0; i < used; i++) addSender(sketch, spine + 1 + i, place + i);
    addTurner(sketch, spine + 1 + used, y === 0);
  });
  const end = (USED.length - 1) * WIDTH;
  const received = sketch.memory(end, 4 * WORDS * TOKENS);
  sketch.task(end, [vector('receive', 'mov32', WORDS * TOKENS, { to: mem(received), a: fabricIn(sketch.input(end, COLOR)) })]);
  return { program: sketch.build(), received };
}

function addSender(sketch: Sketch, pe: number, place: number): void {
  sketch.route(pe, COLOR, [[maskOf(RAMP), maskOf(W)] as const, [maskOf(E), maskOf(W)] as const], true);
  const words = sketch.loaded(pe, bytesOf(Array.from({ length: TOKENS }, (_, token) => 100 * token + place)));
  const to = fabricOut(sketch.output(pe, COLOR), { advance: true });
  sketch.task(
    pe,
    eachToken((token) => vector('send', 'mov32', 1, { to, a: mem(words + 4 * token) })),
  );
}

function addTurner(sketch: Sketch, pe: number, resets: boolean): void {
  sketch.route(pe, COLOR, [[maskOf(RAMP), maskOf(W)]]);
  const word = mem(sketch.loaded(pe, bytesOf([encodeControl([resets ? 'reset' : 'advance'], { filtered: true })])));
  const to = { ...fabricOut(sketch.output(pe, COLOR), { advance: false }), control: true };
  sketch.task(
    pe,
    eachToken(() => vector('send', 'mov32', 1, { to, a: word })),
  );
}

const eachToken = (code: (token: number) => Instruction): Instruction[] => Array.from({ length: TOKENS }, (_, token) => code(token));

describe.each(ENGINES)('a region drains on the %s engine', (_, factory) => {
  it.each(Object.values(MACHINES).map((machine) => [machine.name, machine] as const))(
    '%s: 8 words a token in ascending order, token by token, 3 control wavelets a token kept from the ramp',
    (__, machine) => {
      const { program, received } = region(machine);
      validateProgram(program);
      const { engine } = run(factory, program);
      const expected = Array.from({ length: TOKENS }, (___, token) => Array.from({ length: WORDS }, (____, place) => 100 * token + place)).flat();
      expect(wordsAt(engine, (USED.length - 1) * WIDTH, received, WORDS * TOKENS)).toEqual(expected);
      for (let pe = 0; pe < WIDTH * USED.length; pe++) expect(engine.inspect(pe).positions.every((position) => position === 0)).toBe(true);
    },
  );
});
