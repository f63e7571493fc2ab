/**
 * One number per PE: what the fabric's magnitude layers show, each with its domain. Domains are fixed by the machine or the
 * run, never by the moment, so that one colour means one value all through a run.
 */

import { Port } from '../machine/fabric.ts';
import { usedBytes } from '../machine/memory.ts';
import type { TraceReader } from '../trace/reader.ts';
import { type LatencyStage, latencyOf } from './latency.ts';
import { eachDemand, type VisitLinks } from './link-demand.ts';
import type { LinkTimes } from './link-load.ts';
import { utilisationIn } from './timeline.ts';

export const MAGNITUDES = ['utilisation', 'latency', 'sram', 'queues', 'links', 'demand'] as const;
export type Magnitude = (typeof MAGNITUDES)[number];

/** Layers whose value is that of the busiest of a PE's outgoing links. */
export const isOfLinks = (layer: Magnitude): layer is 'links' | 'demand' => layer === 'links' || layer === 'demand';

/** Layers that stay as they are all through a run. */
export const isConstant = (layer: Magnitude): boolean => layer === 'latency' || layer === 'sram';

/** The mean over the last cycles is taken over about a two-hundredth of the run: a power of two from 16 to 1024 cycles. */
export function windowCycles(cycles: number): number {
  return Math.min(1024, Math.max(16, 2 ** Math.round(Math.log2(Math.max(1, cycles / 200)))));
}

/** What a layer shows. */
export interface MagnitudeQuestion {
  readonly layer: Magnitude;
  readonly stage: LatencyStage;
  /** May lie outside of the run, where nothing moves. */
  readonly cycle: number;
  /** Cycles of the mean that ends with `cycle`. */
  readonly window: number;
  /** The run's counted links; without them there is no demand. */
  readonly links?: LinkTimes | null;
  /** Filled along with the numbers of PEs that are those of a link: at [{@link LINK_PORTS} pe + port] the same of each of them. */
  readonly perLink?: Float32Array;
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

/** Fills one value per PE; -1 where there is none (no queue, a stage never reached, links not counted). */
export function fillMagnitude(reader: TraceReader, question: MagnitudeQuestion, out: Float32Array): void {
  const { layer, stage, cycle } = question;
  if (layer === 'utilisation') {
    const { from, to } = cyclesOf(reader, question);
    if (from < to) utilisationIn(reader, from, to, out);
    else out.fill(0);
  } else if (isOfLinks(layer)) {
    fillLinks(reader, question, out);
  } else if (layer === 'queues') queueFill(reader, cycle, out);
  else if (layer === 'latency') out.set(latencyOf(reader)[stage]);
  else memoryFill(reader, out);
}

/** Outgoing links of a PE that lead to another PE or off the fabric: north, east, south, west. */
export const LINK_PORTS = Port.RAMP;

function fillLinks(reader: TraceReader, question: MagnitudeQuestion, out: Float32Array): void {
  const { perLink } = question;
  const busiest: VisitLinks = (pe, north, east, south, west) => {
    out[pe] = Math.max(north, east, south, west);
  };
  const every: VisitLinks = (pe, north, east, south, west) => {
    const at = pe * LINK_PORTS;
    out[pe] = Math.max(north, east, south, west);
    (perLink as Float32Array)[at] = north;
    (perLink as Float32Array)[at + 1] = east;
    (perLink as Float32Array)[at + 2] = south;
    (perLink as Float32Array)[at + 3] = west;
  };
  if (eachLinks(reader, question, perLink === undefined ? busiest : every)) return;
  out.fill(-1);
  perLink?.fill(-1);
}

/** The cycles [from, to) of a mean; none outside of the run. */
function cyclesOf({ trace }: TraceReader, { cycle, window }: MagnitudeQuestion): { from: number; to: number } {
  const from = Math.max(0, cycle + 1 - window);
  return from >= trace.cycles ? { from, to: from } : { from, to: Math.max(from, cycle + 1) };
}

/** Visits every PE with what its links carried or were asked to carry; false where they are not counted. */
function eachLinks(reader: TraceReader, question: MagnitudeQuestion, visit: VisitLinks): boolean {
  const { from, to } = cyclesOf(reader, question);
  if (question.layer === 'links') eachFlow(reader, from, to, visit);
  else if (question.links) eachDemand(question.links, from, to, visit);
  else return false;
  return true;
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

/** Wavelets a cycle on the outgoing links of each PE in [from, to). Written out port by port: a wafer has two million FIFOs. */
function eachFlow(reader: TraceReader, from: number, to: number, visit: VisitLinks): void {
  const { first } = reader.channels;
  const { moves } = reader;
  const counts = moves.countAll(from, to);
  const length = Math.max(1, to - from);
  const through = (fifo: number, port: number): number => reader.movesThrough(fifo, 1 << port, to) - reader.movesThrough(fifo, 1 << port, from);
  for (let pe = 0; pe < reader.pes; pe++) {
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
    visit(pe, a / length, b / length, c / length, d / length);
  }
}
