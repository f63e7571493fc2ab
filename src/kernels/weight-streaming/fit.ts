/** What to offer when a PE's tokens, staging and results overflow its memory: only remedies that were computed and do fit. */
import { checkFits, usedBytes } from '../../machine/memory.ts';
import { streaming } from '../streaming/index.ts';
import type { Rectangle, Shape } from '../types.ts';
import type { StreamJob } from './job.ts';
import { layout } from './layout.ts';

/** @throws WeftError (`placement`) that names the bytes over and what fits. */
export function checkMemory(job: StreamJob, shape: Shape, rectangle: Rectangle): void {
  const { machine, tokens } = job;
  const { allocations } = layout(job);
  if (usedBytes(allocations) <= machine.sramBytes) return;
  const pes = `${rectangle.width}x${rectangle.height} PEs, M = ${shape.m}, N = ${shape.n}`;
  checkFits(
    allocations,
    machine,
    `kernel weight-streaming with ${tokens} token${tokens > 1 ? 's' : ''} of K = ${job.k} on a PE (${pes})`,
    fixes(job, shape, rectangle),
  );
}

function fixes(job: StreamJob, shape: Shape, rectangle: Rectangle): string[] {
  const { machine } = job;
  const bytes = (change: Partial<StreamJob>): number => usedBytes(layout({ ...job, ...change }).allocations);
  const fits = (change: Partial<StreamJob>): boolean => bytes(change) <= machine.sramBytes;
  const tokens = largest(job.tokens - 1, (t) => fits({ tokens: t, tokensMost: t }));
  const found: string[] = [];
  if (tokens > 0) {
    const height = Math.ceil(shape.n / tokens);
    if (height <= machine.usable.height)
      found.push(
        `use ${rectangle.width}x${height} PEs, which puts ${tokens} token${tokens > 1 ? 's' : ''} on a PE (${bytes({ tokens, tokensMost: tokens })} B)`,
      );
    const columns = tokens * rectangle.height;
    if (columns < shape.n) found.push(`compute at most ${columns} columns at a time (N = ${columns})`);
  }
  if (found.length > 0) return found;
  return rowFixes(job, shape, rectangle, fits) ?? [...widthFixes(job, fits), ...otherKernel(job, shape)];
}

/** Fewer rows of A a fabric column, where one token of this K leaves room for results at all. */
function rowFixes(job: StreamJob, shape: Shape, rectangle: Rectangle, fits: (change: Partial<StreamJob>) => boolean): string[] | undefined {
  const { usable } = job.machine;
  const rows = largest(job.rows - 1, (r) => fits({ rows: r }));
  if (rows === 0) return undefined;
  const width = Math.ceil(shape.m / rows);
  if (width <= usable.width) return [`use ${width}x${rectangle.height} PEs, which puts ${rows} rows on a fabric column`];
  return [`compute at most ${rows * usable.width} rows at a time (M = ${rows * usable.width})`];
}

function widthFixes(job: StreamJob, fits: (change: Partial<StreamJob>) => boolean): string[] {
  const { size } = job.dequantiser.unit;
  const blocks = largest(job.k / size - 1, (b) => fits({ k: b * size, tokens: 1, tokensMost: 1, rows: 1 }));
  return blocks > 0 ? [`keep K at or below ${blocks * size}: the activations of a token stay in SRAM as f32`] : [];
}

/** `streaming` lets activations pass by and keeps the rows instead. */
function otherKernel({ machine, dot }: StreamJob, shape: Shape): string[] {
  try {
    streaming.plan(shape, machine, undefined, { dot });
    return ['use the kernel streaming, whose activations pass by'];
  } catch {
    return [];
  }
}

/** The largest integer from 1 to `most` for which `fits` holds, or 0; once false it stays false. */
function largest(most: number, fits: (n: number) => boolean): number {
  let [good, bad] = [0, most + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
