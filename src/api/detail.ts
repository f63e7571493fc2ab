/** What the inspector shows of one PE at one cycle: the machine's real state, with names. */
import type { Engine, PeState } from '../engine/engine.ts';
import { kernelById } from '../kernels/registry.ts';
import { partialSums } from '../kernels/rows/plain-loop.ts';
import { sumUnderWay } from '../kernels/rows/running-sum.ts';
import type { Plan, RowMap, SumPlace } from '../kernels/types.ts';
import { enumerateChannels } from '../machine/channels.ts';
import { type Instruction, MAIN_THREAD, type Program } from '../machine/program.ts';
import type { Workload } from '../model/workload.ts';
import { K_BLOCK_WEIGHTS as Q4_K_WEIGHTS } from '../quant/blocks.ts';
import { decodeQ4K, dequantiseQ4K, Q4_K_BYTES } from '../quant/q4_k.ts';
import type { PartialSum, PeDetail, StoredBlock } from './protocol.ts';

/** What a kernel has placed, and where. */
export interface Placed {
  readonly plan: Plan;
  readonly rows: RowMap;
  readonly workload: Workload;
}

/** Of a PE: its rows of A and the numbers it works on. */
export interface Held {
  readonly place: SumPlace;
  readonly first: number;
  readonly count: number;
  /** First column of A on the PE, and how many it has. */
  readonly from: number;
  readonly of: number;
  readonly workload: Workload;
  /** First row of the workload, and which column of B of it each of the place's tokens is. */
  readonly base: number;
  readonly columns: readonly number[];
}

/** `work` is null for a program without a kernel. */
export function peDetail(program: Program, work: Placed | null, engine: Engine, pe: number): PeDetail {
  const state = engine.inspect(pe);
  const held = work === null ? null : heldBy(work, pe);
  return {
    cycle: engine.cycle,
    pe,
    ...elementDetail(program, state, pe),
    positions: program.routes[program.routeOf[pe]].map((route, r) => {
      const position = state.positions[r];
      return { color: route.color, position, ...route.positions[position] };
    }),
    stateHash: engine.stateHash(),
    blocks: work === null ? [] : storedBlocks(work.workload, work.rows, pe),
    partial: held === null ? null : partialSum(program, held, state, pe),
  };
}

/** Registers, threads, queues and FIFOs of a PE. */
export function elementDetail(program: Program, state: PeState, pe: number): Pick<PeDetail, 'registers' | 'threads' | 'inputs' | 'fifos'> {
  const cls = program.classes[program.classOf[pe]];
  const channels = enumerateChannels(program);
  return {
    registers: state.registers,
    threads: state.threads.map((t) => {
      const instruction = cls.tasks[t.task].code[t.instruction];
      return {
        thread: t.thread,
        task: cls.tasks[t.task].name,
        instruction: nameOf(instruction),
        position: t.position,
        length: lengthOf(instruction),
        mark: t.mark,
      };
    }),
    inputs: cls.inputs.map((binding, i) => ({
      color: binding.color,
      capacity: program.machine.inputQueues[binding.queue] + program.machine.ramp,
      words: state.inputs[i],
    })),
    fifos: state.fifos.map((f, i) => ({ ...f, capacity: channels.capacity[channels.first[pe] + i] })),
  };
}

/** What a PE holds of the whole problem; null where it holds no rows or adds up no dots. */
function heldBy({ plan, rows, workload }: Placed, pe: number): Held | null {
  const first = rows.first[pe];
  const place = first < 0 ? undefined : kernelById(plan.kernel).sumOf?.(plan, pe);
  if (place === undefined) return null;
  const from = rows.column?.[pe] ?? 0;
  return { place, first, count: rows.count[pe], from, of: endColumn(rows, workload.k, pe) - from, workload, base: 0, columns: place.tokens };
}

const nameOf = (i: Instruction): string => (i.kind === 'vector' ? i.op : i.kind === 'scalar' ? `scalar x ${i.steps.length}` : i.kind);
const lengthOf = (i: Instruction): number => (i.kind === 'vector' ? i.length : 0);

/** More blocks than this are not sent to be looked at. */
const MOST_BLOCKS = 512;

/**
 * Stored blocks of the PE's rows; of a matrix that is tiled in K those from the PE's first column to the next PE's of its rows.
 * The workload begins with row `base`.
 */
export function storedBlocks(workload: Pick<Workload, 'm' | 'k' | 'format' | 'weights'>, rows: RowMap, pe: number, base = 0): StoredBlock[] {
  const first = rows.first[pe];
  if (first < base || first >= base + workload.m || workload.format !== 'q4_k') return [];
  const [from, to] = [rows.column?.[pe] ?? 0, endColumn(rows, workload.k, pe)];
  const rowBytes = workload.weights.length / workload.m;
  const list: StoredBlock[] = [];
  for (let row = first; row < Math.min(base + workload.m, first + rows.count[pe]); row++)
    for (let column = from; column < to && list.length < MOST_BLOCKS; column += Q4_K_WEIGHTS) {
      const at = (row - base) * rowBytes + (column / Q4_K_WEIGHTS) * Q4_K_BYTES;
      const bytes = workload.weights.subarray(at, at + Q4_K_BYTES);
      const values = new Float32Array(Q4_K_WEIGHTS);
      dequantiseQ4K(bytes, values);
      list.push({ row, column, ...decodeQ4K(bytes), values });
    }
  return list;
}

/** Column after the last one that a PE holds of its rows. */
function endColumn({ first, column }: RowMap, k: number, pe: number): number {
  if (column === undefined) return k;
  let end = k;
  for (let other = 0; other < first.length; other++) if (first[other] === first[pe] && column[other] > column[pe]) end = Math.min(end, column[other]);
  return end;
}

/** The sum in the accumulator of a PE's main thread, beside what its products give elsewhere. */
export function partialSum(program: Program, held: Held, state: PeState, pe: number): PartialSum | null {
  const main = state.threads.find(({ thread }) => thread === MAIN_THREAD);
  if (main === undefined) return null;
  const { place, first, from, of, workload, base, columns } = held;
  const { code } = program.classes[program.classOf[pe]].tasks[main.task];
  const at = sumUnderWay(code, program.marks, place, main);
  if (at === null || at.row >= held.count || at.token >= columns.length) return null;
  const row = first + at.row;
  const [value] = new Float32Array(state.registers.slice(place.register, place.register + 1).buffer);
  const sums = partialSums(workload, place.options, { row: row - base, token: columns[at.token], from, to: from + at.count });
  return { row, token: place.tokens[at.token], from, count: at.count, of, value, ...sums };
}
