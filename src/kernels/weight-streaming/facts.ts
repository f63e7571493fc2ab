/** What `weight-streaming` tells beside its cycles: what a wavelet carries, what stays, what the host must do. */
import { periodOf, sharedRate } from '../host-share.ts';
import type { Fact } from '../types.ts';
import { type Grid, rowsOfColumn, usedHeight, usedWidth } from './grid.ts';
import { blocksOf, type StreamJob, wordsOfBlock } from './job.ts';

export function factsOf(grid: Grid, job: StreamJob): Fact[] {
  return [...shareFacts(grid, job), ...hostFacts(grid, job)];
}

function shareFacts(grid: Grid, job: StreamJob): Fact[] {
  const { unit, format } = job.dequantiser;
  const words = wordsOfBlock(job);
  const padding = 4 * words - unit.bytes;
  return [
    {
      name: 'Weights a wavelet',
      value: round(unit.size / words),
      unit: '',
      meaning: `${unit.size} weights of ${format.name} are ${unit.bytes} B: ${words} wavelets${padding > 0 ? `, ${padding} B of them padding` : ''}.`,
    },
    {
      name: 'Tokens a PE',
      value: grid.tokens.rowsPerPe,
      unit: '',
      meaning: `Columns of B whose activations stay in a PE; each block is dequantised once for all of them. N over the ${grid.rectangle.height} fabric rows.`,
    },
    {
      name: 'Rows a fabric column',
      value: rowsOfColumn(grid, 0),
      unit: 'rows',
      meaning: `Rows of A that stream down one fabric column: M over the ${grid.rectangle.width} fabric columns.`,
    },
    { name: 'Dequantised again', value: usedHeight(grid), unit: 'times', meaning: 'Every PE of a fabric column dequantises the same blocks.' },
  ];
}

function hostFacts(grid: Grid, job: StreamJob): Fact[] {
  const { wordsInPerCycle } = job.machine.host;
  const streamed = grid.rows.rows * blocksOf(job) * wordsOfBlock(job);
  const copied = 4 * job.k * grid.tokens.rows * usedWidth(grid);
  return [
    {
      name: 'Cycles between wavelets of a column',
      value: round(periodOf(sharedRate(wordsInPerCycle, usedWidth(grid)))),
      unit: 'cycles',
      meaning: `${usedWidth(grid)} columns share the host's ${wordsInPerCycle} wavelets a cycle.`,
    },
    {
      name: 'Streaming A once',
      value: Math.ceil(streamed / wordsInPerCycle),
      unit: 'cycles',
      meaning: `All ${streamed} wavelets of A at the host's full rate: no run is shorter, and every run pays it again.`,
    },
    { name: 'Activations copied in', value: copied, unit: 'B', meaning: `K x N f32, a copy in each of ${usedWidth(grid)} fabric columns, before the run.` },
    {
      name: 'Copying activations in',
      value: Math.ceil(copied / 4 / wordsInPerCycle),
      unit: 'cycles',
      meaning: "At the host's full rate, beside the cycles of the run.",
    },
  ];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
