/**
 * Checks of what PEs of one class share: queues, the memory account, tasks and every instruction's operands. Addresses with
 * a base register are known only at run time; engines check those. Part of validate.ts.
 */
import { WeftError } from '../base/error.ts';
import { COLORS } from './fabric.ts';
import { checkFits } from './memory.ts';
import { SCALAR_OPS, VECTOR_OPS } from './ops.ts';
import { elementOffset } from './price.ts';
import type { Destination, QueueBinding, ScalarStep, Source, VectorInstruction } from './program.ts';
import { type Allocation, CONDITIONS, type Instruction, MAX_TASKS, type MemoryOperand, MICROTHREADS, type PeClass, REGISTERS } from './program.ts';
import type { MachineSpec } from './spec.ts';

/** The one error of these checks; `place` says where in the program. */
export function invalid(place: string, problem: string, ...fixes: string[]): WeftError {
  return new WeftError('program', `${place}: ${problem}`, fixes);
}

/** Whether `value` is an integer in [0, end). */
export const isIndex = (value: number | undefined, end: number): value is number => Number.isInteger(value) && value! >= 0 && value! < end;

/** Throws a WeftError that names the class, and the task and instruction where they are at fault. */
export function validateClass(cls: PeClass, machine: MachineSpec): void {
  const place = `class ${cls.name}`;
  validateQueues(`${place}, input queues`, cls.inputs, machine.inputQueues.length);
  validateQueues(`${place}, output queues`, cls.outputs, machine.outputQueues.length);
  validateMemory(cls, machine);
  if (cls.tasks.length > MAX_TASKS) throw invalid(place, `${cls.tasks.length} tasks, but a PE has at most ${MAX_TASKS}`);
  const end = cls.memory.reduce((max, a) => Math.max(max, a.address + a.bytes), machine.codeReserve);
  validateFifos(cls, machine.codeReserve, end);
  cls.tasks.forEach((task, i) => {
    validateTrigger(`${place}, task ${task.name}`, cls, i);
    task.code.forEach((instruction, i) => {
      const where = `${place}, task ${task.name}, instruction ${i}`;
      validateInstruction({ place: where, cls, from: machine.codeReserve, end, codeLength: task.code.length }, instruction);
    });
  });
}

function validateFifos(cls: PeClass, from: number, end: number): void {
  for (const { name, address, capacity, activatesOnPush, activatesOnPop } of cls.fifos ?? []) {
    const place = `class ${cls.name}, FIFO ${name}`;
    if (!Number.isInteger(capacity) || capacity < 1) throw invalid(place, `its capacity is ${capacity} words, not at least 1`);
    if (!Number.isInteger(address) || address % 4 !== 0) throw invalid(place, `its address is ${address}, which is not a multiple of 4`);
    if (address < from || address + 4 * capacity > end) {
      throw invalid(place, `its bytes ${address} to ${address + 4 * capacity - 1} are outside the data memory ${from} to ${end - 1}`, 'allocate memory for it');
    }
    for (const task of [activatesOnPush, activatesOnPop]) {
      if (task !== undefined && !isIndex(task, cls.tasks.length)) throw invalid(place, `activates task ${task}, but the class has ${cls.tasks.length}`);
    }
  }
}

function validateTrigger(place: string, cls: PeClass, index: number): void {
  const { trigger, active } = cls.tasks[index];
  if (trigger === undefined) return;
  if (!isIndex(trigger.register, REGISTERS)) throw invalid(place, `its word goes to register ${trigger.register}, not one of 0 to ${REGISTERS - 1}`);
  if (active) throw invalid(place, `a ${trigger.kind} task cannot be active: its wavelets start it`, 'leave it inactive');
  if (trigger.kind === 'control') return;
  if (!isIndex(trigger.queue, cls.inputs.length)) throw invalid(place, `its input queue is ${trigger.queue}, but the class has ${cls.inputs.length}`);
  const other = cls.tasks.findIndex((task, i) => i < index && task.trigger?.kind === 'data' && task.trigger.queue === trigger.queue);
  if (other >= 0) throw invalid(place, `input queue ${trigger.queue} already starts task ${cls.tasks[other].name}`, 'give each data task its own queue');
}

function validateQueues(place: string, bindings: readonly QueueBinding[], count: number): void {
  for (const [i, { queue, color }] of bindings.entries()) {
    if (!isIndex(queue, count)) throw invalid(place, `queue ${queue} is not one of the machine's ${count}`);
    if (!isIndex(color, COLORS)) throw invalid(place, `color ${color} is not in 0 to ${COLORS - 1}`);
    const before = bindings.slice(0, i);
    if (before.some((b) => b.queue === queue)) throw invalid(place, `queue ${queue} is bound to two colors`);
    if (before.some((b) => b.color === color)) throw invalid(place, `color ${color} is bound to two queues`);
  }
}

