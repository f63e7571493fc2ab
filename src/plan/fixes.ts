/** What to change where something does not fit: every offer was planned again, and only what mends it is offered. */
import { WeftError } from '../base/error.ts';
import { count } from '../base/numbers.ts';
import { usedBytes } from '../machine/memory.ts';
import { MACHINES, type MachineSpec } from '../machine/spec.ts';
import { type ModelSizes, storedIn } from '../model/sizes.ts';
import { accountOf, checkChoice, type PlanKernel } from './account.ts';
import type { Fix } from './capacity-types.ts';
import { longestContext, type Packing, pack, type Question, type Residence, residenceOf } from './residence.ts';

interface Offer {
  /** What it changes; two of one kind make no pair. */
  readonly about: string;
  readonly label: string;
  readonly change: (q: Question) => Question;
}

/** Says how a question comes out with a change, or undefined if that mends nothing. */
type Outcome = (q: Question) => string | undefined;

/** Single changes that mend it; pairs of them where none does. */
function mending(q: Question, offers: readonly Offer[], outcome: Outcome): Fix[] {
  const tried = (offer: Offer): Fix[] => {
    const changed = offer.change(q);
    const result = goesTogether(changed) ? outcome(changed) : undefined;
    return result === undefined ? [] : [{ label: offer.label, change: changeOf(q, changed), flags: flagsOf(q, changed), outcome: result }];
  };
  const single = offers.flatMap(tried);
  if (single.length > 0) return single;
  return offers.flatMap((a, i) => offers.slice(i + 1).flatMap((b) => (a.about === b.about ? [] : tried(both(a, b))))).slice(0, MOST_PAIRS);
}

const MOST_PAIRS = 4;

const both = (a: Offer, b: Offer): Offer => ({
  about: `${a.about}, ${b.about}`,
  label: `${a.label} and ${b.label}`,
  change: (q) => b.change(a.change(q)),
});

/** What differs, as plain data for a page that applies it. */
function changeOf(from: Question, to: Question): Fix['change'] {
  const { kernel, options, context, batch, cache } = to;
  return {
    ...(kernel !== from.kernel && { kernel }),
    ...(options !== from.options && { options }),
    ...(context !== from.context && { context }),
    ...(batch !== from.batch && { batch }),
    ...(cache !== from.cache && { cache }),
    ...(to.machine !== from.machine && { machine: to.machine.id }),
    ...(to.sizes !== from.sizes && { storage: SMALLEST }),
  };
}

/** The same as flags of the command line. */
function flagsOf(from: Question, to: Question): string {
  const { kernel, options, context, batch, cache, machine, storage } = changeOf(from, to);
  const chosen = Object.entries(options ?? {}).filter(([id, value]) => Object.entries(from.options).every(([other, old]) => id !== other || value !== old));
  const flags = { kernel, ...Object.fromEntries(chosen), context, batch, kv: cache, format: storage, machine };
  return Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([id, value]) => `--${id} ${value}`)
    .join(' ');
}

/** Whether kernel and options take every format of the model. */
function goesTogether(q: Question): boolean {
  const formats = new Set(q.sizes.tensors.filter(({ use }) => use === 'matrix' || use === 'both').map(({ format }) => format));
  try {
    for (const format of formats) checkChoice({ ...q, k: 0, format, n: 1, bias: false });
    return true;
  } catch (error) {
    if (error instanceof WeftError) return false;
    throw error;
  }
}

/** The same with another kernel; options that it does not know are dropped, and what rows lie there as is kept. */
function withKernel(q: Question, kernel: PlanKernel): Question {
  const { inner: _inner, reduce: _reduce, drain, ...shared } = q.options;
  if (kernel !== 'split-k') return { ...q, kernel, options: { ...shared, ...(drain && { drain }) } };
  return { ...q, kernel, options: { ...shared, inner: q.kernel === 'stationary' ? 'stationary' : 'streaming' } };
}

const kernelOffer = (kernel: PlanKernel, { options }: Question): Offer => ({
  about: 'kernel',
  label: `use the kernel ${kernel}${kernel === 'split-k' && options.drain !== undefined ? ' without the option drain' : ''}`,
  change: (q) => withKernel(q, kernel),
});

function optionOffers({ kernel, options }: Question): Offer[] {
  const option = (id: string, value: string): Offer => ({
    about: id,
    label: `use ${id} ${value}`,
    change: (q) => ({ ...q, options: { ...q.options, [id]: value } }),
  });
  return [
    ...(options.f16 === 'on' ? [] : [option('f16', 'on')]),
    ...(options.overlap === 'on' ? [option('overlap', 'off')] : []),
    ...((options.factored ?? 'off') === 'off' ? [] : [option('factored', 'off')]),
    ...(kernel === 'split-k' || options.drain === 'column' ? [] : [option('drain', 'column')]),
    ...(kernel === 'split-k' && options.inner === 'stationary' ? [option('inner', 'streaming')] : []),
  ];
}

