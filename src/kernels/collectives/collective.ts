/** What a collective operation in a row is: a program that times itself, its model, and the sums it must leave. */

import type { Cycle } from '../../base/units.ts';
import { setupCycles } from '../../machine/price.ts';
import type { Instruction, StreamName, Task, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Measured } from '../measured/measured.ts';
import type { RowLayout, RowPe } from '../measured/row.ts';
import { descriptorCycles, keep, loadDescriptors, R, stamp, tracedStamp } from '../measured/stamps.ts';
import { type Demand, waferModel } from './model.ts';
import { absorbControl, add, type Operands, type PatternPe, reduceOps, send } from './pattern.ts';

/**
 * Where the descriptors of a vector op's operands are when it starts. S3 published programs of both kinds: in `memory` each
 * op loads all of its descriptors; with sources in `registers` it loads that of its destination.
 */
export type Descriptors = 'memory' | 'registers';

/** A row of `pes` PEs with `wavelets` f32 each. */
export interface Row {
  readonly machine: MachineSpec;
  readonly pes: number;
  readonly wavelets: number;
  readonly descriptors: Descriptors;
  /** PEs of a group in the two-phase reduce. */
  readonly group: number;
}

export interface Collective {
  readonly id: string;
  /** One sentence: the idea. */
  readonly idea: string;
  /** Which descriptors the published programs of this algorithm have, most of them. */
  readonly descriptors: Descriptors;
  /** The program for these vectors (PE after PE); PE 0 at the west end is the root. */
  build(row: Row, vectors: Float32Array): Measured;
  /** The same in pieces, where a program grows with the square of the PEs. */
  building?(row: Row, vectors: Float32Array): Generator<void, Measured>;
  demand(row: Row): Demand;
  /** The root's sums, or the vector every PE gets, by an independent loop in the program's order. */
  result(row: Row, vectors: Float32Array): Float32Array;
  /** Cycles before the first element and after the last: time stamps, set-up, completion. The model counts none. */
  startUp(row: Row): Cycle;
}

/** One after whose end every PE of the row holds the sums: phases of which each begins when the one before has ended. */
export interface AllReduce extends Omit<Collective, 'demand'> {
  demands(row: Row): readonly Demand[];
}

/** Cycles of the model (model.ts): of one phase, or the sum over several. */
export function modelCycles(of: Collective | AllReduce, row: Row): Cycle {
  const demands = 'demand' in of ? [of.demand(row)] : of.demands(row);
  return demands.reduce((sum, demand) => sum + waferModel(demand, row.machine), 0);
}

/** One vector op of a PE that runs in microthread 0, and the descriptors it loads. */
export interface Step {
  readonly op: VectorInstruction;
  readonly loads: number;
}

/** Where a measured PE's operands are; its class has one queue of either kind. */
export const operandsOf = ({ wavelets }: Row, { vector, control }: RowLayout): Operands => ({ length: wavelets, own: vector, input: 0, output: 0, control });

/**
 * An op with the descriptors it loads. A send loads both of its own in both kinds of program; a control wavelet's source is
 * an immediate in the vendor's program.
 */
export function stepOf({ descriptors }: Row, op: VectorInstruction): Step {
  if (op.b !== undefined) return { op, loads: descriptors === 'memory' ? 3 : 1 };
  return { op, loads: op.destination.kind === 'fabricOut' && op.destination.control ? 1 : 2 };
}

/** A PE of a reduce to the root's memory, timed at the root. */
export function measuredPe(row: Row, layout: RowLayout, pe: PatternPe): RowPe {
  const { name, children, receives, sends, control, absorbs, routes } = pe;
  const steps = reduceOps(pe, operandsOf(row, layout)).map((op) => stepOf(row, op));
  const tasks = tasksOf(row.machine, layout, steps, sends === undefined ? endOfWindow(layout) : [], absorbs ? 1 : 0);
  return {
    name,
    tasks: absorbs ? [absorbControl(R.scratch), ...tasks] : tasks,
    ...(children.length > 0 && { receives }),
    ...(sends !== undefined && { sends }),
    routes,
    ...(control !== undefined && { control }),
  };
}

/**
 * The tasks of a PE: a traced time stamp, then the steps one after the other, each started by the completion of the one
 * before; `finish` follows the last one's. Task `first` is the first of them in the PE's list.
 */
export function tasksOf(machine: MachineSpec, layout: RowLayout, steps: readonly Step[], finish: readonly Instruction[] = [], first = 0): Task[] {
  const count = steps.length + (finish.length > 0 ? 1 : 0);
  const codes = steps.map(({ op, loads }, i): Instruction[] => [
    ...loadDescriptors(machine, loads, layout.vector),
    { ...op, thread: 0, ...(i + 1 < count && { activates: first + i + 1 }) },
  ]);
  if (finish.length > 0) codes.push([...finish]);
  const [main = [], ...later] = codes;
  return [
    { name: 'main', code: [...tracedStamp(layout.begin), ...main], active: true, blocked: false },
    ...later.map((code, i) => ({ name: `step ${i + 1}`, code, active: false, blocked: false })),
  ];
}

/** What the root does at the end: reads the counter and keeps it. */
export const endOfWindow = (layout: RowLayout): Instruction[] => [stamp(R.end), keep(R.end, layout.end)];

/** Where window and result of a reduce to PE 0 lie. */
export function measuredAtRoot(program: Measured['program'], layout: RowLayout, result: Float32Array): Measured {
  return {
    program,
    begin: { pe: 0, address: layout.begin },
    end: { pe: 0, address: layout.end },
    outside: 0,
    expected: [{ pe: 0, address: layout.vector, values: result }],
  };
}

/** Cycles of a step from its task's first instruction to the tick at which its first element may issue. */
const startCycles = (machine: MachineSpec, { op, loads }: Step): Cycle => descriptorCycles(machine, loads) + Math.max(1, setupCycles(op, machine));

/**
 * Start-up of a reduce: the traced stamp, then the later of the sender's and the receiver's set-up as seen at the
 * receiver, which would else have waited a hop and two ramps for its first element; completion at the end.
 */
export function reduceStartUp(row: Row, layout: RowLayout): Cycle {
  const { machine } = row;
  const operands = operandsOf(row, layout);
  const [sender, receiver] = [send(operands, false), add(operands)].map((op) => startCycles(machine, stepOf(row, op)));
  const firstElement = machine.hop + 2 * machine.ramp + 1;
  return tracedCycles(machine) + Math.max(sender, receiver - firstElement) + machine.completion;
}

const tracedCycles = ({ scalar: s }: MachineSpec): Cycle => s.timestamp + 2 * s.branchTaken + s.load + 4 * s.store + s.alu;

/** Names of the colors 0, 1, ... of a collective. */
export const streamNames = (count: number, meaning: string): StreamName[] =>
  Array.from({ length: count }, (_, color) => ({ color, letter: 'abcdefghijklmnop'[color], meaning: count > 1 ? `${meaning}, color ${color}` : meaning }));
