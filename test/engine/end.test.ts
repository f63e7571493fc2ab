/** How runs end: collisions, machines in which nothing can move, wrong counts, and going back through snapshots. */
import { describe, expect, it } from 'vitest';
import { type EngineFactory, ProgramError } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { fabricIn, fabricOut, mem, scalar, setTo, vector } from '../../src/machine/builder.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Program } from '../../src/machine/program.ts';
import { TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { Sketch } from '../drivers/sketch.ts';

const { N, E, W, RAMP } = Port;
const ENGINES: ReadonlyArray<readonly [string, EngineFactory]> = [
  ['reference', createReferenceEngine],
  ['wavelet', createWaveletEngine],
];

/** The message of the program error a run ends with. */
function failureOf(factory: EngineFactory, program: Program): string {
  validateProgram(program);
  try {
    factory(program).advance(1_000_000);
  } catch (error) {
    if (error instanceof ProgramError) return error.message;
    throw error;
  }
  return 'none';
}

/** `count` words of color 0 from the west edge to the PEs of a row, of which PE x takes takes[x]. */
function broadcast(count: number, takes: readonly number[]): Program {
  const sketch = new Sketch(TEACHING, takes.length, 1).source(0, W, 0, new Array<number>(count).fill(1));
  takes.forEach((length, pe) => {
    const last = pe === takes.length - 1;
    sketch.route(pe, 0, [[maskOf(W), last ? maskOf(RAMP) : maskOf(E, RAMP)]]);
    const a = fabricIn(sketch.input(pe, 0));
    sketch.task(pe, [vector('receive', 'mov32', length, { to: mem(sketch.memory(pe, 4 * length)), a })], { name: 'main' });
  });
  return sketch.build();
}

describe.each(ENGINES)('the %s engine', (_, factory) => {
  it('reports two ports of one receive set with ready wavelets in one cycle: west and north at cycle 1', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 3, [[maskOf(W, N), maskOf(E)]]);
    sketch.source(0, W, 3, [1]).source(0, N, 3, [2]).sink(0, E, 3, 2);
    expect(failureOf(factory, sketch.build())).toBe('cycle 1: color 3 collides at PE 0,0: wavelets from north and west in one cycle');
  });

  it('lets the same ports share a receive set when their wavelets come in different cycles', () => {
    const sketch = new Sketch(TEACHING, 2, 1).route(0, 3, [[maskOf(W), maskOf(E)]]).route(1, 3, [[maskOf(W, N), maskOf(E)]]);
    const program = sketch.source(0, W, 3, [1]).source(1, N, 3, [2]).sink(1, E, 3, 2).build();
    expect(failureOf(factory, program)).toBe('none');
  });

  it('says who waits for what when a PE wants a word more than there is: 5 of 4', () => {
    expect(failureOf(factory, broadcast(4, [4, 5]))).toBe(
      'cycle 8: nothing can move any more: PE 1,0 waits for color 0 from the west; nothing sends it: source source 0 has sent all its words',
    );
  });

  it('says who waits for what when a PE takes too few words and its queue holds back the stream', () => {
    // PE 1 takes 1 word; its queue holds 4 + 2, its west FIFO 4. PE 0's FIFO has 4 of the 25 words, the host 10 more.
    expect(failureOf(factory, broadcast(25, [25, 1]))).toBe(
      [
        'cycle 15: nothing can move any more: PE 0,0 waits for color 0 from the west',
        'color 0 from the west in PE 0,0 waits for room in PE 1,0',
        'color 0 from the west in PE 1,0 waits for room in the input queue there',
        'PE 1,0 leaves 6 words of color 0 in its input queue',
        'nothing takes them: task main of PE 1,0 has ended',
        'also waiting: 1 source',
      ].join('; '),
    );
  });

  it('ends at once with an error when a sink gets 1 word instead of 2', () => {
    const sketch = new Sketch(TEACHING, 1, 1)
      .route(0, 0, [[maskOf(W), maskOf(E)]])
      .source(0, W, 0, [1])
      .sink(0, E, 0, 2);
    expect(failureOf(factory, sketch.build())).toBe(
      'cycle 2: the run is over, but sink sink 0 has received 1 word instead of 2; nothing sends it: source source 0 has sent all its words',
    );
  });

  it('names a switch that never turns', () => {
    const sketch = new Sketch(TEACHING, 1, 1).source(0, W, 0, [1]).sink(0, E, 0, 1);
    sketch.route(0, 0, [
      [maskOf(RAMP), maskOf(E)],
      [maskOf(W), maskOf(E)],
    ]);
    const message = failureOf(factory, sketch.build());
    expect(message).toContain('color 0 from the west in PE 0,0 waits for a switch, which takes from the ramp until it turns');
  });

  it('reports a loop that never ends and takes no time', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    sketch.task(0, [scalar('compute', setTo(0, 5)), { kind: 'loop', activity: 'compute', counter: 0, to: 0 }]);
    expect(failureOf(factory, sketch.build())).toBe('cycle 0: PE 0,0 (class 0), task t0, loops for ever without taking a cycle');
  });

  it('throws the same error again, and is finished at once when there is nothing to do', () => {
    const engine = factory(broadcast(4, [5]));
    expect(() => engine.advance(100)).toThrow('waits for color 0');
    expect(() => engine.advance(200)).toThrow('waits for color 0');
    const empty = factory(new Sketch(WSE2, 2, 2).build());
    empty.advance(10);
    expect([empty.finished, empty.cycle]).toEqual([true, 0]);
  });

  it('stops exactly where it is told to, and goes back through a snapshot to the same state', () => {
    const engine = factory(broadcast(20, [20, 20, 20]));
    engine.advance(9);
    const [at, snapshot] = [engine.stateHash(), engine.snapshot()];
    engine.advance(15);
    const later = engine.stateHash();
    engine.restore(snapshot);
    expect([engine.cycle, engine.stateHash()]).toEqual([9, at]);
    engine.advance(15);
    expect([engine.cycle, engine.stateHash()]).toEqual([15, later]);
  });

  it('shows words on their way, threads and switch positions of a PE', () => {
    const sketch = new Sketch(TEACHING, 1, 1).sink(0, E, 5, 3);
    sketch.route(0, 5, [
      [maskOf(RAMP), maskOf(E)],
      [maskOf(W), maskOf(E)],
    ]);
    const values = sketch.loaded(0, new Uint8Array(Uint32Array.of(7, 8, 9).buffer));
    sketch.task(0, [vector('send', 'mov32', 3, { to: fabricOut(sketch.output(0, 5), { advance: true }), a: mem(values) })]);
    const engine = factory(sketch.build());
    engine.advance(2);
    const { threads, fifos, positions } = engine.inspect(0);
    expect(threads).toMatchObject([{ thread: 8, task: 0, instruction: 0, position: 2, mark: -1 }]);
    expect(fifos.map((fifo) => [fifo.port, fifo.color, [...fifo.words]])).toEqual([[RAMP, 5, [7, 8]]]);
    expect([...positions]).toEqual([0]);
    engine.advance(100);
    expect([[...engine.inspect(0).positions], [...engine.sinkWords(0)], engine.cycle]).toEqual([[1], [7, 8, 9], 6]);
  });
});
