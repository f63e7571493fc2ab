/**
 * The layer's RMS norm as a program of its own, for the one norm of a model that lies in no layer: one PE, tokens in from the
 * north, normalised tokens out to the east. Same PE code, same closed form.
 */

import { toEnd } from '../../base/pieces.ts';
import { Port } from '../../machine/fabric.ts';
import { checkFits } from '../../machine/memory.ts';
import type { LoadTable, Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Estimate, LayerShape } from '../types.ts';
import { estimateLayer } from './estimate.ts';
import { inputColor, outputColor, routeAll, sourceOf } from './fabric.ts';
import { formOf } from './form.ts';
import type { Layout } from './layout.ts';
import { type NormLayout, norm, normLayout } from './norm.ts';
import { classOf } from './pe.ts';
import type { Pipeline } from './pipeline.ts';

/** One norm on one PE. */
const LAYOUT: Layout = {
  rectangle: { width: 1, height: 1 },
  spine: 0,
  stages: [{ stage: { kind: 'norm', name: 'norm', gains: 'attention' }, x: 0, y: 0, width: 1, height: 1, pes: 1 }],
  usedHeight: 1,
};

export interface LoneNorm {
  readonly pipeline: Pipeline;
  readonly epsilon: number;
  readonly memory: NormLayout;
}

/** A norm of `tokens` tokens of the layer's hidden size. Throws WeftError for sizes that do not fit a PE (`placement`) or no norm at all. */
export function planLoneNorm(layer: LayerShape, epsilon: number, tokens: number, machine: MachineSpec): LoneNorm {
  const form = formOf({ m: layer.hidden, k: layer.hidden, n: tokens, format: layer.formats.q, layer: { ...layer, norm: { epsilon } } }, {});
  const memory = normLayout(machine, layer.hidden);
  checkFits(memory.allocations, machine, `a norm of a hidden size of ${layer.hidden}`, ['choose a kernel for one matrix, such as streaming']);
  return { pipeline: { machine, options: {}, form, layout: LAYOUT }, epsilon, memory };
}

export const estimateLoneNorm = ({ pipeline }: LoneNorm): Estimate => estimateLayer(pipeline);

/** The program: N x hidden f32 in at source 0, as many out at sink 0. */
export function loneNormProgram({ pipeline, epsilon, memory }: LoneNorm, x: Float32Array, gains: Float32Array): Program {
  const { machine, form, layout } = pipeline;
  const cls = classOf(norm(memory, form.hidden, epsilon, form.tokens), { input: inputColor(0), output: outputColor(0) });
  return {
    machine,
    width: 1,
    height: 1,
    classes: [cls],
    classOf: Uint16Array.of(0),
    ...toEnd(routeAll(layout)),
    loads: loadOfGains(gains, memory.gains),
    sources: [sourceOf(x)],
    sinks: [{ name: 'results', pe: 0, port: Port.E, color: outputColor(0), expect: x.length }],
    streams: [
      { color: inputColor(0), letter: 'x', meaning: 'tokens' },
      { color: outputColor(0), letter: 'y', meaning: 'normalised tokens' },
    ],
    marks: [{ name: 'token', size: form.tokens }],
  };
}

function loadOfGains(gains: Float32Array, address: number): LoadTable {
  const data = new Uint8Array(gains.buffer, gains.byteOffset, gains.byteLength);
  return {
    data: [data],
    source: Uint16Array.of(0),
    pe: Uint32Array.of(0),
    address: Uint32Array.of(address),
    offset: Float64Array.of(0),
    length: Uint32Array.of(data.length),
  };
}
