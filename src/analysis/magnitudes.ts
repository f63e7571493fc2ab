/**
 * One number per PE: what the fabric's magnitude layers show, each with its domain. Domains are fixed by the machine or the
 * run, never by the moment, so that one colour means one value all through a run.
 */

import { Port } from '../machine/fabric.ts';
import { usedBytes } from '../machine/memory.ts';
import type { TraceReader } from '../trace/reader.ts';
import { type LatencyStage, latencyOf } from './latency.ts';
import { busiestDemand } from './link-demand.ts';
import type { LinkTimes } from './link-load.ts';
import { utilisationIn } from './timeline.ts';

export const MAGNITUDES = ['utilisation', 'latency', 'sram', 'queues', 'links', 'demand'] as const;
export type Magnitude = (typeof MAGNITUDES)[number];

/** The mean over the last cycles is taken over about a two-hundredth of the run: a power of two from 16 to 1024 cycles. */
export function windowCycles(cycles: number): number {
  return Math.min(1024, Math.max(16, 2 ** Math.round(Math.log2(Math.max(1, cycles / 200)))));
}

/** What a layer shows. */
export interface MagnitudeQuestion {
  readonly layer: Magnitude;
  readonly stage: LatencyStage;
  readonly cycle: number;
  /** Cycles of the mean that ends with `cycle`. */
  readonly window: number;
  /** The run's counted links; without them there is no demand. */
  readonly links?: LinkTimes | null;
}

/** Both ends of a layer's domain in its unit: share of cycles (utilisation, links, demand), cycles, bytes, words. */
export interface Domain {
  readonly min: number;
  readonly max: number;
}

/** From 0, except for latency: PEs differ by hundreds of cycles after thousands, so its scale begins at the first PE's. */
export function magnitudeDomain(reader: TraceReader, layer: Magnitude, stage: LatencyStage): Domain {
  const max = magnitudeMax(reader, layer, stage);
  if (layer !== 'latency') return { min: 0, max };
  let min = max;
  for (const tick of latencyOf(reader)[stage]) if (tick >= 0 && tick < min) min = tick;
  return { min: min < max ? min : 0, max };
}

/** Upper end of a layer's domain. */
function magnitudeMax(reader: TraceReader, layer: Magnitude, stage: LatencyStage): number {
  if (layer === 'utilisation' || layer === 'links' || layer === 'demand') return 1;
  if (layer === 'sram') return reader.program.machine.sramBytes;
  const values: ArrayLike<number> = layer === 'queues' ? reader.channels.inputCapacity : latencyOf(reader)[stage];
  let max = 1;
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i]);
  return max;
}

/** Fills one value per PE; -1 where there is none (no queue, a stage never reached). */
export function fillMagnitude(reader: TraceReader, { layer, stage, cycle, window, links }: MagnitudeQuestion, out: Float32Array): void {
  const from = Math.max(0, cycle + 1 - window);
  if (layer === 'utilisation') utilisationIn(reader, from, cycle + 1, out);
  else if (layer === 'links') busiestLinks(reader, from, cycle + 1, out);
  else if (layer === 'demand') links ? busiestDemand(links, from, cycle + 1, out) : out.fill(-1);
  else if (layer === 'queues') queueFill(reader, cycle, out);
  else if (layer === 'latency') out.set(latencyOf(reader)[stage]);
  else memoryFill(reader, out);
}

function memoryFill({ program }: TraceReader, out: Float32Array): void {
  const byClass = program.classes.map((c) => usedBytes(c.memory));
  for (let pe = 0; pe < out.length; pe++) out[pe] = byClass[program.classOf[pe]];
}

/** Words in the first input queue of each PE, those on the ramp included. Counts of lanes that share their rows are looked up once. */
function queueFill(reader: TraceReader, cycle: number, out: Float32Array): void {
  const { moves, uses } = reader;
  const { inputFirst, inputColor, first, color } = reader.channels;
  for (let pe = 0; pe < out.length; pe++) {
    const lane = inputFirst[pe];
    if (lane === inputFirst[pe + 1]) {
      out[pe] = -1;
      continue;
    }
    let words = -uses.countIn(lane, 0, cycle);
    for (let fifo = first[pe]; fifo < first[pe + 1]; fifo++) {
      if (color[fifo] !== inputColor[lane]) continue;
      const mask = moves.mask(fifo);
      if (mask < 0) words += moves.countThrough(fifo, 1 << Port.RAMP, cycle);
      else if ((mask >> Port.RAMP) & 1) words += moves.countIn(fifo, 0, cycle);
    }
    out[pe] = words;
  }
}

/** Wavelets a cycle on the busiest outgoing link of each PE in [from, to). Written out port by port: a wafer has two million FIFOs. */
function busiestLinks(reader: TraceReader, from: number, to: number, out: Float32Array): void {
  const { first } = reader.channels;
  const { moves } = reader;
  const counts = moves.countAll(from, to);
  const length = Math.max(1, to - from);
  const through = (fifo: number, port: number): number => reader.movesThrough(fifo, 1 << port, to) - reader.movesThrough(fifo, 1 << port, from);
  for (let pe = 0; pe < out.length; pe++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let fifo = first[pe]; fifo < first[pe + 1]; fifo++) {
      const moved = counts[fifo];
      if (moved === 0) continue;
      const mask = moves.mask(fifo);
      if (mask < 0) {
        a += through(fifo, 0);
        b += through(fifo, 1);
        c += through(fifo, 2);
        d += through(fifo, 3);
      } else {
        if (mask & 1) a += moved;
        if (mask & 2) b += moved;
        if (mask & 4) c += moved;
        if (mask & 8) d += moved;
      }
    }
    out[pe] = Math.max(a, b, c, d) / length;
  }
}
