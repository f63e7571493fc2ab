/** What docs/kernels.md shows, computed anew: a table is a list of Markdown lines. */
import type { RunResult } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
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

export const TABLES: Readonly<Record<string, () => Promise<string[]>>> = { cases };
