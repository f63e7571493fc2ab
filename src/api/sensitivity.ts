/**
 * What each constant of the machine would move, one at a time: the kernel plans the same problem on the same rectangle of a
 * machine that differs in one constant, and its closed form is evaluated again. Nothing is simulated; how far closed form and
 * simulation are apart for the machine as it is stands beside it in every report.
 */
import { WeftError } from '../base/error.ts';
import { count, withUnit } from '../base/numbers.ts';
import { kernelById } from '../kernels/registry.ts';
import type { Plan } from '../kernels/types.ts';
import type { VectorOp } from '../machine/ops.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { isArithmetic, timesRates } from '../machine/tuning.ts';
import type { Sensitivity, SensitivityBar, SensitivityEnd } from '../report/types.ts';

/** A constant, how it reads, and the machines beside the one at hand; null where there is none. */
interface Parameter {
  readonly parameter: string;
  readonly value: (machine: MachineSpec) => string;
  readonly less: (machine: MachineSpec) => MachineSpec | null;
  readonly more: (machine: MachineSpec) => MachineSpec | null;
  /** What the two are called, where their values are not plain. */
  readonly words?: readonly [less: string, more: string];
}

const METHOD =
  'Closed form of the same placement on a machine that differs in one constant; one constant at a time, nothing simulated. The difference between closed form and simulation stands on the first page.';

/** Factor by which clocks are moved. */
const CLOCK_STEP = 0.1;
const isOther = (op: VectorOp): boolean => !isArithmetic(op);
const RATE_WORDS = ['half of it', 'twice of it'] as const;

const cyclesWord = (n: number): string => count(n, 'cycle');
const wordsWord = (depths: readonly number[]): string => `${depths.join(', ')} words`;

const PARAMETERS: readonly Parameter[] = [
  {
    parameter: 'Hop latency',
    value: (m) => cyclesWord(m.hop),
    less: (m) => (m.hop > 1 ? { ...m, hop: m.hop - 1 } : null),
    more: (m) => ({ ...m, hop: m.hop + 1, fifoDepth: Math.max(m.fifoDepth, m.hop + 2) }),
  },
  {
    parameter: 'Ramp latency',
    value: (m) => cyclesWord(m.ramp),
    less: (m) => (m.ramp > 1 ? { ...m, ramp: m.ramp - 1 } : null),
    more: (m) => ({ ...m, ramp: m.ramp + 1 }),
  },
  {
    parameter: 'Input queues',
    value: (m) => wordsWord(m.inputQueues),
    less: (m) => ({ ...m, inputQueues: m.inputQueues.map((depth) => Math.max(1, depth / 2)) }),
    more: (m) => ({ ...m, inputQueues: m.inputQueues.map((depth) => 2 * depth) }),
    words: ['half as deep', 'twice as deep'],
  },
  {
    parameter: 'Router FIFOs',
    value: (m) => count(m.fifoDepth, 'wavelet'),
    less: () => null,
    more: (m) => ({ ...m, fifoDepth: 2 * m.fifoDepth }),
  },
  {
    parameter: 'Clock',
    value: (m) => withUnit(m.clockHz / 1e6, 'MHz'),
    less: (m) => ({ ...m, clockHz: m.clockHz * (1 - CLOCK_STEP) }),
    more: (m) => ({ ...m, clockHz: m.clockHz * (1 + CLOCK_STEP) }),
  },
  {
    parameter: 'Rate of multiplies and adds',
    value: () => 'as in the op table',
    less: (m) => ({ ...m, rates: timesRates(m.rates, 0.5, isArithmetic) }),
    more: (m) => ({ ...m, rates: timesRates(m.rates, 2, isArithmetic) }),
    words: RATE_WORDS,
  },
  {
    parameter: 'Rate of moves and conversions',
    value: () => 'as in the op table',
    less: (m) => ({ ...m, rates: timesRates(m.rates, 0.5, isOther) }),
    more: (m) => ({ ...m, rates: timesRates(m.rates, 2, isOther) }),
    words: RATE_WORDS,
  },
  {
    parameter: 'Set-up of a vector op',
    value: (m) => cyclesWord(m.setup.base),
    less: (m) => withSetup(m, 0),
    more: (m) => withSetup(m, 2),
  },
];

/** Every constant whose change moves cycles or time, the largest mover first. `plan` is that of the run. */
export function sensitivityOf(plan: Plan): Sensitivity {
  const base = endOf(plan, plan.machine, '');
  if (base === null) throw new WeftError('kernel', 'the plan cannot be estimated', []);
  const bars = PARAMETERS.map((parameter) => barOf(plan, parameter)).filter((bar) => reach(bar, base) > 0);
  return { method: METHOD, cycles: base.cycles, microseconds: base.microseconds, bars: bars.sort((a, b) => reach(b, base) - reach(a, base)) };
}

function barOf(plan: Plan, { parameter, value, less, more, words }: Parameter): SensitivityBar {
  const { machine } = plan;
  const end = (changed: MachineSpec | null, word?: string): SensitivityEnd | null => (changed === null ? null : endOf(plan, changed, word ?? value(changed)));
  return { parameter, value: value(machine), less: end(less(machine), words?.[0]), more: end(more(machine), words?.[1]) };
}

/** The closed form on another machine; null where the problem cannot be placed there. */
function endOf({ kernel, shape, rectangle, options }: Plan, machine: MachineSpec, value: string): SensitivityEnd | null {
  try {
    const mapping = kernelById(kernel);
    const { cycles } = mapping.estimate(mapping.plan(shape, machine, rectangle, options)).closedForm;
    return { value, cycles, microseconds: (cycles / machine.clockHz) * 1e6 };
  } catch (error) {
    if (error instanceof WeftError) return null;
    throw error;
  }
}

/** Largest change of the time, as a share. */
function reach({ less, more }: SensitivityBar, base: SensitivityEnd): number {
  return Math.max(...[less, more].map((end) => (end === null ? 0 : Math.abs(end.microseconds / base.microseconds - 1))));
}

function withSetup(machine: MachineSpec, times: number): MachineSpec | null {
  const { base, perOperand, mapped, descriptorWords } = machine.setup;
  if (base + perOperand + mapped === 0) return null;
  return { ...machine, setup: { base: base * times, perOperand: perOperand * times, mapped: mapped * times, descriptorWords } };
}
