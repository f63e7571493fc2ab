/** The host, tick by tick: rated and sleeping lanes, and steps that begin when the machine is at rest. */
import { describe, expect, it } from 'vitest';
import { fabricIn, fabricOut, mem, vector } from '../../../src/machine/builder.ts';
import { encodeControl } from '../../../src/machine/control.ts';
import { maskOf, Port } from '../../../src/machine/fabric.ts';
import type { HostStep, LoadTable } from '../../../src/machine/program.ts';
import { TEACHING } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { bytesOf, ENGINES, failure, run, spans, ticks, upward, wordsAt } from './engines.ts';

const { N, E, W, RAMP } = Port;
const pass = () => new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(E)]]);

describe.each(ENGINES)('host lanes of the %s engine', (_, factory) => {
  it('a source of 2 words in 5 cycles sends at 0, 3, 5, 8, 10, 13, each out of the router a hop later', () => {
    const program = pass()
      .source(0, W, 0, upward(6), { rate: { words: 2, cycles: 5 } })
      .sink(0, E, 0, 6)
      .build();
    const { trace, cycles } = run(factory, program);
    expect([ticks(trace.hostIn, 0), ticks(trace.hostOut, 0), cycles]).toEqual([[0, 3, 5, 8, 10, 13], [1, 4, 6, 9, 11, 14], 15]);
  });

  it('a sink of 1 word in 3 cycles lets words leave at 1, 4, 7, 10, ...; behind it a FIFO of 4 fills and holds back the source', () => {
    const program = pass()
      .source(0, W, 0, upward(8))
      .sink(0, E, 0, 8, { rate: { words: 1, cycles: 3 } })
      .build();
    const { trace, cycles } = run(factory, program);
    expect([ticks(trace.hostOut, 0), cycles]).toEqual([[1, 4, 7, 10, 13, 16, 19, 22], 23]);
    // Occupancy after the word of tick 4 is 4; the departures at 4, 7 and 10 make room for 5, 8 and 11.
    expect(ticks(trace.hostIn, 0)).toEqual([0, 1, 2, 3, 4, 5, 8, 11]);
  });

  it('lanes with a timetable: words enter and leave at its ticks, or as soon after them as they can', () => {
    const program = pass()
      .source(0, W, 0, upward(4), { rate: { ticks: Uint32Array.of(2, 3, 9, 20) } })
      .sink(0, E, 0, 4, { rate: { ticks: Uint32Array.of(1, 7, 10, 30) } })
      .build();
    const { trace, cycles } = run(factory, program);
    expect([ticks(trace.hostIn, 0), ticks(trace.hostOut, 0), cycles]).toEqual([[2, 3, 9, 20], [3, 7, 10, 30], 31]);
  });

  it('idle time earns no credit: a sink of 2 words in 5 cycles after 20 idle ones still takes 21, 24, 26', () => {
    const program = pass()
      .source(0, W, 0, upward(3), { from: 20 })
      .sink(0, E, 0, 3, { rate: { words: 2, cycles: 5 } })
      .build();
    expect(ticks(run(factory, program).trace.hostOut, 0)).toEqual([21, 24, 26]);
  });

  it('a source that sleeps until 10 keeps the run going: its word leaves at 11, the run ends at 12', () => {
    const { trace, cycles } = run(factory, pass().source(0, W, 0, [1], { from: 10 }).sink(0, E, 0, 1).build());
    expect([ticks(trace.hostIn, 0), cycles]).toEqual([[10], 12]);
  });

  it('a rated sink counts control wavelets too, and a multicast waits for its slowest branch', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(E, N)]]);
    sketch.source(0, W, 0, [1, encodeControl(['advance']), 3], { controls: Uint8Array.of(0, 1, 0) });
    const { trace, sinks } = run(
      factory,
      sketch
        .sink(0, E, 0, 3, { rate: { words: 1, cycles: 4 } })
        .sink(0, N, 0, 3)
        .build(),
    );
    expect([ticks(trace.hostOut, 0), ticks(trace.hostOut, 1)]).toEqual([
      [1, 5, 9],
      [1, 5, 9],
    ]);
    expect(sinks[0]).toEqual([1, encodeControl(['advance']), 3]);
  });
});

/** One segment of bytes for a PE. */
const copied = (pe: number, address: number, bytes: Uint8Array): LoadTable => ({
  data: [bytes],
  source: Uint16Array.of(0),
  pe: Uint32Array.of(pe),
  address: Uint32Array.of(address),
  offset: Float64Array.of(0),
  length: Uint32Array.of(bytes.length),
});

/** Copies 88 words in, negates them in a task `work`, copies 44 of them out. */
function steps(latency: number): { readonly sketch: Sketch; readonly host: readonly HostStep[]; readonly address: number } {
  const sketch = new Sketch({ ...TEACHING, host: { ...TEACHING.host, latency } }, 1, 1);
  const at = sketch.memory(0, 352);
  sketch.task(0, [vector('compute', 'mov32', 87, { to: mem(at), a: mem(at + 4) })], { name: 'work', active: false });
  const host: readonly HostStep[] = [
    { kind: 'copyIn', name: 'in', loads: copied(0, at, bytesOf(upward(88))) },
    { kind: 'launch', name: 'go', task: 'work' },
    { kind: 'copyOut', name: 'out', pes: Uint32Array.of(0), address: at, bytes: 176 },
  ];
  return { sketch, host, address: at };
}

