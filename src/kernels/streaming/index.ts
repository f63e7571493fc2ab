/** `streaming`: rows stay quantised; every block is dequantised again for every column. */
import { rowKernel } from '../rows/kernel.ts';
import { estimate } from './estimate.ts';
import { segments } from './host.ts';
import { layout } from './layout.ts';
import { blockCode, code } from './pe.ts';

export const streaming = rowKernel({
  id: 'streaming',
  name: 'streaming (re-dequantise)',
  idea: 'Rows stay quantised in SRAM; for every column each PE dequantises every block again and multiplies it with the arriving activations.',
  layout,
  code,
  block: blockCode,
  segments,
  estimate,
  alternatives: [],
});
