/**
 * Backpressure: PE 0 sends a word a cycle down a row of routers to the last PE, which takes a word and then works on it, s cycles
 * for each. Queues fill from the sink upstream; once they are full the source waits, and from then on it sends at the sink's rate.
 *
 * With h the hop, T_R the ramp, Q the FIFO depth of a router, C words that fit between the two (output queue + T_R + (P - 1) Q +
 * input queue + T_R), word i of an unblocked source is issued at i and used at a + s i, a = 1 + 2 T_R + h (P - 1). The slot that word i
 * needs is that of word i - C: it becomes free when the sink has used that one and the news has come up P + 1 places, a tick
 * each (docs/tick.md). So the source first waits at the smallest i with a + s (i - C) + P + 1 > i.
 */
import type { Cycle } from '../base/units.ts';
import { type RowLayout, type RowPe, route, rowLayout, rowProgram, seededVectors } from '../kernels/measured/row.ts';
import { descriptorCycles, keep, loadDescriptors, R, stamp } from '../kernels/measured/stamps.ts';
import { assemble, type Code, fabricIn, fabricOut, immediate, increase, mem, repeat, scalar, setTo, timeOf, vector } from '../machine/builder.ts';
import { Port } from '../machine/fabric.ts';
import { setupCycles } from '../machine/price.ts';
import type { VectorInstruction } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { checkSizes } from './rows.ts';
import type { RowSizes, Scenario, Timed } from './types.ts';

const { E, W, RAMP } = Port;
/** Registers beside those of the stamps: where the next word goes, and the loop's counter. */
const AT = 4;
const COUNT = 5;
/** The sink doubles every word. */
const FACTOR = 2;
const FACTOR_BITS = new Uint32Array(new Float32Array([FACTOR]).buffer)[0];

const send = ({ words }: RowSizes, { vector: own }: RowLayout): VectorInstruction =>
  vector('send', 'mov32', words, { to: fabricOut(0, { advance: false }), a: mem(own) });

/** One word: taken, worked on, kept. */
function oneWord({ vector: own }: RowLayout): Code {
  const word = mem(own, 1, { base: AT });
  return [
    vector('receive', 'mov32', 1, { to: word, a: fabricIn(0) }),
    vector('compute', 'f32_scale', 1, { to: word, a: word, scalar: immediate(FACTOR_BITS) }),
    scalar('compute', increase(AT, 4)),
  ];
}

const sinkCode = ({ words }: RowSizes, layout: RowLayout): Code => [scalar('compute', setTo(AT, 0)), repeat('compute', COUNT, words, oneWord(layout))];

function peAt(machine: MachineSpec, sizes: RowSizes, layout: RowLayout, x: number): RowPe {
  const flags = { active: true, blocked: false };
  if (x === 0) {
    const code = [stamp(R.begin), ...loadDescriptors(machine, 2, layout.vector), send(sizes, layout), keep(R.begin, layout.begin)];
    return { name: 'source', tasks: [{ name: 'send', code, ...flags }], sends: 0, routes: [route(0, [RAMP, E])] };
  }
  if (x < sizes.pes - 1) return { name: 'router', tasks: [], routes: [route(0, [W, E])] };
  const code = [...assemble(sinkCode(sizes, layout)), stamp(R.end), keep(R.end, layout.end)];
  return { name: 'sink', tasks: [{ name: 'work', code, ...flags }], receives: 0, routes: [route(0, [W, RAMP])] };
}

/** Cycles from the begin of the source's program to its first issue of a word. */
const startOf = (machine: MachineSpec, sizes: RowSizes, layout: RowLayout): Cycle =>
  machine.scalar.timestamp + descriptorCycles(machine, 2) + setupCycles(send(sizes, layout), machine);

/** Cycles from the first word being sent to it being taken. */
export const firstWord = ({ hop, ramp }: MachineSpec, { pes }: RowSizes): Cycle => 1 + 2 * ramp + hop * (pes - 1);

/** Cycles that the sink spends on a word in its loop. */
export function serviceCycles(machine: MachineSpec): Cycle {
  const layout = rowLayout(machine, 2);
  return timeOf(sinkCode({ pes: 2, words: 2 }, layout), machine).total - timeOf(sinkCode({ pes: 2, words: 1 }, layout), machine).total;
}

/** Words that fit between the source and the sink. */
export function capacityWords({ outputQueues, inputQueues, fifoDepth, ramp }: MachineSpec, pes: number): number {
  return outputQueues[2] + ramp + (pes - 1) * fifoDepth + inputQueues[0] + ramp;
}

/** The cycle in which the source first waits, counted from its first word; null if the sink keeps up or the words are too few. */
export function firstStall(machine: MachineSpec, sizes: RowSizes): Cycle | null {
  const s = serviceCycles(machine);
  const i = Math.floor((s * capacityWords(machine, sizes.pes) - firstWord(machine, sizes) - sizes.pes - 1) / (s - 1)) + 1;
  return s > 1 && i < sizes.words ? i : null;
}

/** Cycles from the source's begin to the sink's end. */
export function slowSinkCycles(machine: MachineSpec, sizes: RowSizes): Cycle {
  const layout = rowLayout(machine, sizes.words);
  const sink = timeOf(sinkCode(sizes, layout), machine);
  return Math.max(sink.beforeStream, startOf(machine, sizes, layout) + firstWord(machine, sizes)) + sink.total - sink.beforeStream;
}

function build(machine: MachineSpec, sizes: RowSizes): Timed {
  checkSizes(machine, sizes);
  const layout = rowLayout(machine, sizes.words);
  const vectors = seededVectors(sizes.pes, sizes.words);
  const pes = Array.from({ length: sizes.pes }, (_, x) => peAt(machine, sizes, layout, x));
  const program = rowProgram({ machine, layout, pes, vectors, streams: [{ color: 0, letter: 'w', meaning: 'words on their way to the slow PE' }] });
  const last = sizes.pes - 1;
  const values = vectors.slice(0, sizes.words).map((value) => value * FACTOR);
  return {
    measured: {
      program,
      begin: { pe: 0, address: layout.begin },
      end: { pe: last, address: layout.end },
      outside: 0,
      expected: [{ pe: last, address: layout.vector, values }],
    },
    model: slowSinkCycles(machine, sizes),
  };
}

export const slowSink: Scenario = { id: 'slow-sink', title: 'A slow sink', kind: 'row', sizes: { pes: 16, words: 256 }, build };
