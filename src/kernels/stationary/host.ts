/** What the host copies into a PE in `stationary`: each row as stored, into the tail of the row's region. */
import { blocksOf, cellBytes, packedBytes, type RowJob, type Segment } from '../rows/mapping.ts';
import type { StationaryLayout } from './layout.ts';
import { firstPacked } from './pe.ts';

export function segments(job: RowJob, layout: StationaryLayout): Segment[] {
  const [first, length, rowBytes] = [firstPacked(job, layout), packedBytes(job), blocksOf(job) * cellBytes(job)];
  return Array.from({ length: job.rows }, (_, row) => ({ address: first + row * rowBytes, offset: row * length, length }));
}
