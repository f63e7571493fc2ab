/** The wavelet engine's state as the canonical view that state-hash.ts, stuck.ts and the inspector read. */
import { type Program, REGISTERS } from '../machine/program.ts';
import type { CompiledProgram } from './compile.ts';
import type { Elements } from './elements.ts';
import type { Fabric } from './fabric.ts';
import { dataRange } from './faults.ts';
import type { Host } from './host.ts';
import type { HashedThread, StateView } from './state-hash.ts';

export function stateView(program: Program, c: CompiledProgram, fabric: Fabric, elements: Elements, host: Host, cycle: () => number): StateView {
  const pending = (pe: number) => elements.pending.get(pe) ?? [];
  /** Task flags as of the cycle: changes due by now count, though the element has not had its turn yet. */
  const flags = (pe: number, mask: number, set: string, clear: string): number => {
    let out = mask;
    for (const p of pending(pe)) {
      if (p.tick > cycle()) continue;
      if (p.kind === set) out |= 1 << p.task;
      if (p.kind === clear) out &= ~(1 << p.task);
    }
    return out;
  };
  return {
    fifo: (channel) => fabric.entries(channel),
    input: (lane) => fabric.inputEntries(lane),
    position: (pe, route) => fabric.position(pe, route),
    lastDeparture: (pe, route) => fabric.lastDeparture(pe, program.routes[program.routeOf[pe]][route].color),
    registers: (pe) => {
      const all = new Int32Array(REGISTERS);
      all.set(elements.registers.subarray(pe * c.registers, (pe + 1) * c.registers));
      return all;
    },
    memory: (pe) => {
      const { from, to } = dataRange(program.classes[program.classOf[pe]], program.machine);
      return elements.bytes.subarray(elements.memoryAt[pe] + from, elements.memoryAt[pe] + to);
    },
    activeTasks: (pe) => flags(pe, elements.active[pe], 'activate', ''),
    blockedTasks: (pe) => flags(pe, elements.blocked[pe], 'block', 'unblock'),
    pending: (pe) => pending(pe).filter((p) => p.tick > cycle()),
    slotFree: (pe) => {
      const main = elements.first[pe + 1] - 1;
      return elements.batch[main] >= 0 ? elements.batch[main] : elements.slotFree[pe];
    },
    lastMicrothread: (pe) => elements.lastMicro[pe],
    threads: (pe) => threads(elements, pe),
    memoryFifo: (pe, fifo) => {
      const at = (elements.memoryFifoFirst[pe] + fifo) * 2;
      return { head: elements.memoryFifo[at], count: elements.memoryFifo[at + 1] };
    },
    picker: (pe) => elements.picker[pe] ?? 0,
    sourceDue: (source) => fabric.sourceDue[source],
    sinkDue: (sink) => fabric.sinkDue[sink],
    hostStep: () => ({ next: host.next, end: host.end }),
    sourceNext: (source) => fabric.sourceNext[source],
    sinkCount: (sink) => fabric.sinkCount[sink],
  };
}

function threads(e: Elements, pe: number): HashedThread[] {
  const list: HashedThread[] = [];
  for (let th = e.first[pe]; th < e.first[pe + 1]; th++) {
    if (e.task[th] < 0) continue;
    list.push({
      thread: e.threadNumber(pe, th),
      task: e.task[th],
      instruction: e.pc[th],
      started: e.started[th] === 1,
      position: e.done[th],
      scalar: e.scalar[th],
      bases: [e.baseD[th], e.baseA[th], e.baseB[th]],
      mark: e.mark[th],
      ready: e.batch[th] >= 0 ? e.batch[th] : e.ready[th],
    });
  }
  return list;
}
