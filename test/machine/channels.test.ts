/** Where wavelets wait: which FIFOs exist, in which order, and how much they hold. */
import { describe, expect, it } from 'vitest';
import { enumerateChannels, findChannel } from '../../src/machine/channels.ts';
import { maskName, maskOf, neighbour, OPPOSITE, Port, peName } from '../../src/machine/fabric.ts';
import { TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { Sketch } from '../drivers/sketch.ts';

const { N, E, S, W, RAMP } = Port;

describe('enumerateChannels', () => {
  it('makes a FIFO for every port that a neighbour, the host or the own ramp can feed, by PE, color and port', () => {
    const sketch = new Sketch(WSE2, 2, 1);
    sketch.route(0, 3, [[maskOf(W), maskOf(E)]]).route(1, 3, [[maskOf(W), maskOf(RAMP)]]);
    sketch.route(0, 1, [
      [maskOf(RAMP), maskOf(W)],
      [maskOf(E), maskOf(W)],
    ]);
    sketch
      .route(1, 1, [[maskOf(RAMP), maskOf(W)]])
      .source(0, W, 3, [1])
      .sink(0, W, 1, 0);
    for (const pe of [0, 1]) sketch.output(pe, 1, 2);
    sketch.input(1, 3, 4);
    const channels = enumerateChannels(sketch.build());
    const list = Array.from({ length: channels.count }, (_, i) => [channels.pe[i], channels.color[i], channels.port[i], channels.capacity[i]]);
    // WSE-2: FIFOs hold 2, output queue 2 holds 6, T_R is 2.
    expect(list).toEqual([
      [0, 1, E, 2],
      [0, 1, RAMP, 8],
      [0, 3, W, 2],
      [1, 1, RAMP, 8],
      [1, 3, W, 2],
    ]);
    expect([findChannel(channels, 0, W, 3), findChannel(channels, 0, N, 3)]).toEqual([2, -1]);
    expect([[...channels.inputFirst], [...channels.inputColor], [...channels.inputCapacity]]).toEqual([[0, 0, 1], [3], [4]]);
    expect([channels.outputCount, [...channels.outputFirst]]).toEqual([2, [0, 1, 2]]);
  });

  it('feeds a FIFO from every switch position of the sender', () => {
    const sketch = new Sketch(TEACHING, 1, 3);
    sketch.route(1, 0, [
      [maskOf(RAMP), maskOf(N)],
      [maskOf(RAMP), maskOf(S)],
    ]);
    const channels = enumerateChannels(sketch.build());
    expect([findChannel(channels, 0, S, 0), findChannel(channels, 2, N, 0)]).toEqual([0, 1]);
  });
});

describe('the geometry', () => {
  it('neighbours of PE 4 in a 3 x 3 square are 1, 5, 7 and 3; the corner has none to the north and west', () => {
    expect([N, E, S, W, RAMP].map((port) => neighbour(4, port, 3, 3))).toEqual([1, 5, 7, 3, -1]);
    expect([N, E, S, W].map((port) => neighbour(0, port, 3, 3))).toEqual([-1, 1, 3, -1]);
  });

  it('goes there and back through opposite ports', () => {
    for (const port of [N, E, S, W]) expect(neighbour(neighbour(4, port, 3, 3), OPPOSITE[port], 3, 3)).toBe(4);
  });

  it('names PEs by column and row, and sets of ports', () => {
    expect([peName(7, 3), maskName(maskOf(E, RAMP)), maskName(0)]).toEqual(['PE 1,2', 'east + ramp', 'nowhere']);
  });
});
