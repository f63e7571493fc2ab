/** `weft plan`: what of a whole model fits, for people or as JSON. */
import { capacity } from '../src/api/capacity.ts';
import { toWire } from '../src/api/outcome.ts';
import { OPTION_IDS } from '../src/api/protocol.ts';
import { storageOf } from '../src/api/whole-model.ts';
import { WeftError } from '../src/base/error.ts';
import { bytes, count, grouped, withUnit } from '../src/base/numbers.ts';
import type { KernelOptions } from '../src/kernels/options.ts';
import type { MachineId } from '../src/machine/spec.ts';
import type { CapacityReport, MatrixPlan, Overflow, PeAccount } from '../src/plan/capacity-types.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { columns } from './columns.ts';
import { fromWire } from './fail.ts';
import { sizesOfArgument } from './model-argument.ts';

export interface PlanFlags extends KernelOptions {
  readonly machine: MachineId;
  readonly context?: number;
  readonly batch: number;
  readonly kernel: string;
  readonly format?: string;
  readonly kv: 'f32' | 'f16';
  readonly json?: boolean;
}

export async function planCommand(model: string, flags: PlanFlags): Promise<void> {
  const report = await planned(model, flags);
  process.stdout.write(flags.json ? toJson(report) : describe(report));
}

async function planned(model: string, flags: PlanFlags): Promise<CapacityReport> {
  const { machine, context, batch, kernel, kv } = flags;
  const ids = OPTION_IDS.filter((id) => id !== 'batch' && flags[id] !== undefined);
  const options: KernelOptions = Object.fromEntries(ids.map((id) => [id, flags[id]]));
  const sizes = await sizesOfArgument(model, flags.format === undefined ? undefined : storageOf(flags.format));
  try {
    return capacity(sizes, { machine, kernel, options, batch, cache: kv, ...(context !== undefined && { context }) });
  } catch (error) {
    throw error instanceof WeftError ? fromWire(toWire(error)) : error;
  }
}

function describe(report: CapacityReport): string {
  const { facts, overflows, notes, matrices } = report;
  const lines = [
    ...headOf(report),
    '',
    ...columns(
      facts.map(({ name, value, unit, meaning }) => [name, withUnit(value, unit, decimalsOf(value)).trimEnd(), meaning]),
      0,
    ),
    '',
    'Matrices: on the fewest PEs, and (in brackets) when the model uses its whole wafer',
    ...columns([MATRIX_HEAD, ...matrices.map(matrixRow)], MATRIX_HEAD.length - 4),
    '',
    'A PE, every byte',
    ...accountsOf(report),
    ...onHostOf(report),
    ...(overflows.length > 0 ? ['', 'What overflows', ...overflows.flatMap(overflowLines)] : []),
    '',
    ...notes,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** Decimals that a value has: none may be rounded away, since they were rounded down. */
const decimalsOf = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1].length ?? 0;

function headOf(report: CapacityReport): string[] {
  const { model, machine, question, wafers, pes } = report;
  const { kernel, context, batch, cache, options } = question;
  const chosen = Object.entries(options).map(([id, value]) => `${id} ${value}`);
  const kept = report.cache ? [`context ${grouped(context)}`, `keys and values ${cache}`] : [];
  const how = [`kernel ${kernel}`, ...chosen, `batch ${grouped(batch)}`, ...kept].join(', ');
  const fits =
    wafers === null ? 'does not fit: see what overflows' : wafers === 1 ? 'fits: everything lies on one wafer at once' : `needs ${count(wafers, 'wafer')}`;
  return [
    `${model.name}: ${count(model.layers, 'layer')}, ${grouped(model.parameters)} parameters, ${bytes(model.storedBytes)} as stored`,
    `${machine.name}: ${machine.width} × ${machine.height} PEs of ${bytes(machine.sramBytes)}; ${how}`,
    `It ${fits}${pes === null ? '' : `, ${grouped(pes)} of ${grouped(machine.pes)} PEs`}.`,
  ];
}

const MATRIX_HEAD = ['matrix', 'format', 'fits', 'rows × K', 'times', 'bytes each', 'rows/PE', 'PEs each', 'used B', 'free B'];

function matrixRow({ kind, format, fits, rows, k, blocks, storedBytes, densest, spread, overflowing }: MatrixPlan): string[] {
  const two = (of: (on: NonNullable<typeof densest>) => string): string => (densest ? `${of(densest)}${spread ? ` (${of(spread)})` : ''}` : '–');
  const split = fits === 'split' && densest ? `over ${grouped(densest.slices)}` : fits;
  const account = densest?.account ?? overflowing;
  return [
    kind,
    format,
    split,
    `${grouped(rows)} × ${grouped(k)}`,
    grouped(blocks.length),
    grouped(storedBytes),
    two((on) => grouped(on.rowsPerPe)),
    two((on) => grouped(on.pes)),
    account ? grouped(account.usedBytes) : '–',
    account ? grouped(account.freeBytes) : '–',
  ];
}

/** One entry for each different account, with the names of all that have it. */
function accountsOf({ matrices, norms, cache }: CapacityReport): string[] {
  const entries = new Map<string, { readonly holds: string; readonly names: Set<string> }>();
  const add = (name: string, holds: string, account: PeAccount | undefined): void => {
    if (!account) return;
    const text = accountText(account);
    const entry = entries.get(text) ?? { holds, names: new Set() };
    entries.set(text, entry);
    entry.names.add(name);
  };
  for (const { kind, densest, overflowing } of matrices) add(kind, count(densest?.rowsPerPe ?? 1, 'row'), densest?.account ?? overflowing ?? undefined);
  for (const { hidden, pes, account } of norms) add('norm', pes > 1 ? `${hidden} values on ${pes} PEs` : `${hidden} values`, account);
  if (cache) add('cache', `${count(cache.tokensPerPe, 'token')} of a head`, cache.account);
  return [...entries].flatMap(([text, { holds, names }]) => [`  ${[...names].join(', ')}: ${holds}`, `    ${text}`]);
}

function accountText({ parts, usedBytes, freeBytes }: PeAccount): string {
  const sum = parts.map(({ name, bytes: n }) => `${name} ${grouped(n)}`).join(' + ');
  return `${sum} = ${bytes(usedBytes)}, ${freeBytes < 0 ? `${bytes(-freeBytes)} too many` : `${bytes(freeBytes)} free`}`;
}

/** Tensors on the host by reason: how many and how much. */
function onHostOf({ onHost }: CapacityReport): string[] {
  const reasons = [...new Set(onHost.map(({ why }) => why))];
  const rows = reasons.map((why) => {
    const those = onHost.filter((tensor) => tensor.why === why);
    return [those.length === 1 ? those[0].name : count(those.length, 'tensor'), bytes(those.reduce((sum, t) => sum + t.bytes, 0)), why];
  });
  return rows.length === 0 ? [] : ['', 'On the host', ...columns(rows, 0)];
}

const overflowLines = ({ problem, fixes }: Overflow): string[] => [
  `  ${problem}`,
  ...(fixes.length === 0 ? ['    Nothing that was tried mends it.'] : fixes.map(({ label, flags, outcome }) => `    Fix: ${label} (${flags}): ${outcome}`)),
];
