/**
 * Where words come from and go to: a PE's memory, its queues to the fabric and its FIFOs in memory. One word at a time; who
 * may take or put one, and when, is decided elsewhere. Models: docs/tick.md rules 1 and 13.
 */
import { assert } from '../base/error.ts';
import { findChannel } from '../machine/channels.ts';
import { Port } from '../machine/fabric.ts';
import type { FabricOutOperand, MemoryFifo } from '../machine/program.ts';
import { memoryFault } from './faults.ts';
import type { Context } from './reference-state.ts';

/** Takes the head of an input queue. */
export function take(c: Context, pe: number, queue: number): number {
  const lane = c.channels.inputFirst[pe] + queue;
  const entry = c.state.inputs[lane].shift();
  assert(entry !== undefined, `input queue ${queue} of PE ${pe} is empty`);
  c.recorder?.use(lane, c.state.cycle);
  return entry.word;
}

/** Puts a word into an output queue, which is the ramp's FIFO of its color (rule 1); it climbs the ramp from `end`, the end of the issue. */
export function put(c: Context, pe: number, to: FabricOutOperand, word: number, end: number, advance: boolean): void {
  const { channels, program, state } = c;
  const { color } = program.classes[program.classOf[pe]].outputs[to.queue];
  state.fifos[findChannel(channels, pe, Port.RAMP, color)].push({ word, ready: end + program.machine.ramp, control: to.control ?? false, advance });
  c.recorder?.send(channels.outputFirst[pe] + to.queue, state.cycle);
}

/** The FIFO in memory of this number in the PE's class. */
export function fifoOf(c: Context, pe: number, fifo: number): MemoryFifo {
  const found = c.program.classes[c.program.classOf[pe]].fifos?.[fifo];
  assert(found !== undefined, `PE ${pe} has no FIFO ${fifo}`);
  return found;
}

/** Takes the oldest word of a FIFO in memory. */
export function takeFifo(c: Context, pe: number, task: number, fifo: number): number {
  const { address, capacity } = fifoOf(c, pe, fifo);
  const { rings } = c.state.pes[pe];
  const { head, count } = rings[fifo];
  assert(count > 0, `FIFO ${fifo} of PE ${pe} is empty`);
  rings[fifo] = { head: (head + 1) % capacity, count: count - 1 };
  return load(c, pe, task, address + 4 * head, 4);
}

/** Adds a word to a FIFO in memory, behind the youngest. */
export function putFifo(c: Context, pe: number, task: number, fifo: number, word: number): void {
  const { address, capacity } = fifoOf(c, pe, fifo);
  const { rings } = c.state.pes[pe];
  const { head, count } = rings[fifo];
  assert(count < capacity, `FIFO ${fifo} of PE ${pe} is full`);
  store(c, pe, task, address + 4 * ((head + count) % capacity), 4, word);
  rings[fifo] = { head, count: count + 1 };
}

/** Throws unless an access lies in the class's data memory and is aligned. */
function check(c: Context, pe: number, task: number, address: number, width: number): void {
  const from = c.program.machine.codeReserve;
  const to = c.state.pes[pe].memory.length;
  if (address < from || address + width > to || address % width !== 0) throw memoryFault(c.program, c.state.cycle, pe, task, address, width);
}

/** An unsigned little-endian word of a PE's memory. */
export function load(c: Context, pe: number, task: number, address: number, width: 2 | 4): number {
  check(c, pe, task, address, width);
  const { memory } = c.state.pes[pe];
  const low = memory[address] | (memory[address + 1] << 8);
  return width === 2 ? low : (low | (memory[address + 2] << 16) | (memory[address + 3] << 24)) >>> 0;
}

export function store(c: Context, pe: number, task: number, address: number, width: 2 | 4, word: number): void {
  check(c, pe, task, address, width);
  const { memory } = c.state.pes[pe];
  for (let i = 0; i < width; i++) memory[address + i] = word >>> (8 * i);
}
