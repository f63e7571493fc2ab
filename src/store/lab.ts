/** The one store of the page. Slices' meaning: types.ts. Actions that need the worker live in actions.ts. */
import { createStore } from 'zustand/vanilla';
import type { LabState } from './types.ts';

export const INITIAL: LabState = {
  config: { model: 'demo', tensor: 'blk.1.attn_output', m: 64, k: 512, n: 2, seed: 7, kernel: 'streaming', machine: 'wse2' },
  kernels: [],
  model: null,
  modelStatus: 'loading',
  modelError: null,
  topology: null,
  plan: null,
  planError: null,
  status: 'empty',
  progress: null,
  result: null,
  failure: null,
  opened: null,
  reader: null,
  error: null,
  cycle: 0,
  playing: false,
  direction: 1,
  speed: 100,
  slowAround: 0,
  slowed: false,
  marks: [],
  stateHash: null,
  detail: null,
  pe: null,
  hover: null,
  layer: 'state',
  latencyStage: 'firstX',
  theme: 'system',
  phoneTab: 'fabric',
  dockTab: 'utilisation',
  describe: true,
  dockHeight: 224,
  help: false,
  singleKeys: true,
  message: null,
};

export const lab = createStore<LabState>(() => INITIAL);
