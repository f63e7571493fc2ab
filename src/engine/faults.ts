/**
 * The program errors a run can meet in the middle of a tick, in words. Every engine throws these, so that two engines agree
 * on the message as well as on the cycle. Errors at the end of a run are in stuck.ts. Models: docs/tick.md rules 4, 10, 13.
 */
import { maskName, PORT_NAMES, peName } from '../machine/fabric.ts';
import type { PeClass, Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { ProgramError } from './engine.ts';

/** More instructions of cost 0 in a row than this are an endless loop that takes no time (our bound; no published source). */
export const FREE_LIMIT = 1 << 20;

/** Byte range [from, to) of a class's data memory: from the end of the code reserve to the end of its last allocation. */
export function dataRange(cls: PeClass, machine: MachineSpec): { readonly from: number; readonly to: number } {
  const to = cls.memory.reduce((end, a) => Math.max(end, a.address + a.bytes), machine.codeReserve);
  return { from: machine.codeReserve, to };
}

/** Two ports inside the receive set offer one color in the same tick (rule 4). `ports` is the mask of all that do. */
export function collision(program: Program, cycle: number, pe: number, color: number, ports: number): ProgramError {
  const first = PORT_NAMES.findIndex((_, port) => (ports >> port) & 1);
  const others = maskName(ports & ~(1 << first));
  return new ProgramError(cycle, `color ${color} collides at ${peName(pe, program.width)}: wavelets from ${PORT_NAMES[first]} and ${others} in one cycle`, [
    'let one stream wait outside the receive set and open it with a switch',
    'give the streams different colors',
  ]);
}

/** A memory access of a task outside the class's data memory, or at an address that is not a multiple of its width (rule 13). */
export function memoryFault(program: Program, cycle: number, pe: number, task: number, address: number, width: number): ProgramError {
  const cls = program.classes[program.classOf[pe]];
  const { from, to } = dataRange(cls, program.machine);
  const outside = address < from || address + width > to;
  const problem = outside ? `outside its data memory ${from} to ${to - 1}` : `which is not a multiple of ${width}`;
  const place = `${peName(pe, program.width)} (${cls.name}), task ${cls.tasks[task].name}`;
  return new ProgramError(cycle, `${place}, touches ${width} bytes at address ${address}, ${problem}`);
}

/** A task that runs for ever in no time (rule 10 with {@link FREE_LIMIT}). */
export function endlessTask(program: Program, cycle: number, pe: number, task: number): ProgramError {
  const cls = program.classes[program.classOf[pe]];
  return new ProgramError(cycle, `${peName(pe, program.width)} (${cls.name}), task ${cls.tasks[task].name}, loops for ever without taking a cycle`);
}
