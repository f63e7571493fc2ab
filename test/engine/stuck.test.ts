/** Machines in which nothing can move any more: the circle of waits, or the chain to what never comes, in words and as data. */
import { describe, expect, it } from 'vitest';
import type { ProgramError } from '../../src/engine/engine.ts';
import { fabricIn, fabricOut, mem, vector } from '../../src/machine/builder.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { encodeControl } from '../../src/machine/control.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Destination, Instruction, Program, Source } from '../../src/machine/program.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { KINDS } from '../../src/trace/schema.ts';
import { Sketch } from '../drivers/sketch.ts';
import { ENGINES, failure } from './semantics/engines.ts';

const { N, E, S, W, RAMP } = Port;

const move = (length: number, a: Source, to: Destination): Instruction => vector('send', 'mov32', length, { to, a });
const words = (length: number): number[] => new Array<number>(length).fill(1);

/** PE, port and color of each wait, and the wait it waits for. */
const places = ({ waits }: ProgramError): unknown[] => waits.map(({ pe, port, color, next }) => [pe, port, color, next]);

/** The four PEs of a 2 x 2 rectangle clockwise, with the port to the next one and the port from the one before. */
const RING = [
  { pe: 0, to: E, from: S },
  { pe: 1, to: S, from: W },
  { pe: 3, to: W, from: N },
  { pe: 2, to: N, from: E },
] as const;

/** A ring in which PE i of the order sends color i to the next one; `code` says in which order it sends and receives. */
function ring(length: number, code: (send: Instruction, receive: Instruction) => readonly Instruction[], takes = length): Program {
  const sketch = new Sketch(TEACHING, 2, 2);
  RING.forEach(({ pe, to, from }, i) => {
    const before = (i + 3) % 4;
    sketch.route(pe, i, [[maskOf(RAMP), maskOf(to)]]).route(pe, before, [[maskOf(from), maskOf(RAMP)]]);
    const place = mem(sketch.memory(pe, 4 * length));
    const send = move(length, place, fabricOut(sketch.output(pe, i), { advance: false }));
    sketch.task(pe, code(send, move(takes, fabricIn(sketch.input(pe, before)), place)), { name: 'main' });
  });
  return sketch.build();
}

