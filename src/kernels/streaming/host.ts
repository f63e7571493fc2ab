/** What the host copies into a PE in `streaming`: its rows as stored, in one piece. */
import { packedBytes, type RowJob, type Segment } from '../rows/mapping.ts';
import type { StreamingLayout } from './layout.ts';

export function segments(job: RowJob, layout: StreamingLayout): Segment[] {
  return [{ address: layout.weights, offset: 0, length: job.rows * packedBytes(job) }];
}