function validateMemory(cls: PeClass, machine: MachineSpec): void {
  const place = `class ${cls.name}, memory`;
  checkFits(cls.memory, machine, `class ${cls.name}`, ['use more PEs', 'choose a smaller block or fewer columns']);
  const sorted = [...cls.memory].sort((a, b) => a.address - b.address || a.bytes - b.bytes);
  let end = 0;
  let last: Allocation | undefined;
  for (const a of sorted) {
    if (!isIndex(a.address, machine.sramBytes + 1) || !isIndex(a.bytes, machine.sramBytes + 1)) throw invalid(place, `${a.name} is no range of bytes`);
    if (a.address < end) throw invalid(place, `${a.name} at ${a.address} overlaps ${last?.name}, which ends at ${end}`);
    if (a.address < machine.codeReserve && a.kind !== 'code') throw invalid(place, `${a.name} at ${a.address} lies in the code reserve`);
    end = a.address + a.bytes;
    last = a;
  }
  if (end > machine.sramBytes) throw invalid(place, `${last?.name} ends at ${end}, past the SRAM's ${machine.sramBytes} bytes`);
  const code = cls.memory.reduce((sum, a) => sum + (a.kind === 'code' ? a.bytes : 0), 0);
  if (code < machine.codeReserve) throw invalid(place, `accounts for ${code} bytes of code, not for the reserve of ${machine.codeReserve}`);
}

/** Where an instruction stands, and what it may refer to. */
interface Site {
  readonly place: string;
  readonly cls: PeClass;
  /** Data memory [from, end) in bytes. */
  readonly from: number;
  readonly end: number;
  readonly codeLength: number;
}

function validateInstruction(site: Site, instruction: Instruction): void {
  switch (instruction.kind) {
    case 'vector':
      validateVector(site, instruction);
      return;
    case 'scalar':
      for (const step of instruction.steps) validateStep(site, step);
      return;
    case 'loop':
      checkRegister(site, instruction.counter, 'its counter');
      checkJump(site, instruction.to);
      return;
    case 'branch':
      checkRegister(site, instruction.register, 'its register');
      if (!CONDITIONS.includes(instruction.when)) throw invalid(site.place, `its condition is ${instruction.when}, not one of ${CONDITIONS.join(', ')}`);
      checkJump(site, instruction.to);
      return;
    case 'mark':
      if (instruction.register !== -1) checkRegister(site, instruction.register, 'its mark');
      return;
    default:
      checkTask(site, instruction.task);
  }
}

function checkJump(site: Site, to: number): void {
  if (!isIndex(to, site.codeLength)) throw invalid(site.place, `jumps to ${to}, outside the task's ${site.codeLength} instructions`);
}

function checkRegister(site: Site, register: number | undefined, what: string): void {
  if (!isIndex(register, REGISTERS)) throw invalid(site.place, `${what} is register ${register}, not one of 0 to ${REGISTERS - 1}`);
}

function checkTask(site: Site, task: number): void {
  if (!isIndex(task, site.cls.tasks.length)) throw invalid(site.place, `names task ${task}, but the class has ${site.cls.tasks.length}`);
}

/** The operand fields each scalar op cannot do without; a load or store without `a` uses `imm` as the address. */
const NEEDED: Readonly<Record<ScalarStep['op'], ReadonlyArray<'d' | 'a' | 'b' | 'imm'>>> = {
  ...{ li: ['d', 'imm'], mov: ['d', 'a'], addi: ['d', 'a', 'imm'], add: ['d', 'a', 'b'], and: ['d', 'a', 'b'], andi: ['d', 'a', 'imm'] },
  ...{ or: ['d', 'a', 'b'], shli: ['d', 'a', 'imm'], shri: ['d', 'a', 'imm'], fneg: ['d', 'a'], fadd: ['d', 'a', 'b'], fmul: ['d', 'a', 'b'] },
  ...{ sub: ['d', 'a', 'b'], xor: ['d', 'a', 'b'], mul: ['d', 'a', 'b'], lt: ['d', 'a', 'b'], flt: ['d', 'a', 'b'], fsub: ['d', 'a', 'b'] },
  ...{ fmax: ['d', 'a', 'b'], fdiv: ['d', 'a', 'b'], f32_f16: ['d', 'a'], f32_i32: ['d', 'a'], f16_f32: ['d', 'a'], i32_f32: ['d', 'a'] },
  ...{ ld16: ['d'], ld32: ['d'], st16: ['b'], st32: ['b'], tsc: ['d'] },
};

function validateStep(site: Site, step: ScalarStep): void {
  const cost = SCALAR_OPS[step.op];
  if (cost === undefined) throw invalid(site.place, `${step.op} is no scalar op`);
  for (const field of NEEDED[step.op]) if (step[field] === undefined) throw invalid(site.place, `${step.op} lacks its operand ${field}`);
  for (const field of ['d', 'a', 'b'] as const) if (step[field] !== undefined) checkRegister(site, step[field], `operand ${field} of ${step.op}`);
  if ((cost === 'load' || cost === 'store') && step.a === undefined) checkRange(site, step.imm ?? 0, step.imm ?? 0, step.op.endsWith('16') ? 2 : 4, step.op);
}

