/** `transformer_layer`: a whole layer resident on the wafer, a region for each stage, tokens pipelined through them. */
import { kernelOf } from '../kernel-of.ts';
import { estimateLayer } from './estimate.ts';
import { exact } from './exact.ts';
import { gathering } from './gather.ts';
import { pipelineOf } from './pipeline.ts';
import { adding } from './plain-loop.ts';
import { layerOf, macs, OPTIONS, planLayer, rowMap } from './plan.ts';
import { buildProgram } from './program.ts';

export const transformerLayer = kernelOf({
  id: 'transformer_layer',
  name: 'transformer layer',
  idea: 'QKV, attention, output projection and FFN, each resident on its own region of the wafer; tokens are pipelined through them.',
  takes: 'layer',
  options: OPTIONS,
  plan: planLayer,
  building: (plan, problem) => buildProgram(pipelineOf(plan), layerOf(problem)),
  gathering,
  adding: (plan, problem) => adding(pipelineOf(plan).form, layerOf(problem)),
  exact: (plan, problem) => exact(pipelineOf(plan).form, layerOf(problem)),
  estimate: (plan) => estimateLayer(pipelineOf(plan)),
  rowMap,
  macs,
});
