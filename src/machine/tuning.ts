/**
 * Constants of a machine set by hand: what if a hop took three cycles, the queues were deeper, the clock faster? One table, which
 * the command line, links, sweeps and the page read. A preset with nothing changed stays the preset, the same object.
 */
import { WeftError } from '../base/error.ts';
import { count, withUnit } from '../base/numbers.ts';
import { type OpRates, VECTOR_OP_NAMES, type VectorOp } from './ops.ts';
import { MACHINES, type MachineId, type MachineSpec, type Tuning } from './spec.ts';

export interface Tunable {
  readonly name: string;
  /** Of the values; `factor` multiplies what the preset has. */
  readonly unit: 'cycles' | 'words' | 'wavelets' | 'MHz' | 'factor';
  readonly least: number;
  readonly most: number;
  /** Values between whole numbers that are meant, where there are any. */
  readonly values?: readonly number[];
  readonly meaning: string;
}

export type TunableId = keyof Tuning;

/** Every constant that can be set. */
export const TUNABLES = {
  hop: {
    name: 'Hop latency',
    unit: 'cycles',
    least: 1,
    most: 16,
    meaning: 'Cycles from router to router. Router FIFOs get at least one wavelet more, without which a link could not be busy in every cycle.',
  },
  ramp: { name: 'Ramp latency', unit: 'cycles', least: 1, most: 16, meaning: 'Cycles between a PE and its router, each way.' },
  queue: { name: 'Input queues', unit: 'words', least: 1, most: 64, meaning: 'Depth of every input queue of a PE.' },
  fifo: {
    name: 'Router FIFOs',
    unit: 'wavelets',
    least: 1,
    most: 64,
    meaning:
      'Depth of the FIFO that a router has for each port and color. From the hop latency down a link rests between wavelets; closed forms do not have that.',
  },
  clock: { name: 'Clock', unit: 'MHz', least: 1, most: 10_000, meaning: 'Cycles are the same, microseconds are not.' },
  mac: {
    name: 'Multiply-add rate',
    unit: 'factor',
    least: 0.25,
    most: 4,
    values: [0.25, 0.5, 1, 2, 4],
    meaning: 'Elements that one issue of a vector sum or product handles, as a multiple of the op table.',
  },
} as const satisfies Record<TunableId, Tunable>;

export const TUNABLE_IDS = Object.keys(TUNABLES) as TunableId[];

interface Handle {
  /** Field of the specification that holds it. */
  readonly field: 'hop' | 'ramp' | 'inputQueues' | 'fifoDepth' | 'clockHz' | 'rates';
  /** In the unit of the table; null where a preset has no single value. */
  readonly get: (preset: MachineSpec) => number | null;
  readonly set: (machine: MachineSpec, value: number) => Partial<MachineSpec>;
}

const HANDLES: Readonly<Record<TunableId, Handle>> = {
  hop: { field: 'hop', get: ({ hop }) => hop, set: ({ fifoDepth }, hop) => ({ hop, fifoDepth: Math.max(fifoDepth, hop + 1) }) },
  ramp: { field: 'ramp', get: ({ ramp }) => ramp, set: (_, ramp) => ({ ramp }) },
  queue: {
    field: 'inputQueues',
    get: ({ inputQueues: [first, ...more] }) => (more.every((depth) => depth === first) ? first : null),
    set: ({ inputQueues }, depth) => ({ inputQueues: inputQueues.map(() => depth) }),
  },
  fifo: { field: 'fifoDepth', get: ({ fifoDepth }) => fifoDepth, set: (_, fifoDepth) => ({ fifoDepth }) },
  clock: { field: 'clockHz', get: ({ clockHz }) => clockHz / 1e6, set: (_, mhz) => ({ clockHz: mhz * 1e6 }) },
  mac: { field: 'rates', get: () => 1, set: ({ rates }, factor) => ({ rates: timesRates(rates, factor, isArithmetic) }) },
};

const ARITHMETIC = /_(mul|mac|sum|dot|add)(_|$)/;
/** Ops of sums and products; all others unpack, convert and move. */
export const isArithmetic = (op: VectorOp): boolean => ARITHMETIC.test(op);

