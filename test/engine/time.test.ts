/**
 * Exact cycles of small hand-made programs: latency of hops, full rate on every preset and queue, ramps, switches, arbitration.
 * Every number follows from docs/tick.md by hand. `engines` lets the same numbers hold for every engine.
 */
import { describe, expect, it } from 'vitest';
import type { EngineFactory } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { fabricIn, fabricOut, mem, vector } from '../../src/machine/builder.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Program } from '../../src/machine/program.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Runs, Trace } from '../../src/trace/schema.ts';
import { Sketch } from '../drivers/sketch.ts';

const { N, E, S, W, RAMP } = Port;
const ENGINES: ReadonlyArray<readonly [string, EngineFactory]> = [
  ['reference', createReferenceEngine],
  ['wavelet', createWaveletEngine],
];
const words = (count: number, from = 1): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Runs a program to its end and returns its trace, cycles and what its sinks received. */
function run(factory: EngineFactory, program: Program): { trace: Trace; cycles: number; sinks: number[][] } {
  validateProgram(program);
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = factory(program, recorder);
  engine.advance(1_000_000);
  expect(engine.finished).toBe(true);
  const sinks = program.sinks.map((_, i) => [...engine.sinkWords(i)]);
  return { trace: recorder.finish(program.width, program.height, engine.cycle), cycles: engine.cycle, sinks };
}

/** Ticks of a lane's events. */
function ticks(runs: Runs, lane: number): number[] {
  const rows = [...runs.lane.keys()].filter((row) => runs.lane[row] === lane);
  return rows.flatMap((row) => Array.from({ length: runs.count[row] }, (_, i) => runs.begin[row] + i * runs.period[row]));
}

/** A row of PEs through which the host's words of color 0 pass from west to east into a sink. */
function pipe(machine: MachineSpec, pes: number, count: number): Program {
  const sketch = new Sketch(machine, pes, 1);
  for (let pe = 0; pe < pes; pe++) sketch.route(pe, 0, [[maskOf(W), maskOf(E)]]);
  return sketch
    .source(0, W, 0, words(count))
    .sink(pes - 1, E, 0, count)
    .build();
}

