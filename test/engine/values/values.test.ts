/** What PEs compute without time. Every timing test compares it with the wavelet engine, too (test/drivers/timing.ts). */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../../src/base/pieces.ts';
import { Declined } from '../../../src/engine/timing/declined.ts';
import { MOST_AGENTS, timeProgram } from '../../../src/engine/timing/timing.ts';
import { computeLogged, computeSinks, computeValues, type Values } from '../../../src/engine/values/values.ts';
import { createWaveletEngine } from '../../../src/engine/wavelet.ts';
import { transformerLayer } from '../../../src/kernels/transformer_layer/index.ts';
import { mem, vector } from '../../../src/machine/builder.ts';
import type { Program } from '../../../src/machine/program.ts';
import { TEACHING } from '../../../src/machine/spec.ts';
import { randomProgram } from '../../drivers/random-program.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { madeLayer, planOf } from '../../kernels/layers.ts';

const CASES = 150;
const LENGTH = 8;

/** Main and a microthread write the same words: a PE whose values time decides, on a rectangle of that width. */
function racing(width: number): { readonly program: Program; readonly address: number } {
  const sketch = new Sketch(TEACHING, width, 1);
  const address = sketch.floats(0, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const up = vector('compute', 'mov32', LENGTH, { to: mem(address + 4), a: mem(address) });
  const down = vector('compute', 'mov32', LENGTH, { to: mem(address), a: mem(address + 4) });
  sketch.task(0, [{ ...up, thread: 0 }, down]);
  return { program: sketch.build(), address };
}

/** Whether the timing engine takes a program, and it comes to its end. */
function isTimed(program: Program): boolean {
  try {
    return !timeProgram(program).isStuck;
  } catch (error) {
    if (error instanceof Declined) return false;
    throw error;
  }
}

/** Words at the sinks and bytes of the PEs. */
function leftBy(program: Program, { sinks, memory }: Values): string[] {
  const bytes = Array.from(program.classOf, (cls, pe) =>
    program.classes[cls].memory.map(({ address, bytes }) => (address < program.machine.codeReserve ? '' : memory(pe, address, bytes).join())),
  );
  return [...sinks.map((words) => words.join()), ...bytes.flat()];
}

describe('values without time', () => {
  it(`are the same in an order of their own and in that of the timing engine, ${CASES} random programs`, () => {
    let compared = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const program = randomProgram(seed, false);
      if (!isTimed(program)) continue;
      compared++;
      expect(leftBy(program, toEnd(computeValues(program))), `seed ${seed}`).toEqual(leftBy(program, toEnd(computeLogged(program))));
    }
    expect(compared).toBeGreaterThan(CASES / 2);
  });

  it('are those of a whole layer in every bit: relays, FIFOs in memory, microthreads, switches', () => {
    const layer = madeLayer(256, 2, { feedForward: 256, kvHeads: 1 });
    const plan = planOf(layer, TEACHING);
    const sinks = toEnd(computeSinks(transformerLayer.build(plan, layer), undefined));
    const words = (values: Float32Array): string => new Uint32Array(values.buffer, values.byteOffset, values.length).join();
    expect(words(transformerLayer.gather(plan, sinks))).toBe(words(transformerLayer.plainLoop(plan, layer)));
  });

  it('take the order of time where two threads meet, and are declined there on more PEs than the timing engine orders', () => {
    const { program, address } = racing(2);
    const engine = createWaveletEngine(program);
    engine.advance(Number.MAX_SAFE_INTEGER);
    const bytes = 4 * (LENGTH + 1);
    expect(toEnd(computeValues(program)).memory(0, address, bytes)).toEqual(engine.memory(0, address, bytes));
    expect(() => toEnd(computeValues(racing(MOST_AGENTS + 1).program))).toThrow('values hang on time');
  });
});