describe.each(ENGINES)('a stuck machine on the %s engine', (_, factory) => {
  it('four PEs in a ring that each receive before they send: a circle of 4 waits from the lowest PE on', () => {
    const { error } = failure(
      factory,
      ring(1, (send, receive) => [receive, send]),
    );
    expect(error.message).toBe(
      'cycle 1: nothing can move any more, 4 waits in a circle: PE 0,0 waits for color 3 from the south; PE 0,1 waits for color 2 from the east; ' +
        'PE 1,1 waits for color 1 from the north; PE 1,0 waits for color 0 from the west',
    );
    expect(places(error)).toEqual([
      [0, S, 3, 1],
      [2, E, 2, 2],
      [3, N, 1, 3],
      [1, W, 0, 0],
    ]);
    expect([error.cycle, error.fixes]).toEqual([1, ['let one of them send before it waits']]);
  });

  it('ends its trace with a span of one cycle for each thread, of what it lacks, told once', () => {
    const program = ring(1, (send, receive) => [receive, send]);
    const recorder = new Recorder(4, enumerateChannels(program), 0, 0);
    const engine = factory(program, recorder);
    for (let again = 0; again < 2; again++) expect(() => engine.advance(100)).toThrow('4 waits in a circle');
    const { pe, kind, begin, end } = recorder.finish(2, 2, engine.cycle).intervals;
    // Tick 0 is the start of the task, which waits; tick 1 is the end.
    expect([...pe].map((at, i) => [at, KINDS[kind[i]!], begin[i], end[i]])).toEqual([0, 1, 2, 3].map((at) => [at, 'wait', 0, 2]));
  });

  it('the same ring that sends first ends without an error', () => {
    const engine = factory(ring(1, (send, receive) => [send, receive]));
    engine.advance(100);
    expect(engine.finished).toBe(true);
  });

  it('a ring that sends more than its queues hold: a circle of full queues', () => {
    // A stream holds 6 words before the router's ramp FIFO is full (4 + 2), 4 on the link and 6 in the input queue: 16 of 40.
    const { error } = failure(
      factory,
      ring(40, (send, receive) => [send, receive]),
    );
    expect(error.message).toContain('nothing can move any more, 16 waits in a circle: PE 0,0 waits for room in its output queue of color 0; ');
    expect(error.waits.slice(0, 5).map((wait) => wait.text)).toEqual([
      'PE 0,0 waits for room in its output queue of color 0',
      'color 0 in the output queue of PE 0,0 waits for room in PE 1,0',
      'color 0 from the west in PE 1,0 waits for room in the input queue there',
      'PE 1,0 leaves 6 words of color 0 in its input queue',
      'PE 1,0 waits for room in its output queue of color 1',
    ]);
    expect(error.waits.at(-1)).toMatchObject({ pe: 0, text: 'PE 0,0 leaves 6 words of color 3 in its input queue', next: 0 });
    expect(error.fixes[0]).toBe('let one of them take its words before it sends more');
  });

  it('a PE that waits for what it sends itself waits for itself', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 5, [[maskOf(RAMP), maskOf(RAMP)]]);
    const place = mem(sketch.memory(0, 4));
    sketch.task(0, [move(1, fabricIn(sketch.input(0, 5)), place), move(1, place, fabricOut(sketch.output(0, 5), { advance: false }))]);
    const { error } = failure(factory, sketch.build());
    expect(error.message).toBe('cycle 1: nothing can move any more, 1 wait in a circle: PE 0,0 waits for color 5 from its own ramp');
    expect(places(error)).toEqual([[0, RAMP, 5, 0]]);
  });

  it('of two circles the one that the lowest PE waits for is told, and the others are counted', () => {
    const sketch = new Sketch(TEACHING, 5, 1);
    const pair = (left: number): void => {
      sketch.route(left, 0, [[maskOf(RAMP), maskOf(E)]]).route(left, 1, [[maskOf(E), maskOf(RAMP)]]);
      sketch.route(left + 1, 0, [[maskOf(W), maskOf(RAMP)]]).route(left + 1, 1, [[maskOf(RAMP), maskOf(W)]]);
      for (const [pe, color] of [[left, 0] as const, [left + 1, 1] as const]) {
        const place = mem(sketch.memory(pe, 4));
        const out = fabricOut(sketch.output(pe, color), { advance: false });
        sketch.task(pe, [move(1, fabricIn(sketch.input(pe, 1 - color)), place), move(1, place, out)]);
      }
    };
    pair(0);
    pair(3);
    const { error } = failure(factory, sketch.build());
    expect(error.message).toBe(
      'cycle 1: nothing can move any more, 2 waits in a circle: PE 0,0 waits for color 1 from the east; PE 1,0 waits for color 0 from the west; also waiting: 2 threads',
    );
  });

  it('names the PE that has ended when nothing sends what another waits for', () => {
    // PE 1 sends 2 words; PE 0 wants 3 of them.
    const sketch = new Sketch(TEACHING, 2, 1).route(1, 5, [[maskOf(RAMP), maskOf(W)]]).route(0, 5, [[maskOf(E), maskOf(RAMP)]]);
    sketch.task(0, [move(3, fabricIn(sketch.input(0, 5)), mem(sketch.memory(0, 12)))]);
    sketch.task(1, [move(2, mem(sketch.memory(1, 8)), fabricOut(sketch.output(1, 5), { advance: false }))], { name: 'sender' });
    const { error } = failure(factory, sketch.build());
    expect(error.message).toContain('PE 0,0 waits for color 5 from the east; nothing sends it: task sender of PE 1,0 has ended');
    expect(places(error)).toEqual([
      [0, E, 5, 1],
      [1, undefined, undefined, undefined],
    ]);
    expect(error.fixes).toEqual(['send the words that are missing', 'wait for fewer words']);
  });

  it('follows a color back over routers that only pass it on', () => {
    const sketch = new Sketch(TEACHING, 4, 1).route(3, 5, [[maskOf(RAMP), maskOf(W)]]).route(0, 5, [[maskOf(E), maskOf(RAMP)]]);
    for (const pe of [1, 2]) sketch.route(pe, 5, [[maskOf(E), maskOf(W)]]);
    sketch.task(0, [move(1, fabricIn(sketch.input(0, 5)), mem(sketch.memory(0, 4)))]);
    sketch.output(3, 5);
    expect(failure(factory, sketch.build()).error.message).toContain('PE 0,0 waits for color 5 from the east; nothing sends it: no task of PE 3,0 does');
  });

  it('a switch that is never turned: what waits behind it, and who would have turned it', () => {
    // The router takes its ramp first; the word of the ramp that would turn the switch is never sent.
    const sketch = new Sketch(TEACHING, 1, 1).source(0, W, 0, [1]).sink(0, E, 0, 2);
    sketch.route(0, 0, [
      [maskOf(RAMP), maskOf(E)],
      [maskOf(W), maskOf(E)],
    ]);
    const out = fabricOut(sketch.output(0, 0), { advance: false });
    sketch.task(0, [move(1, mem(sketch.memory(0, 4)), out)], { name: 'own' });
    const { error } = failure(factory, sketch.build());
    expect(error.message).toContain(
      'nothing can move any more: color 0 from the west in PE 0,0 waits for a switch, which takes from the ramp until it turns; nothing sends it: task own of PE 0,0 has ended',
    );
    expect(error.fixes).toEqual(['turn the switch with the last word of a send (`advance`) or a control wavelet']);
  });

  it('a task that stays blocked, with the word it should have sent', () => {
    const sketch = new Sketch(TEACHING, 2, 1).route(0, 5, [[maskOf(RAMP), maskOf(E)]]).route(1, 5, [[maskOf(W), maskOf(RAMP)]]);
    sketch.task(0, [move(1, mem(sketch.memory(0, 4)), fabricOut(sketch.output(0, 5), { advance: false }))], { name: 'send', blocked: true });
    sketch.task(1, [move(1, fabricIn(sketch.input(1, 5)), mem(sketch.memory(1, 4)))]);
    const { error } = failure(factory, sketch.build());
    expect(error.message).toBe(
      'cycle 1: nothing can move any more: PE 1,0 waits for color 5 from the west; task send of PE 0,0 is blocked, and nothing unblocks it',
    );
    expect(error.fixes).toEqual(['unblock the task']);
  });

  it('a task that is blocked until its own word comes back is in the circle', () => {
    // PE 0's send is unblocked by its receive; PE 1 sends back what it gets.
    const sketch = new Sketch(TEACHING, 2, 1);
    sketch.route(0, 0, [[maskOf(RAMP), maskOf(E)]]).route(0, 1, [[maskOf(E), maskOf(RAMP)]]);
    sketch.route(1, 0, [[maskOf(W), maskOf(RAMP)]]).route(1, 1, [[maskOf(RAMP), maskOf(W)]]);
    const [here, there] = [mem(sketch.memory(0, 4)), mem(sketch.memory(1, 4))];
    const send = sketch.task(0, [move(1, here, fabricOut(sketch.output(0, 0), { advance: false }))], { name: 'send', blocked: true });
    sketch.task(0, [{ ...(move(1, fabricIn(sketch.input(0, 1)), here) as Extract<Instruction, { kind: 'vector' }>), unblocks: send }], { name: 'receive' });
    sketch.task(1, [move(1, fabricIn(sketch.input(1, 0)), there), move(1, there, fabricOut(sketch.output(1, 1), { advance: false }))]);
    expect(failure(factory, sketch.build()).error.waits.map((wait) => wait.text)).toEqual([
      'PE 0,0 waits for color 1 from the east',
      'PE 1,0 waits for color 0 from the west',
      'task send of PE 0,0 is blocked',
    ]);
  });

  it('a control wavelet in front of the data that an op waits for', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 2, [[maskOf(W), maskOf(RAMP)]]);
    sketch.source(0, W, 2, [7, encodeControl(['nop'], { task: 1 }), 8], { controls: Uint8Array.of(0, 1, 0) });
    sketch.task(0, [move(2, fabricIn(sketch.input(0, 2)), mem(sketch.memory(0, 8)))], { name: 'data' });
    sketch.task(0, [], { name: 'turn', active: false, trigger: { kind: 'control', register: 0 } });
    const { error } = failure(factory, sketch.build());
    expect(error.waits.map((wait) => wait.text)).toEqual([
      'PE 0,0 waits for data of color 2 behind a control wavelet',
      'a control wavelet of color 2 waits in the input queue of PE 0,0',
      'task turn of PE 0,0 waits for the main thread',
    ]);
    expect(error.message).toContain('3 waits in a circle');
  });

  it('a control wavelet that starts no task', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 2, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 2, [encodeControl([])], { controls: Uint8Array.of(1) });
    sketch.input(0, 2);
    expect(failure(factory, sketch.build()).error.message).toContain(
      'nothing can move any more: a control wavelet of color 2 waits in the input queue of PE 0,0: it starts no task there',
    );
  });

  it('a data task that is blocked leaves its words', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 2, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 2, words(3));
    sketch.task(0, [], { name: 'each', active: false, blocked: true, trigger: { kind: 'data', queue: sketch.input(0, 2), register: 0 } });
    const { error } = failure(factory, sketch.build());
    expect(error.message).toContain('PE 0,0 leaves 3 words of color 2 in its input queue; task each of PE 0,0 is blocked, and nothing unblocks it');
  });

  it('an empty FIFO in memory: the chain goes on to who would have filled it', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 2, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 2, words(2));
    const [fifo, place] = [{ kind: 'fifo', fifo: sketch.fifo(0, 4) } as const, mem(sketch.memory(0, 12))];
    sketch.task(0, [{ ...(move(3, fabricIn(sketch.input(0, 2)), fifo) as Extract<Instruction, { kind: 'vector' }>), thread: 1 }, move(3, fifo, place)]);
    expect(failure(factory, sketch.build()).error.message).toContain(
      'PE 0,0 waits for a word in its FIFO fifo 0; microthread 1 of PE 0,0 waits for color 2 from the west; nothing sends it: source source 0 has sent all its words',
    );
  });

  it('a full FIFO in memory that the same thread would empty later: a circle of 1', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const [fifo, place] = [{ kind: 'fifo', fifo: sketch.fifo(0, 4) } as const, mem(sketch.memory(0, 24))];
    sketch.task(0, [move(6, place, fifo), move(6, fifo, place)]);
    const { error } = failure(factory, sketch.build());
    expect(error.message).toContain('nothing can move any more, 1 wait in a circle: PE 0,0 waits for room in its FIFO fifo 0');
  });

  it('a full FIFO in memory that nothing empties', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    sketch.task(0, [move(6, mem(sketch.memory(0, 24)), { kind: 'fifo', fifo: sketch.fifo(0, 4) })]);
    expect(failure(factory, sketch.build()).error.message).toContain('PE 0,0 waits for room in its FIFO fifo 0; nothing empties it: no task of PE 0,0 does');
  });

  it('a closed route keeps what comes to it', () => {
    const positions = [E, S].map((port) => [maskOf(W), maskOf(port)] as const);
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 2, positions).sink(0, E, 2, 2).sink(0, S, 2, 0);
    sketch.source(0, W, 2, [encodeControl(['teardown']), 5], { controls: Uint8Array.of(1, 0) });
    expect(failure(factory, sketch.build()).error.message).toContain(
      'nothing can move any more: color 2 from the west in PE 0,0 waits at a route that was torn down',
    );
  });

  it('tasks that have activated each other and are over are no circle', () => {
    // The host wants a word more; ping and pong started each other once and end.
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 5, [[maskOf(RAMP), maskOf(E)]]).sink(0, E, 5, 2);
    const place = mem(sketch.memory(0, 4));
    sketch.task(0, [{ kind: 'activate', task: 1 }], { name: 'ping' });
    sketch.task(0, [move(1, place, fabricOut(sketch.output(0, 5), { advance: false })), { kind: 'activate', task: 2 }], { name: 'pong', active: false });
    sketch.task(0, [], { name: 'end', active: false });
    const { error } = failure(factory, sketch.build());
    expect(error.message).toMatch(
      /^cycle \d+: the run is over, but sink sink 0 has received 1 word instead of 2; task pong of PE 0,0 waits to be activated; nothing activates it: task ping of PE 0,0 has ended$/,
    );
  });

  it('a long chain is told by its ends, and its data is complete', () => {
    // PE 19 takes 1 of 200 words; the stream backs up through twenty routers.
    const sketch = new Sketch(TEACHING, 20, 1).source(0, W, 0, words(200));
    for (let pe = 0; pe < 20; pe++) sketch.route(pe, 0, [[maskOf(W), pe < 19 ? maskOf(E) : maskOf(RAMP)]]);
    sketch.task(19, [move(1, fabricIn(sketch.input(19, 0)), mem(sketch.memory(19, 4)))]);
    const { error } = failure(factory, sketch.build());
    expect(error.message).toContain('; and so on, 14 more; ');
    expect(error.message.length).toBeLessThan(800);
    expect(error.waits).toHaveLength(22);
    expect(error.waits.map((wait) => wait.next)).toEqual([...Array.from({ length: 21 }, (_, i) => i + 1), undefined]);
  });
});