/** The op table with the rates of some ops times a factor. */
export const timesRates = (rates: OpRates, factor: number, isMeant: (op: VectorOp) => boolean): OpRates =>
  Object.fromEntries(VECTOR_OP_NAMES.map((op) => [op, rates[op] * (isMeant(op) ? factor : 1)])) as Record<VectorOp, number>;

/** What a preset has, in the unit of the table; null where it has no single value. */
export const usualOf = (id: MachineId, tunable: TunableId): number | null => HANDLES[tunable].get(MACHINES[id]);

/** Where a machine has a constant from. */
export const tunedSource = ({ sources }: MachineSpec, id: TunableId): string => sources[HANDLES[id].field];

/** A value with its unit: `3 cycles`, `2×`. */
export function tunedWord(id: TunableId, value: number): string {
  const { unit }: Tunable = TUNABLES[id];
  if (unit === 'factor') return `${value}\u00d7`;
  return unit === 'MHz' ? withUnit(value, unit) : count(value, unit.slice(0, -1));
}

/** Those that are not as the preset has them. @throws WeftError on a constant that there is not, and a value it cannot have */
export function tuningOf(id: MachineId, chosen: Tuning): Tuning {
  for (const [name, value] of Object.entries(chosen)) if (value !== undefined) checkValue(name, value);
  return Object.fromEntries(TUNABLE_IDS.filter((name) => chosen[name] !== undefined && chosen[name] !== usualOf(id, name)).map((name) => [name, chosen[name]]));
}

/**
 * A preset with constants set by hand; its name and the sources of what was set say so.
 * @throws WeftError on a constant that there is not, and a value it cannot have
 */
export function tunedMachine(id: MachineId, chosen: Tuning = {}): MachineSpec {
  const preset = MACHINES[id];
  const tuning = tuningOf(id, chosen);
  const names = TUNABLE_IDS.filter((name) => tuning[name] !== undefined);
  if (names.length === 0) return preset;
  let machine: MachineSpec = preset;
  const sources: Record<string, string> = { ...preset.sources };
  for (const name of names) {
    const depth = machine.fifoDepth;
    machine = { ...machine, ...HANDLES[name].set(machine, tuning[name] as number) };
    if (machine.fifoDepth !== depth) sources.fifoDepth = 'assumed: hop + 1, with the hop set by hand';
    sources[HANDLES[name].field] = `set by hand; ${preset.name} has ${usualWord(id, name)}`;
  }
  const words = names.map((name) => `${name} ${tunedWord(name, tuning[name] as number)}`);
  return { ...machine, name: `${preset.name} (${words.join(', ')})`, sources, tuning };
}

function usualWord(id: MachineId, name: TunableId): string {
  const usual = usualOf(id, name);
  return usual === null ? `${MACHINES[id].inputQueues.join(', ')} words` : tunedWord(name, usual);
}

function checkValue(id: string, value: number): void {
  const known: Tunable | undefined = Object.hasOwn(TUNABLES, id) ? TUNABLES[id as TunableId] : undefined;
  if (known === undefined) throw new WeftError(id, `"${id}" is no constant that can be set`, [`use one of ${TUNABLE_IDS.join(', ')}`]);
  const { name, values, least, most } = known;
  if (values !== undefined && !values.includes(value))
    throw new WeftError(id, `${value} is no choice for ${name}; there are ${values.join(', ')}`, [`use ${nearestOf(values, value)}`]);
  if (values !== undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  throw new WeftError(id, `${value} is no ${name} of ${least} to ${most} ${known.unit}`, [`use ${fittedTo(id as TunableId, value)}`]);
}

const nearestOf = (values: readonly number[], value: number): number =>
  values.reduce((best, other) => (Math.abs(other - value) < Math.abs(best - value) ? other : best));

/** The nearest value that a constant can have. */
export function fittedTo(id: TunableId, value: number): number {
  const { values, least, most }: Tunable = TUNABLES[id];
  return values === undefined ? Math.min(most, Math.max(least, Math.round(value) || least)) : nearestOf(values, value);
}
