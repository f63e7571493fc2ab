/**
 * The capacity planner: which tensors of a model fit where, every byte of a PE by its name, how many layers lie on a wafer at
 * once, where the cache goes, what overflows and what mends it. PEs are counted from the memory that the kernels themselves
 * lay out; nothing is simulated.
 */
import { assert, WeftError } from '../base/error.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Allocation } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { accountOf, checkChoice, pesOf, type Spread } from './account.ts';
import { cacheAccount, cacheBytesOfToken } from './cache.ts';
import { factsOf } from './capacity-facts.ts';
import { notesOf, onHostOf } from './capacity-notes.ts';
import type { CachePlan, CapacityReport, MatrixPlan, NormPlan, Overflow, PeAccount, RowsOnPes } from './capacity-types.ts';
import { fixesInWords, fixesOfCache, fixesOfHead, fixesOfMatrix, fixesOfModel, missingPes } from './fixes.ts';
import { cachePesOfLayer, type Group, longestContext, type Packing, pack, type Question, type Residence, residenceOf } from './residence.ts';
import { spreadOf } from './spread.ts';

/**
 * The whole plan. With `strict` a context that was asked for must fit.
 * @throws WeftError (`context`, `batch`, `kernel`, an option's name, or a format that goes with no kernel)
 */
export function capacityOf(q: Question, strict = false): CapacityReport {
  checkQuestion(q, strict);
  const residence = residenceOf(q);
  const packing = pack(q, residence);
  const overflows = overflowsOf(q, residence, packing);
  if (strict) checkContext(q, residence, packing, overflows);
  const spread = spreadOf(q, residence, packing);
  const matrices = residence.groups.map((group, i) => matrixPlan(group, spread?.[i]));
  const norms = residence.norms.map(
    (norm): NormPlan => ({ count: norm.blocks.length, hidden: norm.hidden, pes: norm.pes, account: pe(q.machine, norm.account) }),
  );
  const cache = cachePlan(q, residence, packing);
  const finite = packing.wafers < Number.POSITIVE_INFINITY;
  const { kernel, options, context, batch } = q;
  const report = {
    model: modelOf(q, residence),
    machine: machineOf(q.machine),
    question: { kernel, options, context, batch, cache: q.cache },
    matrices,
    norms,
    cache,
    onHost: onHostOf(q.sizes),
    layersAtOnce: packing.layers,
    wafers: finite ? packing.wafers : null,
    pes: finite ? packing.pes : null,
    overflows,
  };
  return { ...report, facts: factsOf(report), notes: notesOf(q, residence) };
}

function checkQuestion(q: Question, strict: boolean): void {
  const { context, batch, sizes } = q;
  for (const [field, value] of [['context', context] as const, ['batch', batch] as const]) {
    if (!Number.isSafeInteger(value) || value < 1) throw new WeftError(field, `it is ${value}; it must be a whole number from 1`, ['use 1']);
  }
  const { architecture } = sizes;
  const most = architecture?.context;
  if (most !== undefined && context > most)
    throw new WeftError('context', `${context} tokens are more than the ${most} that ${sizes.name} was made for`, [`use at most ${most}`]);
  if (strict && !architecture)
    throw new WeftError('context', `of ${sizes.name} only the tensors are known, so there is no cache to plan`, ['leave the context out']);
  const matrices = sizes.tensors.filter(({ use }) => use === 'matrix' || use === 'both');
  if (matrices.length === 0) throw new WeftError('MODEL', `${sizes.name} has no matrix`, ['Use a complete model file']);
  for (const format of new Set(matrices.map((t) => t.format))) checkChoice({ ...q, k: 0, format, n: 1, bias: false });
}

/** @throws WeftError (`context`) where the weights fit and the cache that was asked for does not. */
function checkContext(q: Question, residence: Residence, packing: Packing, overflows: readonly Overflow[]): void {
  const bare = pack(q, residence, 0);
  const lost = overflows.find(({ what }) => what === CACHE);
  if (lost) throw new WeftError('context', lost.problem, fixesInWords(lost.fixes));
  if (!bare.whole || packing.whole) return;
  const cache = cachePesOfLayer(q, residence.tokensPerPe, q.context);
  const longest = longestContext(q, residence);
  const problem = `keys and values of ${q.context} tokens x ${q.batch} take ${cache} PEs a layer, more than ${q.machine.name} has beside the layer's weights`;
  throw new WeftError('context', problem, longest > 0 ? [`use a context of at most ${longest} (--context ${longest})`] : ['use a smaller batch']);
}

const CACHE = 'cache';

function overflowsOf(q: Question, residence: Residence, packing: Packing): Overflow[] {
  const tight = residence.groups.filter((group) => group.densest === undefined);
  if (tight.length > 0) return alike(tight).map((groups) => matrixOverflow(q, groups));
  if (packing.wafers === 1) return [];
  if (packing.wafers === Number.POSITIVE_INFINITY) return [headOverflow(q)];
  const amount = missingPes(q, packing);
  const needs = `${packing.pes} PEs, ${amount} more than ${q.machine.name} has`;
  if (pack(q, residence, 0).wafers === 1) {
    const problem = `weights and norms fit, but with keys and values of ${q.context} tokens x ${q.batch} (${packing.cachePes} PEs) it is ${needs}`;
    return [{ what: CACHE, amount, unit: 'PEs', problem, fixes: fixesOfCache(q, residence) }];
  }
  return [
    {
      what: 'model',
      amount,
      unit: 'PEs',
      problem: `all layers at once take ${needs}: ${packing.wafers} wafers, or as many passes over one`,
      fixes: fixesOfModel(q),
    },
  ];
}

