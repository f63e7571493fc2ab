/** `stationary`: every row is dequantised once and stays in SRAM as f32, or as the options say. */
import { WeftError } from '../../base/error.ts';
import { usedBytes } from '../../machine/memory.ts';
import { type RowKernel, rowKernel } from '../rows/kernel.ts';
import { isHalf } from '../rows/mapping.ts';
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
  refuses: (options, format) =>
    isHalf(options) && format.id === 'f32'
      ? new WeftError('f16', 'rows stored as F32 arrive in their place in memory, where their f16 would save nothing', [
          'use f16 off',
          'use the kernel streaming',
        ])
      : undefined,
  alternatives: [{ id: 'streaming', bytes: (job) => usedBytes(streamingLayout(job).allocations) }],
};

export const stationary = rowKernel(stationaryRows);
