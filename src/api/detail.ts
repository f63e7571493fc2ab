/** What the inspector shows of one PE at one cycle: the machine's real state, with names. */
import type { Engine } from '../engine/engine.ts';
import type { RowMap } from '../kernels/types.ts';
import { enumerateChannels } from '../machine/channels.ts';
import type { Instruction, Program } from '../machine/program.ts';
import type { Workload } from '../model/workload.ts';
import { K_BLOCK_WEIGHTS as Q4_K_WEIGHTS } from '../quant/blocks.ts';
import { decodeQ4K, Q4_K_BYTES } from '../quant/q4_k.ts';
import type { PeDetail } from './protocol.ts';

/** What a kernel has placed, and where. */
export interface Placed {
  readonly rows: RowMap;
  readonly workload: Workload;
}

/** `work` is null for a program without a kernel. */
export function peDetail(program: Program, work: Placed | null, engine: Engine, pe: number): PeDetail {
  const state = engine.inspect(pe);
  const cls = program.classes[program.classOf[pe]];
  const channels = enumerateChannels(program);
  const inputs = cls.inputs.map((binding, i) => ({
    color: binding.color,
    capacity: program.machine.inputQueues[binding.queue] + program.machine.ramp,
    words: state.inputs[i],
  }));
  return {
    cycle: engine.cycle,
    pe,
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
    inputs,
    fifos: state.fifos.map((f, i) => ({ ...f, capacity: channels.capacity[channels.first[pe] + i] })),
    positions: program.routes[program.routeOf[pe]].map((route, r) => {
      const position = state.positions[r];
      return { color: route.color, position, ...route.positions[position] };
    }),
    stateHash: engine.stateHash(),
    block: work && firstBlock(work, pe),
  };
}

const nameOf = (i: Instruction): string => (i.kind === 'vector' ? i.op : i.kind === 'scalar' ? `scalar x ${i.steps.length}` : i.kind);
const lengthOf = (i: Instruction): number => (i.kind === 'vector' ? i.length : 0);

/** The first stored block of the PE's first row, decoded; null when it holds no row or another format. */
function firstBlock({ rows, workload }: Placed, pe: number): PeDetail['block'] {
  const row = rows.first[pe];
  if (row < 0 || row >= workload.m || workload.format !== 'q4_k') return null;
  const at = row * (workload.weights.length / workload.m) + ((rows.column?.[pe] ?? 0) / Q4_K_WEIGHTS) * Q4_K_BYTES;
  return decodeQ4K(workload.weights.subarray(at, at + Q4_K_BYTES));
}