describe.each(ENGINES)('host steps of the %s engine', (_, factory) => {
  it('88 words in take 2 cycles at 44 a cycle, the launch 1, the op 87, 44 words out 8 at 44 / 7.5: 98', () => {
    const { sketch, host, address } = steps(0);
    const program = sketch.build({ host });
    const { engine, trace, cycles } = run(factory, program);
    expect([spans(trace, 0, 8), cycles]).toEqual([['compute 3-90'], 98]);
    expect(trace.hostSteps).toEqual({ step: Uint32Array.of(0, 1, 2), begin: Uint32Array.of(0, 2, 90), end: Uint32Array.of(2, 3, 98) });
    expect([...new Uint32Array(engine.copied(2).buffer)]).toEqual(upward(44, 2));
    const cut = factory(program);
    const seen = [1, 2, 89, 97].map((cycle) => {
      cut.advance(cycle);
      return [wordsAt(cut, 0, address, 2), cut.copied(2).length, cut.finished];
    });
    expect(seen).toEqual([
      [[0, 0], 0, false],
      [[1, 2], 0, false],
      [[2, 3], 0, false],
      [[2, 3], 0, false],
    ]);
    cut.advance(98);
    expect([cut.finished, cut.copied(2).length, cut.copied(0).length]).toEqual([true, 176, 0]);
  });

  it('every step pays the latency of 100: 102 + 100 + 87 + 108', () => {
    const { sketch, host } = steps(100);
    const { trace, cycles } = run(factory, sketch.build({ host }));
    expect([spans(trace, 0, 8), cycles]).toEqual([['compute 202-289'], 397]);
  });

  it('the first step waits until a task that is active at first has run: from 10 on', () => {
    const { sketch, host } = steps(0);
    const to = mem(sketch.memory(0, 40));
    sketch.task(0, [vector('load', 'mov32', 10, { to, a: to })]);
    expect(spans(run(factory, sketch.build({ host })).trace, 0, 8)).toEqual(['load 0-10', 'compute 13-100']);
  });

  it('waits for a sleeping source, too: one of 30 and a hop', () => {
    const { sketch, host } = steps(0);
    sketch
      .route(0, 0, [[maskOf(W), maskOf(E)]])
      .source(0, W, 0, [1], { from: 30 })
      .sink(0, E, 0, 1);
    expect(spans(run(factory, sketch.build({ host })).trace, 0, 8)).toEqual(['compute 35-122']);
  });

  it('launches a task in every class that has one while another PE waits for what it sends', () => {
    const sketch = new Sketch(TEACHING, 2, 1).route(0, 0, [[maskOf(RAMP), maskOf(E)]]).route(1, 0, [[maskOf(W), maskOf(RAMP)]]);
    const a = mem(sketch.loaded(0, bytesOf([7])));
    sketch.task(0, [vector('send', 'mov32', 1, { to: fabricOut(sketch.output(0, 0), { advance: false }), a })], { name: 'go', active: false });
    const to = mem(sketch.memory(1, 8));
    sketch.task(1, [vector('receive', 'mov32', 1, { to, a: fabricIn(sketch.input(1, 0)) })]);
    const program = sketch.build({ host: [{ kind: 'launch', name: 'start', task: 'go' }] });
    const { engine, trace, cycles } = run(factory, program);
    // PE 1 waits from 0 on. At rest at 1, launched at 2, sent at 2; on the ramp from 3, off it at 5 and 6, there at 8.
    expect([spans(trace, 0, 8), spans(trace, 1, 8), cycles]).toEqual([['send 2-3'], ['wait 0-8', 'receive 8-9'], 9]);
    expect(wordsAt(engine, 1, to.address, 1)).toEqual([7]);
  });

  it('a copy of nothing without latency takes no time: three of them before a launch', () => {
    const { sketch, host, address } = steps(0);
    const nothing: HostStep = { kind: 'copyOut', name: 'nothing', pes: new Uint32Array(0), address, bytes: 4 };
    expect(spans(run(factory, sketch.build({ host: [nothing, nothing, nothing, host[1]] })).trace, 0, 8)).toEqual(['compute 1-88']);
  });

  it('reports what is left only after the last step: a word too many, known at cycle 10 after a copy of 8 cycles', () => {
    const { sketch, host } = steps(0);
    sketch.route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, [1]);
    sketch.input(0, 0);
    expect(failure(factory, sketch.build({ host: [host[2]] })).error.cycle).toBe(10);
  });

  it('goes back through a snapshot in the middle of a step', () => {
    const { sketch, host } = steps(100);
    const engine = factory(sketch.build({ host }));
    engine.advance(50);
    const [at, snapshot] = [engine.stateHash(), engine.snapshot()];
    engine.advance(350);
    const later = engine.stateHash();
    engine.advance(1000);
    engine.restore(snapshot);
    expect([engine.cycle, engine.stateHash(), engine.copied(2).length]).toEqual([50, at, 0]);
    engine.advance(350);
    expect(engine.stateHash()).toBe(later);
    engine.advance(1000);
    expect([engine.finished, engine.cycle, engine.copied(2).length]).toEqual([true, 397, 176]);
  });
});
