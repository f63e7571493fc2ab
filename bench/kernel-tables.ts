/** What docs/kernels.md shows, computed anew: a table is a list of Markdown lines. */
import type { RunResult } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { throughput } from '../src/kernels/batched/throughput.ts';
import { type Accounting, type Against, type Along, compare } from '../src/kernels/compare.ts';
import { dequantisePrice, PLACEABLE } from '../src/kernels/dequant/index.ts';
import { LLAMA_2_7B } from '../src/kernels/llama7b/facts.ts';
import { forwardEstimate } from '../src/kernels/llama7b/forward.ts';
import { priceTotal } from '../src/machine/price.ts';
import { MACHINES, type MachineSpec } from '../src/machine/spec.ts';
import { CASES, configOf, type KernelCase } from './kernel-cases.ts';

const line = (...cells: ReadonlyArray<string | number>): string => `| ${cells.join(' | ')} |`;
const head = (...cells: readonly string[]): string[] => [line(...cells), line(...cells.map(() => '---'))];
const percent = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)} %`;

/** A run with all its checks; one that breaks any of them ends the table. */
async function run(c: KernelCase): Promise<RunResult> {
  const outcome = await createSession().run(configOf(c), () => {});
  if (!outcome.ok) throw new Error(`${JSON.stringify(c)}: ${outcome.error.field}: ${outcome.error.message}`);
  const { value } = outcome;
  const broken = value.conservation.filter((check) => !check.holds).map((check) => check.name);
  if (value.errors.vsPlainLoop > 0) broken.push(`${value.errors.vsPlainLoop} bits off the plain loop`);
  if (value.metrics.cycles < value.estimate.lowerBound.cycles) broken.push('below its lower bound');
  if (broken.length > 0) throw new Error(`${JSON.stringify(c)}: ${broken.join('; ')}`);
  return value;
}

async function caseLine(c: KernelCase): Promise<string> {
  const { plan, metrics, estimate } = await run(c);
  const { closedForm, lowerBound } = estimate;
  const difference = closedForm.cycles - metrics.cycles;
  const options = Object.entries(c.options ?? {}).map(([name, value]) => `${name} ${value}`);
  return line(
    c.kernel,
    plan.machine.name,
    `${plan.shape.m} × ${plan.shape.k} × ${plan.shape.n}`,
    `${plan.rectangle.width} × ${plan.rectangle.height}`,
    options.join(', '),
    metrics.cycles,
    closedForm.cycles,
    difference === 0 ? '0' : `${difference > 0 ? '+' : '−'}${Math.abs(difference)} (${percent(difference / metrics.cycles)})`,
    lowerBound.cycles,
  );
}

async function cases(): Promise<string[]> {
  const lines: string[] = head('kernel', 'machine', 'M × K × N', 'PEs', 'options', 'simulated', 'closed form', 'difference', 'lower bound');
  for (const c of CASES) lines.push(await caseLine(c));
  return lines;
}

const ALL_MACHINES = Object.values(MACHINES);

/** Cycles to dequantise 256 weights: elements + set-up + scalar = sum. */
async function prices(): Promise<string[]> {
  const cell = (format: string, machine: MachineSpec): string => {
    const p = dequantisePrice(format, machine);
    return `${p.element} + ${p.setup} + ${p.scalar} = ${priceTotal(p)}`;
  };
  return [...head('format', ...ALL_MACHINES.map((m) => m.name)), ...PLACEABLE.map((format) => line(format, ...ALL_MACHINES.map((m) => cell(format, m))))];
}

/** Where the winner between stationary and another kernel changes, on WSE-2. */
async function crossings(): Promise<string[]> {
  const shape = { m: 4096, k: 4096, n: 4, format: 'q4_k' };
  const found = (against: Against, along: Along, accounting: Accounting): string => {
    const { changes, table } = compare({ against, along, accounting, machine: MACHINES.wse2, shape });
    const [first] = table;
    if (changes.length === 0) return `none, ${first.winner === 'tie' ? 'a tie' : first.winner} throughout`;
    return [first.winner, ...changes.map(({ at, winner }) => `${winner} from ${at}`)].join(', then ');
  };
  const rows = (['streaming', 'weight-streaming'] as const).flatMap((against) =>
    (['n', 'k', 'm'] as const).map((along) =>
      line(against, along.toUpperCase(), ...(['resident', 'loaded', 'reloaded'] as const).map((accounting) => found(against, along, accounting))),
    ),
  );
  return [...head('stationary against', 'along', '(a) weights resident', '(b) load counted once', '(c) reloaded per wave'), ...rows];
}

async function batches(): Promise<string[]> {
  const sizes = [1, 5, 20, 50, 165, 200, 1000, 50_000, 1_000_000];
  const answers = [MACHINES.wse2, MACHINES.wse3].map((machine) => throughput({ m: 4096, k: 4096, format: 'q4_k', machine, inner: 'streaming' }, sizes));
  const rows = sizes.map((batch, i) =>
    line(batch, ...answers.flatMap(({ points }) => [points[i].waves, Math.round(points[i].columnsPerSecond), points[i].limit])),
  );
  return [
    ...head('batch', ...['WSE-2', 'WSE-3'].flatMap((name) => [`${name} waves`, 'columns/s', 'limit'])),
    ...rows,
    line('knee', ...answers.flatMap(({ knee }) => ['', '', knee])),
  ];
}

async function llama(): Promise<string[]> {
  const rows = ALL_MACHINES.flatMap((machine) =>
    (['streaming', 'stationary'] as const).map((inner) => {
      const decode = forwardEstimate(LLAMA_2_7B, machine, 1, inner);
      return line(machine.name, inner, ...decode.stages.map((stage) => stage.cycles), decode.tokensPerSecond.toFixed(1));
    }),
  );
  return [...head('machine', 'inner', 'q, k, v', 'o', 'gate, up', 'down', 'head', 'tokens/s, decode'), ...rows];
}

export const TABLES: Readonly<Record<string, () => Promise<string[]>>> = { prices, crossings, batches, llama, cases };
