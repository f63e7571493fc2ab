/** `stationary`: every row is dequantised once and stays in SRAM as f32. */
import { usedBytes } from '../../machine/memory.ts';
import { type RowKernel, rowKernel } from '../rows/kernel.ts';
import { layout as streamingLayout } from '../streaming/layout.ts';
import { estimate } from './estimate.ts';
import { segments } from './host.ts';
import { layout, type StationaryLayout } from './layout.ts';
import { blockCode, code } from './pe.ts';

/** What a PE does with its rows; split-k runs it on a slice of K. */
export const stationaryRows: RowKernel<StationaryLayout> = {
  id: 'stationary',
  name: 'stationary',
  idea: 'Each PE dequantises its rows once into SRAM, then all columns stream through; it wins from the second column on while the f32 rows fit.',
  layout,
  code,
  block: blockCode,
  segments,
  estimate,
  alternatives: [{ id: 'streaming', bytes: (job) => usedBytes(streamingLayout(job).allocations) }],
};

export const stationary = rowKernel(stationaryRows);