const mappingOffers = (q: Question): Offer[] => [
  ...(['streaming', 'split-k'] as const)
    .filter((kernel) => kernel !== q.kernel && !(kernel === 'streaming' && q.kernel === 'split-k'))
    .map((kernel) => kernelOffer(kernel, q)),
  ...optionOffers(q),
];

/** The largest batch below the asked one that is mended, by bisection: a smaller one never needs more. */
function batchOffers(q: Question, outcome: Outcome): Offer[] {
  const fits = (batch: number): boolean => outcome({ ...q, batch }) !== undefined;
  if (q.batch <= 1 || !fits(1)) return [];
  let [good, bad] = [1, q.batch];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return [{ about: 'batch', label: `use a batch of at most ${good}`, change: (other) => ({ ...other, batch: good }) }];
}

/** For matrices of these kinds, whose PEs are alike, of which not even one row fits. */
export function fixesOfMatrix(q: Question, kinds: readonly string[]): Fix[] {
  const outcome: Outcome = (changed) => {
    const groups = residenceOf(changed).groups.filter(({ tensor }) => kinds.includes(tensor.kind));
    const [{ densest, kind: pe }] = groups;
    if (densest === undefined || groups.some((group) => group.densest === undefined)) return undefined;
    const free = q.machine.sramBytes - usedBytes(accountOf(pe, densest.rows, densest.slices));
    const split = densest.slices > 1 ? `, each spread over ${densest.slices} PEs` : '';
    return `${count(densest.rows, 'row')} on a PE${split}, ${free} B free`;
  };
  return mending(q, [...mappingOffers(q), ...batchOffers(q, outcome)], outcome);
}

const LARGER: readonly MachineSpec[] = [MACHINES.wse2, MACHINES.wse3];
const pesOfMachine = ({ usable }: MachineSpec): number => usable.width * usable.height;

const machineOffers = ({ machine }: Question): Offer[] =>
  LARGER.filter((other) => pesOfMachine(other) > pesOfMachine(machine)).map((other) => ({
    about: 'machine',
    label: `use ${other.name}`,
    change: (q) => ({ ...q, machine: other }),
  }));

/** The format of the fewest bits that PEs have a program for. */
const SMALLEST = 'q4_k';

/** As Q4_K, where something is stored in more bits. */
function formatOffers({ sizes }: Question): Offer[] {
  const smaller: ModelSizes = { ...sizes, tensors: sizes.tensors.map((t) => storedIn(t, SMALLEST, sizes.architecture)) };
  const bytes = ({ tensors }: ModelSizes): number => tensors.reduce((sum, t) => sum + t.bytes, 0);
  if (bytes(smaller) >= bytes(sizes)) return [];
  return [{ about: 'storage', label: 'store it as Q4_K', change: (q) => ({ ...q, sizes: smaller }) }];
}

const onOneWafer: Outcome = (q) => {
  const { wafers, pes } = pack(q, residenceOf(q));
  return wafers === 1 ? `everything on one wafer: ${pes} of ${pesOfMachine(q.machine)} PEs` : undefined;
};

/** For weights that do not fit onto one wafer. */
export const fixesOfModel = (q: Question): Fix[] => mending(q, [...mappingOffers(q), ...formatOffers(q), ...machineOffers(q), ...cacheOffers(q)], onOneWafer);

/** For heads of which a PE keeps not even one token. */
export const fixesOfHead = (q: Question): Fix[] =>
  mending(q, cacheOffers(q), (changed) => {
    const { tokensPerPe } = residenceOf(changed);
    return tokensPerPe > 0 ? `${count(tokensPerPe, 'token')} of a head on a PE` : undefined;
  });

/** For a cache that does not fit beside weights which do. */
export function fixesOfCache(q: Question, residence: Residence): Fix[] {
  return mending(q, [...contextOffers(q, residence), ...batchOffers(q, onOneWafer), ...cacheOffers(q), ...machineOffers(q), ...mappingOffers(q)], onOneWafer);
}

const cacheOffers = ({ cache }: Question): Offer[] =>
  cache === 'f16' ? [] : [{ about: 'cache', label: 'keep keys and values as f16', change: (q) => ({ ...q, cache: 'f16' }) }];

function contextOffers(q: Question, residence: Residence): Offer[] {
  const context = longestContext(q, residence);
  if (context === 0 || context >= q.context) return [];
  return [{ about: 'context', label: `use a context of at most ${context}`, change: (other) => ({ ...other, context }) }];
}

/** PEs that are missing for everything to lie on one wafer. */
export const missingPes = ({ machine }: Question, { pes }: Packing): number => pes - pesOfMachine(machine);

/** Fixes as an error lists them. */
export const fixesInWords = (fixes: readonly Fix[]): string[] => fixes.map(({ label, flags }) => `${label} (${flags})`);