describe.each(ENGINES)('the %s engine', (_, factory) => {
  it('takes one hop of 1, 1 and 2 cycles a PE on Teaching, WSE-2 and WSE-3: 8 PEs are passed at cycle 8, 8 and 16', () => {
    const arrivals = Object.values(MACHINES).map((machine) => ticks(run(factory, pipe(machine, 8, 1)).trace.hostOut, 0));
    expect(arrivals).toEqual([[8], [8], [16]]);
  });

  it('a run is one cycle longer than its last departure: 1 word through 8 PEs of WSE-3 takes 17 cycles', () => {
    expect(run(factory, pipe(WSE3, 8, 1)).cycles).toBe(17);
  });

  it.each(Object.values(MACHINES))('carries 1.000 wavelets a cycle through 5 routers of $name', (machine) => {
    const arrivals = ticks(run(factory, pipe(machine, 5, 200)).trace.hostOut, 0);
    expect(arrivals).toEqual(words(200, 5 * machine.hop));
  });

  const hops = Object.values(MACHINES).flatMap((machine) => [1, 2, 3].map((hop) => ({ machine, name: machine.name, hop, fifoDepth: hop + 1 })));
  it.each(hops)('carries 1.000 wavelets a cycle on $name at hop $hop with FIFOs of $fifoDepth', ({ machine, hop, fifoDepth }) => {
    const { trace } = run(factory, pipe({ ...machine, hop, fifoDepth }, 5, 200));
    expect(ticks(trace.hostIn, 0)).toEqual(words(200, 0));
    expect(ticks(trace.hostOut, 0)).toEqual(words(200, 5 * hop));
  });

  it.each(hops)(
    'carries 1.000 wavelets a cycle from memory to memory over 4 PEs of $name at hop $hop with FIFOs of $fifoDepth',
    ({ machine, hop, fifoDepth }) => {
      const sketch = new Sketch({ ...machine, hop, fifoDepth }, 4, 1);
      for (let pe = 0; pe < 4; pe++) sketch.route(pe, 0, [[maskOf(pe === 0 ? RAMP : W), maskOf(pe === 3 ? RAMP : E)]]);
      const values = mem(sketch.floats(0, words(100)));
      sketch.task(0, [vector('send', 'mov32', 100, { to: fabricOut(sketch.output(0, 0), { advance: false }), a: values })]);
      sketch.task(3, [vector('receive', 'mov32', 100, { to: mem(sketch.memory(3, 400)), a: fabricIn(sketch.input(3, 0)) })]);
      const { trace } = run(factory, sketch.build());
      const [sends, uses] = [ticks(trace.sends, 0), ticks(trace.uses, 0)];
      expect([sends[99] - sends[0], uses[99] - uses[0]]).toEqual([99, 99]);
    },
  );

  it('carries 2 wavelets in 3 cycles at hop 2 when a FIFO holds only 2 wavelets', () => {
    const arrivals = ticks(run(factory, pipe({ ...WSE3, fifoDepth: 2 }, 5, 200)).trace.hostOut, 0);
    expect(arrivals[199] - arrivals[1]).toBe(297);
  });

  const queues = Object.values(MACHINES).flatMap((machine) => machine.inputQueues.map((depth, queue) => ({ machine, name: machine.name, queue, depth })));
  it.each(queues)('receives 1.000 wavelets a cycle into input queue $queue of $name, $depth deep', ({ machine, queue }) => {
    const sketch = new Sketch(machine, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, words(100));
    const q = sketch.input(0, 0, queue);
    sketch.task(0, [vector('receive', 'mov32', 100, { to: mem(sketch.memory(0, 400)), a: fabricIn(q) })]);
    const uses = ticks(run(factory, sketch.build()).trace.uses, 0);
    expect(uses[99] - uses[0]).toBe(99);
  });

  const outputs = Object.values(MACHINES).flatMap((machine) => machine.outputQueues.map((depth, queue) => ({ machine, name: machine.name, queue, depth })));
  it.each(outputs)('sends 1.000 wavelets a cycle from output queue $queue of $name, $depth deep', ({ machine, queue }) => {
    const sketch = new Sketch(machine, 1, 1).route(0, 0, [[maskOf(RAMP), maskOf(E)]]).sink(0, E, 0, 100);
    const q = sketch.output(0, 0, queue);
    sketch.task(0, [vector('send', 'mov32', 100, { to: fabricOut(q, { advance: false }), a: mem(sketch.floats(0, words(100))) })]);
    const { trace } = run(factory, sketch.build());
    const [sends, leaves] = [ticks(trace.sends, 0), ticks(trace.hostOut, 0)];
    expect(leaves).toEqual(words(100, sends[0] + 1 + machine.ramp));
  });

  it('a word climbs the ramp in T_R = 2: from the edge at 0 to the router at 1, off it at 1, consumed at 3 on Teaching', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, [7]);
    const queue = sketch.input(0, 0);
    sketch.task(0, [vector('receive', 'mov32', 1, { to: mem(sketch.memory(0, 8)), a: fabricIn(queue) })]);
    const { trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.hostIn, 0), ticks(trace.moves, 0), ticks(trace.uses, 0), cycles]).toEqual([[0], [1], [3], 4]);
  });

  it('a chain reduce on WSE-2 has a slope of hop + 2 T_R + 1 = 6 cycles a PE, as published', () => {
    const cycles = [4, 5, 8].map((pes) => run(factory, chainReduce(WSE2, pes, 10)).cycles);
    expect([cycles[1] - cycles[0], cycles[2] - cycles[1]]).toEqual([6, 18]);
  });

  it.each([
    [1, 2],
    [64, 8],
    [100, 40],
  ])('a broadcast of B = %i words over P = %i PEs in a row takes B + P + 4 cycles without set-up, as the HPDC 2024 model says', (length, pes) => {
    const machine = { ...WSE2, setup: { base: 0, perOperand: 0, mapped: 0, descriptorWords: 0 } };
    const sketch = new Sketch(machine, pes, 1);
    for (let pe = 0; pe < pes; pe++) {
      sketch.route(pe, 0, [[maskOf(pe === 0 ? RAMP : W), pe === 0 ? maskOf(E) : pe < pes - 1 ? maskOf(E, RAMP) : maskOf(RAMP)]]);
      if (pe > 0) sketch.task(pe, [vector('receive', 'mov32', length, { to: mem(sketch.memory(pe, 4 * length)), a: fabricIn(sketch.input(pe, 0)) })]);
    }
    const values = mem(sketch.floats(0, words(length)));
    sketch.task(0, [vector('send', 'mov32', length, { to: fabricOut(sketch.output(0, 0), { advance: false }), a: values })]);
    expect(run(factory, sketch.build()).cycles).toBe(length + pes + 4);
  });

  it('a chain reduce adds up every PE: 5 PEs of ones give 5', () => {
    const [sum] = run(factory, chainReduce(WSE2, 5, 3)).sinks;
    expect([...new Float32Array(Uint32Array.from(sum).buffer)]).toEqual([5, 5, 5]);
  });

  it('a multicast goes to all of its targets or to none: a PE that starts 40 cycles late holds back its sibling', () => {
    const sketch = new Sketch({ ...WSE2, inputQueues: [1], fifoDepth: 2 }, 2, 1);
    sketch
      .route(0, 0, [[maskOf(W), maskOf(E, RAMP)]])
      .route(1, 0, [[maskOf(W), maskOf(RAMP)]])
      .source(0, W, 0, words(20));
    for (const pe of [0, 1]) {
      const queue = sketch.input(pe, 0);
      const late = vector('compute', 'f32_scale', 40, { to: mem(sketch.memory(pe, 160)), a: mem(sketch.memory(pe, 160)), scalar: { imm: 0 } });
      const receive = vector('receive', 'mov32', 20, { to: mem(sketch.memory(pe, 80)), a: fabricIn(queue) });
      sketch.task(pe, pe === 1 ? [late, receive] : [receive]);
    }
    const { trace } = run(factory, sketch.build());
    const [early, late] = [ticks(trace.uses, 0), ticks(trace.uses, 1)];
    // PE 1 issues its first element at 6 + 40 + 6. Until then its queue takes 1 + T_R words and its west FIFO 2: 5 words pass PE 0.
    // The word taken at 52 makes room in the queue at 53 and in the FIFO at 54, when the sixth word leaves PE 0's router for both.
    expect(late[0]).toBe(52);
    expect(early.slice(0, 6)).toEqual([6, 7, 8, 9, 10, 56]);
  });

  it('a drain by switch delivers each PE’s own words first and then those from behind', () => {
    const sketch = new Sketch(TEACHING, 3, 1);
    for (let pe = 0; pe < 3; pe++) {
      const behind = pe < 2 ? E : RAMP;
      sketch.route(pe, 4, [
        [maskOf(RAMP), maskOf(W)],
        [maskOf(behind), maskOf(W)],
      ]);
      const values = mem(sketch.floats(pe, [10 * pe, 10 * pe + 1]));
      sketch.task(pe, [vector('send', 'mov32', 2, { to: fabricOut(sketch.output(pe, 4), { advance: true }), a: values })]);
    }
    const { trace, sinks } = run(factory, sketch.sink(0, W, 4, 6).build());
    expect([...new Float32Array(Uint32Array.from(sinks[0]).buffer)]).toEqual([0, 1, 10, 11, 20, 21]);
    // The first word is issued at 0, climbs the ramp from 1 and leaves at 1 + T_R = 3. The switch turns after the word at 4, and those behind it are waiting.
    expect(ticks(trace.hostOut, 0)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('two colors on one link take turns: each gets every second cycle while both have words', () => {
    const sketch = new Sketch(TEACHING, 2, 2);
    sketch.route(0, 0, [[maskOf(W), maskOf(E)]]).route(0, 1, [[maskOf(N), maskOf(E)]]);
    sketch.route(1, 0, [[maskOf(W), maskOf(E)]]).route(1, 1, [[maskOf(W), maskOf(N)]]);
    sketch.source(0, W, 0, words(5)).source(0, N, 1, words(5));
    const { trace } = run(factory, sketch.sink(1, E, 0, 5).sink(1, N, 1, 5).build());
    expect([ticks(trace.hostOut, 0), ticks(trace.hostOut, 1)]).toEqual([
      [2, 4, 6, 8, 10],
      [3, 5, 7, 9, 11],
    ]);
  });

  it('a scatter turns a ring of four switch positions once around and back to the first', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    sketch.route(
      0,
      2,
      [N, E, S, W].map((port) => [maskOf(RAMP), maskOf(port)]),
      true,
    );
    const queue = sketch.output(0, 2);
    const values = sketch.loaded(0, new Uint8Array(Uint32Array.from(words(5)).buffer));
    const send = (i: number) => vector('send', 'mov32', 1, { to: fabricOut(queue, { advance: true }), a: mem(values + 4 * i) });
    sketch.task(0, [0, 1, 2, 3, 4].map(send));
    sketch.sink(0, N, 2, 2).sink(0, E, 2, 1).sink(0, S, 2, 1).sink(0, W, 2, 1);
    expect(run(factory, sketch.build()).sinks).toEqual([[1, 5], [2], [3], [4]]);
  });
});

/** PEs in a row add a vector of ones to what comes from the east and pass it west into a sink, in two alternating colors. */
function chainReduce(machine: MachineSpec, pes: number, length: number): Program {
  const sketch = new Sketch(machine, pes, 1);
  for (let pe = 0; pe < pes; pe++) {
    const [own, behind] = [pe % 2, (pe + 1) % 2];
    const ones = mem(sketch.floats(pe, new Array<number>(length).fill(1)));
    sketch.route(pe, own, [[maskOf(RAMP), maskOf(W)]]);
    const to = fabricOut(sketch.output(pe, own), { advance: false });
    if (pe === pes - 1) sketch.task(pe, [vector('send', 'mov32', length, { to, a: ones })]);
    else {
      sketch.route(pe, behind, [[maskOf(E), maskOf(RAMP)]]);
      sketch.task(pe, [vector('compute', 'f32_add', length, { to, a: fabricIn(sketch.input(pe, behind)), b: ones })]);
    }
  }
  return sketch.sink(0, W, 0, length).build();
}