/** Bytes [first, last + width) must lie in data memory, and elements on multiples of their width. */
function checkRange(site: Site, first: number, last: number, width: number, what: string): void {
  if (first % width !== 0) throw invalid(site.place, `${what} starts at address ${first}, which is not a multiple of ${width}`);
  if (first >= site.from && last + width <= site.end) return;
  throw invalid(site.place, `${what} touches bytes ${Math.min(first, last)} to ${last + width - 1}, outside the data memory ${site.from} to ${site.end - 1}`);
}

function validateVector(site: Site, op: VectorInstruction): void {
  const info = VECTOR_OPS[op.op];
  if (info === undefined) throw invalid(site.place, `${op.op} is no vector op`);
  const named = { ...site, place: `${site.place} (${op.op})` };
  if (!Number.isInteger(op.length) || op.length < 1) throw invalid(named.place, `its length is ${op.length}, not at least 1`);
  if (op.thread !== undefined && !isIndex(op.thread, MICROTHREADS)) throw invalid(named.place, `microthread ${op.thread} is not one of ${MICROTHREADS}`);
  for (const task of [op.activates, op.unblocks]) if (task !== undefined) checkTask(named, task);
  if ((op.b !== undefined) !== info.b > 0) throw invalid(named.place, `it has ${info.b > 0 ? 2 : 1} vector sources`);
  if ((op.scalar !== undefined) !== info.scalar) throw invalid(named.place, info.scalar ? 'it lacks its scalar' : 'it has no scalar');
  if (op.scalar && 'register' in op.scalar) checkRegister(named, op.scalar.register, 'its scalar');
  if ((op.destination.kind === 'register') !== info.reduces) {
    throw invalid(named.place, info.reduces ? 'its destination must be a register' : 'its destination must be memory or a queue');
  }
  validatePacked(named, op);
  validateOperand(named, op.destination, info.dst, op.length, 'the destination');
  validateOperand(named, op.a, info.a, op.length, 'source a');
  if (op.b) validateOperand(named, op.b, info.b || 4, op.length, 'source b');
}

/** Packed wavelets carry 16-bit elements, and an op's fabric operands are all packed or none. */
function validatePacked(site: Site, op: VectorInstruction): void {
  const info = VECTOR_OPS[op.op];
  const operands = [['the destination', op.destination, info.dst] as const, ['source a', op.a, info.a] as const, ['source b', op.b, info.b] as const];
  const fabric = operands.filter(([, o]) => o?.kind === 'fabricIn' || o?.kind === 'fabricOut');
  const packed = fabric.filter(([, o]) => (o?.kind === 'fabricIn' || o?.kind === 'fabricOut') && o.packed === true);
  for (const [what, , width] of packed)
    if (width !== 2) throw invalid(site.place, `${what} is packed, but its elements have ${width * 8} bits`, 'pack only 16-bit elements');
  if (packed.length === 0) return;
  if (packed.length < fabric.length) throw invalid(site.place, 'some of its fabric operands are packed and some are not', 'pack all of them or none');
  if (operands.some(([, o]) => o?.kind === 'fifo'))
    throw invalid(site.place, 'its fabric operands are packed, but a FIFO in memory takes one element a word', 'unpack it');
}

function validateOperand(site: Site, operand: Destination | Source, width: number, length: number, what: string): void {
  if (operand.kind === 'register') checkRegister(site, operand.register, what);
  else if (operand.kind === 'memory') validateVectorMemory(site, operand, width, length, what);
  else if (operand.kind === 'fifo') {
    const count = site.cls.fifos?.length ?? 0;
    if (!isIndex(operand.fifo, count))
      throw invalid(site.place, `${what} is FIFO ${operand.fifo}, but the class has ${count}`, 'give the number of the FIFO in the class');
  } else {
    const queues = operand.kind === 'fabricIn' ? site.cls.inputs : site.cls.outputs;
    if (isIndex(operand.queue, queues.length)) return;
    throw invalid(site.place, `${what} is queue ${operand.queue}, but the class has ${queues.length}`, 'give the number of the queue in the class');
  }
}

function validateVectorMemory(site: Site, o: MemoryOperand, width: number, length: number, what: string): void {
  for (const value of [o.address, o.stride, o.inner ?? 1, o.outer ?? 0]) {
    if (!Number.isInteger(value)) throw invalid(site.place, `${what} has ${value} where an integer is needed`);
  }
  if (o.inner !== undefined && o.inner < 1) throw invalid(site.place, `${what} has rows of ${o.inner} elements`);
  if (o.base !== undefined) {
    checkRegister(site, o.base, `the base of ${what}`);
    if (o.address % width !== 0) throw invalid(site.place, `${what} starts at address ${o.address}, which is not a multiple of ${width}`);
    return;
  }
  const offsets = corners(o, length).map((i) => elementOffset(o, width, i));
  const lowest = o.address + Math.min(...offsets);
  checkRange(site, lowest, o.address + Math.max(...offsets), width, what);
}

/** Elements at which the offset, linear in row and column, can be extreme: the corners of the full rows and of the last one. */
function corners(o: MemoryOperand, length: number): number[] {
  const inner = Math.min(o.inner ?? length, length);
  const lastRow = Math.floor((length - 1) / inner) * inner;
  return [0, inner - 1, lastRow, length - 1, Math.max(0, lastRow - 1)];
}
