/**
 * Messages from PE to PE of a row, stored and forwarded: each PE receives the whole message into memory, and its completion
 * starts the send to the next one (S2: 1.001 N B + 16.1 N + 16.5 for N stages of B words). One stage on WSE-3: set-up 9,
 * issue and ramp 3, hop 2, ramp 2, B words.
 */
import type { Cycle } from '../../base/units.ts';
import { fabricIn, fabricOut, mem, vector } from '../../machine/builder.ts';
import { Port } from '../../machine/fabric.ts';
import { setupCycles } from '../../machine/price.ts';
import type { Instruction, Route, Task, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Measured } from '../measured/measured.ts';
import { checkRow, type RowLayout, route, rowLayout, rowProgram, seededVectors } from '../measured/row.ts';
import { descriptorCycles, keep, loadDescriptors, R, stamp } from '../measured/stamps.ts';
import { afterDispatch } from './bench.ts';

const { E, W, RAMP } = Port;

export interface RelayRow {
  readonly machine: MachineSpec;
  readonly stages: number;
  readonly wavelets: number;
}

const send = ({ wavelets }: RelayRow, layout: RowLayout): VectorInstruction =>
  vector('send', 'mov32', wavelets, { to: fabricOut(0, { advance: false }), a: mem(layout.vector) });
const receive = ({ wavelets }: RelayRow, layout: RowLayout): VectorInstruction =>
  vector('receive', 'mov32', wavelets, { to: mem(layout.vector), a: fabricIn(0) });

/** Both descriptors of a copy. */
const copy = (machine: MachineSpec, layout: RowLayout, op: VectorInstruction): Instruction[] => [...loadDescriptors(machine, 2, layout.vector), op];

/** Two colors alternate from link to link. */
function routesAt({ stages }: RelayRow, x: number): Route[] {
  const [from, to] = [route((x + 1) % 2, [W, RAMP]), route(x % 2, [RAMP, E])];
  return [...(x > 0 ? [from] : []), ...(x < stages ? [to] : [])];
}

/** What a PE does when it has the message: sends it on, or ends the window. */
function forward(row: RelayRow, layout: RowLayout, x: number): Instruction[] {
  if (x < row.stages) return copy(row.machine, layout, { ...send(row, layout), thread: 0 });
  return [...HANDSHAKE, stamp(R.end), keep(R.end, layout.end)];
}

/**
 * What the last PE does before it reads the counter: it unblocks its listener and calls the time stamp. S2 counts "the timer
 * reads and the completion handshake" to the window of one stage of 8 words, 36 cycles.
 */
const HANDSHAKE: readonly Instruction[] = [
  { kind: 'unblock', task: 1 },
  { kind: 'branch', activity: 'compute', register: R.zero, when: 'zero', to: 2 },
];

function tasksAt(row: RelayRow, layout: RowLayout, x: number): Task[] {
  const { machine } = row;
  const flags = { active: true, blocked: false };
  if (x === 0) return [{ name: 'source', code: [stamp(R.begin), ...forward(row, layout, 0), keep(R.begin, layout.begin)], ...flags }];
  const listen = copy(machine, layout, { ...receive(row, layout), thread: 0, activates: 1 });
  return [
    { name: 'listen', code: listen, ...flags },
    { name: 'forward', code: forward(row, layout, x), active: false, blocked: false },
  ];
}

export function relay(row: RelayRow): Measured {
  const { machine, stages, wavelets } = row;
  checkRow(machine, stages + 1, 'stages', 1);
  return measured(row, (layout, x) => tasksAt(row, layout, x), 0, seededVectors(stages + 1, wavelets));
}

function measured(row: RelayRow, tasks: (layout: RowLayout, x: number) => Task[], outside: Cycle, vectors: Float32Array): Measured {
  const { machine, stages, wavelets } = row;
  const layout = rowLayout(machine, wavelets);
  const pes = Array.from({ length: stages + 1 }, (_, x) => ({
    name: x === 0 ? 'source' : 'stage',
    tasks: tasks(layout, x),
    ...(x > 0 && { receives: (x + 1) % 2 }),
    ...(x < stages && { sends: x % 2 }),
    routes: routesAt(row, x),
  }));
  const streams = [0, 1].map((color) => ({ color, letter: 'ab'[color], meaning: 'the message' }));
  return {
    program: rowProgram({ machine, layout, pes, vectors, streams }),
    begin: { pe: 0, address: layout.begin },
    end: { pe: stages, address: layout.end },
    outside,
    expected: [{ pe: stages, address: layout.vector, values: vectors.slice(0, wavelets) }],
  };
}

/** The same in closed form: every stage's start, way and words. */
export function relayModel(row: RelayRow): Cycle {
  const { machine, stages, wavelets } = row;
  const { hop, ramp, completion, scalar } = machine;
  const layout = rowLayout(machine, wavelets);
  const start = descriptorCycles(machine, 2) + Math.max(1, setupCycles(send(row, layout), machine));
  return scalar.timestamp + stages * (start + 1 + 2 * ramp + hop + wavelets + completion) + scalar.alu + scalar.branchTaken;
}

/** One message over one hop, from the dispatch of the send until the waiting receiver goes on (S2: 19 cycles for 8 words). */
export function message(row: Omit<RelayRow, 'stages'>): Measured {
  const pair = { ...row, stages: 1 };
  const { machine } = row;
  const flags = { active: true, blocked: false };
  const outside =
    descriptorCycles(machine, 2) + machine.scalar.timestamp + setupCycles(send(pair, rowLayout(machine, row.wavelets)), machine) - messageDispatch(pair);
  const tasks = (layout: RowLayout, x: number): Task[] =>
    x === 0
      ? [{ name: 'send', code: [stamp(R.begin), ...copy(machine, layout, send(pair, layout)), keep(R.begin, layout.begin)], ...flags }]
      : [{ name: 'receive', code: [...copy(machine, layout, receive(pair, layout)), stamp(R.end), keep(R.end, layout.end)], ...flags }];
  return measured(pair, tasks, outside, seededVectors(2, row.wavelets));
}

const messageDispatch = (row: RelayRow): Cycle => afterDispatch(setupCycles(send(row, rowLayout(row.machine, row.wavelets)), row.machine));

/** Message in closed form: from the dispatch to the first wavelet on the link, and to the receiver going on. */
export function messageModel(row: Omit<RelayRow, 'stages'>): { readonly link: Cycle; readonly task: Cycle } {
  const { hop, ramp } = row.machine;
  const link = messageDispatch({ ...row, stages: 1 }) + 1 + ramp;
  return { link, task: link + hop + ramp + row.wavelets };
}
