/** `streaming`: rows stay quantised; every block is dequantised again for every column. */
import { type RowKernel, rowKernel } from '../rows/kernel.ts';
import { estimate } from './estimate.ts';
import { segments } from './host.ts';
import { layout, type StreamingLayout } from './layout.ts';
import { blockCode, code } from './pe.ts';

/** What a PE does with its rows; split-k runs it on a slice of K. */
export const streamingRows: RowKernel<StreamingLayout> = {
  id: 'streaming',
  name: 'streaming (re-dequantise)',
  idea: 'Rows stay quantised in SRAM; for every column each PE dequantises every block again and multiplies it with the arriving activations.',
  layout,
  code,
  block: blockCode,
  segments,
  estimate,
  alternatives: [],
};

export const streaming = rowKernel(streamingRows);
