/**
 * The constants of a machine in words, each with its source (MachineSpec.sources). A constant without a line here, or a line
 * without a source, fails a test: nothing that moves a number stays unsaid.
 */
import { grouped, withUnit } from '../base/numbers.ts';
import { COLORS } from '../machine/fabric.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { isAssumed } from './verdict.ts';

export interface Constant {
  readonly key: string;
  readonly name: string;
  /** In words with units. */
  readonly value: string;
  /** Keys of machine/sources.ts, or *assumed*. */
  readonly source: string;
  readonly assumed: boolean;
}

const cycles = (n: number): string => withUnit(n, n === 1 ? 'cycle' : 'cycles');

/** Name and value in words of every sourced field of a machine. */
const WORDS: Readonly<Record<string, { readonly name: string; readonly value: (m: MachineSpec) => string }>> = {
  usable: { name: 'Usable rectangle', value: (m) => `${grouped(m.usable.width)} × ${grouped(m.usable.height)} PEs` },
  clockHz: { name: 'Clock', value: (m) => withUnit(m.clockHz / 1e6, 'MHz') },
  hop: { name: 'Hop latency', value: (m) => cycles(m.hop) },
  ramp: { name: 'Ramp latency, each way', value: (m) => cycles(m.ramp) },
  fifoDepth: { name: 'FIFO depth, per port and color', value: (m) => withUnit(m.fifoDepth, 'wavelets') },
  inputQueues: { name: 'Input queues', value: (m) => `${m.inputQueues.join(', ')} words` },
  outputQueues: { name: 'Output queues', value: (m) => `${m.outputQueues.join(', ')} words` },
  sramBytes: { name: 'SRAM of a PE', value: (m) => withUnit(m.sramBytes, 'B') },
  codeReserve: { name: 'Code and run-time reserve', value: (m) => withUnit(m.codeReserve, 'B') },
  rates: { name: 'Elements a cycle, by vector operation', value: (m) => rates(m) },
  setup: {
    name: 'Set-up of a vector op',
    value: ({ setup: s }) => `${cycles(s.base)}, ${s.perOperand} more for each memory or fabric operand; a mapped step ${cycles(s.mapped)}`,
  },
  completion: { name: 'End of an op to the start of the task it activates', value: (m) => cycles(m.completion) },
  scalar: { name: 'Scalar instructions', value: (m) => scalar(m) },
  timestamp: { name: 'Time stamp', value: (m) => cycles(m.scalar.timestamp) },
  switches: { name: 'Switches', value: (m) => `receive and send side change together on ${grouped(m.switches.bothSides.length)} of ${COLORS} colors` },
  fusedDot: { name: 'Fused one-cycle dot', value: (m) => (m.fusedDot ? 'offered by default' : 'not by default') },
  host: {
    name: 'Host, whole wafer',
    value: (m) => `${grouped(m.host.wordsInPerCycle)} words a cycle in, ${grouped(m.host.wordsOutPerCycle, 2)} out, ${m.host.lanePerCycle} a lane`,
  },
};

/** Ops grouped by rate, fastest first. */
function rates(machine: MachineSpec): string {
  const byRate = new Map<number, string[]>();
  for (const [op, rate] of Object.entries(machine.rates)) byRate.set(rate, [...(byRate.get(rate) ?? []), op]);
  return [...byRate]
    .sort(([a], [b]) => b - a)
    .map(([rate, ops]) => `${rate}: ${ops.join(' ')}`)
    .join('; ');
}

function scalar({ scalar: s }: MachineSpec): string {
  return `integer ${s.alu}, floating point ${s.fp}, load ${s.load}, store ${s.store}, branch ${s.branchTaken} taken, ${s.branchNotTaken} not`;
}

/** Every constant of the machine with its source, in the order of the table above. */
export function machineConstants(machine: MachineSpec): Constant[] {
  return Object.entries(WORDS).map(([key, { name, value }]) => {
    const source = machine.sources[key];
    return { key, name, value: value(machine), source, assumed: isAssumed(source) };
  });
}