/** Heads so large that a PE cannot keep a single token of one. */
function headOverflow(q: Question): Overflow {
  const { architecture, name } = q.sizes;
  assert(architecture !== null, 'a model without known layers has no cache');
  const account = pe(q.machine, cacheAccount(q.machine, architecture, 1, q.cache));
  const amount = -account.freeBytes;
  const problem = `one token of a head of ${architecture.headSize} (${name}) needs ${account.usedBytes} B of a PE's ${q.machine.sramBytes} B, ${amount} B too many`;
  return { what: CACHE, amount, unit: 'B', problem, fixes: fixesOfHead(q) };
}

/** Groups whose PEs hold the same. */
function alike(groups: readonly Group[]): Group[][] {
  const byKind = new Map<string, Group[]>();
  for (const group of groups) {
    const { k, format, bias } = group.kind;
    const key = [k, format, bias].join();
    byKind.set(key, [...(byKind.get(key) ?? []), group]);
  }
  return [...byKind.values()];
}

function matrixOverflow(q: Question, groups: readonly Group[]): Overflow {
  const account = oneRow(groups[0]);
  const amount = -account.freeBytes;
  const kinds = [...new Set(groups.map(({ tensor }) => tensor.kind))];
  const what = kinds.join(', ');
  const problem = `one row of ${what} (K = ${groups[0].tensor.k}) with the kernel ${q.kernel} needs ${account.usedBytes} B of a PE's ${q.machine.sramBytes} B, ${amount} B too many`;
  return { what, amount, unit: 'B', problem, fixes: fixesOfMatrix(q, kinds) };
}

/** A PE with one row, on as many slices as there can be. */
function oneRow({ kind }: Group): PeAccount {
  const slices = kind.kernel === 'split-k' ? Math.min(kind.machine.usable.width, Math.floor(kind.k / 256)) : 1;
  return pe(kind.machine, accountOf(kind, 1, slices));
}

function pe(machine: MachineSpec, allocations: readonly Allocation[]): PeAccount {
  const used = usedBytes(allocations);
  return { parts: allocations.map(({ name, kind, bytes }) => ({ name, kind, bytes })), usedBytes: used, freeBytes: machine.sramBytes - used };
}

function matrixPlan(group: Group, spread: Spread | undefined): MatrixPlan {
  const { tensor, bias, blocks, kind, densest } = group;
  return {
    kind: tensor.kind,
    blocks,
    format: tensor.format,
    rows: tensor.m,
    k: tensor.k,
    paddedK: kind.k,
    storedBytes: tensor.bytes,
    bias,
    fits: densest === undefined ? 'no' : densest.slices > 1 ? 'split' : 'yes',
    densest: densest ? onPes(group, densest) : null,
    spread: spread ? onPes(group, spread) : null,
    overflowing: densest ? null : oneRow(group),
  };
}

const onPes = ({ tensor, kind }: Group, spread: Spread): RowsOnPes => ({
  rowsPerPe: spread.rows,
  slices: spread.slices,
  pes: pesOf(tensor.m, spread),
  account: pe(kind.machine, accountOf(kind, spread.rows, spread.slices)),
});

function cachePlan(q: Question, residence: Residence, packing: Packing): CachePlan | null {
  const { architecture: a } = q.sizes;
  if (!a || residence.tokensPerPe === 0) return null;
  const perHead = Math.ceil(q.context / residence.tokensPerPe);
  const tokensPerPe = Math.ceil(q.context / perHead);
  const bytesPerToken = cacheBytesOfToken(a, q.cache);
  const pesPerLayer = cachePesOfLayer(q, residence.tokensPerPe, q.context);
  return {
    format: q.cache,
    bytesPerToken,
    bytes: bytesPerToken * q.context * q.batch,
    pesPerLayer,
    pes: pesPerLayer * a.layers,
    mostTokensPerPe: residence.tokensPerPe,
    tokensPerPe,
    account: pe(q.machine, cacheAccount(q.machine, a, tokensPerPe, q.cache)),
    longestContext: packing.wafers < Number.POSITIVE_INFINITY ? longestContext(q, residence) : 0,
    modelContext: a.context,
  };
}

function modelOf({ sizes }: Question, { groups }: Residence): CapacityReport['model'] {
  const last = groups.flatMap(({ blocks }) => blocks).reduce((most, block) => Math.max(most, block), -1);
  const layers = sizes.architecture?.layers ?? last + 1;
  return {
    name: sizes.name,
    source: sizes.source,
    file: sizes.file ?? null,
    layers,
    parameters: sizes.tensors.reduce((sum, { m, k }) => sum + m * k, 0),
    storedBytes: sizes.tensors.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

const machineOf = ({ id, name, usable: { width, height }, sramBytes, codeReserve }: MachineSpec): CapacityReport['machine'] => ({
  id,
  name,
  width,
  height,
  pes: width * height,
  sramBytes,
  codeReserve,
});
