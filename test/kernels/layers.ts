/** Runs a transformer layer: layers of tiny-llama with its real embeddings, small synthetic ones, results, errors and trace. */
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import type { Engine, EngineFactory } from '../../src/engine/engine.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import type { Estimate, Exact, KernelOptions, Layer, LayerShape, Matrix, Plan, Rectangle } from '../../src/kernels/types.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Program } from '../../src/machine/program.ts';
import type { MachineSpec } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { findTensor, type GgufFile, openGguf } from '../../src/model/gguf-read.ts';
import { type LayerMatrix, layerFromModel, matricesOf, matrixSize, syntheticLayerShape } from '../../src/model/layer.ts';
import { fromBytes } from '../../src/model/range.ts';
import { drawingRows } from '../../src/model/synthetic.ts';
import { FORMATS, type FormatId } from '../../src/quant/formats.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { goldenBytes } from '../quant/golden.ts';

/** Tokens of gguf_forward_logits_dequantf32_f32.bin. */
export const TOKENS = [1, 5, 17, 42, 99, 7, 260, 300] as const;

export const tinyLlama = (): Promise<GgufFile> => openGguf(fromBytes(goldenBytes('tiny-llama-public.gguf')));

export async function floatsOfTensor(file: GgufFile, name: string, first = 0, count?: number): Promise<Float32Array> {
  const tensor = findTensor(file, name);
  const bytes = await file.readTensor(tensor, first, count);
  const rows = count ?? tensor.rows;
  const out = new Float32Array((rows * tensor.shape.reduce((a, b) => a * b, 1)) / tensor.rows);
  FORMATS[tensor.type as FormatId].reference(bytes, out);
  return out;
}

/** The embeddings of {@link TOKENS}, N x 256. */
export async function embeddings(file: GgufFile, tokens: readonly number[] = TOKENS): Promise<Float32Array> {
  const rows = await Promise.all(tokens.map((token) => floatsOfTensor(file, 'token_embd.weight', token, 1)));
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

export async function tinyLayer(block: number, input?: Float32Array): Promise<Layer> {
  const file = await tinyLlama();
  return layerFromModel(file, block, { input: input ?? (await embeddings(file)) });
}

/** A layer of seeded weights, gains of about 1 and gaussian tokens; `change` alters the sizes of `syntheticLayerShape`. */
export function madeLayer(hidden: number, n: number, change: Partial<LayerShape> = {}, seed = 1): Layer {
  const layer: LayerShape = { ...syntheticLayerShape(hidden), ...change };
  const random = rng(seed);
  const matrices: Partial<Record<LayerMatrix, Matrix>> = {};
  for (const name of matricesOf(layer)) {
    const { m, k } = matrixSize(layer, name);
    const format = layer.formats[name] as FormatId;
    matrices[name] = { name, format, m, k, rows: toEnd(drawingRows(m, k, random, format)).weights };
  }
  const gains = (): Float32Array => Float32Array.from({ length: hidden }, () => 1 + 0.1 * random.gauss());
  const x = Float32Array.from({ length: n * hidden }, random.gauss);
  const norms = { attention: gains(), feedForward: gains() };
  return { m: hidden, k: hidden, n, format: layer.formats.q, weights: new Uint8Array(), x, layer, matrices, norms };
}

export interface LayerRun {
  readonly layer: Layer;
  readonly plan: Plan;
  readonly program: Program;
  readonly engine: Engine;
  readonly y: Float32Array;
  readonly plain: Float32Array;
  readonly exact: Exact;
  readonly estimate: Estimate;
  readonly cycles: number;
  readonly trace: Trace;
}

export const planOf = (layer: Layer, machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions): Plan =>
  transformerLayer.plan({ m: layer.m, k: layer.k, n: layer.n, format: layer.format, layer: layer.layer }, machine, rectangle, options);

export function driveLayer(
  layer: Layer,
  machine: MachineSpec,
  options?: KernelOptions,
  rectangle?: Rectangle,
  create: EngineFactory = createWaveletEngine,
): LayerRun {
  const plan = planOf(layer, machine, rectangle, options);
  const program = transformerLayer.build(plan, layer);
  validateProgram(program);
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = create(program, recorder);
  engine.advance(Number.MAX_SAFE_INTEGER);
  const y = transformerLayer.gather(plan, [engine.sinkWords(0)]);
  return {
    layer,
    plan,
    program,
    engine,
    y,
    plain: transformerLayer.plainLoop(plan, layer),
    exact: transformerLayer.exact ? toEnd(transformerLayer.exact(plan, layer)) : { y: new Float64Array(), sumAbs: new Float64Array() },
    estimate: transformerLayer.estimate(plan),
    cycles: engine.cycle,
    trace: recorder.finish(program.width, program.height, engine.cycle),
  };
}

/** Largest difference from float64. */
export const worst = ({ y, exact }: Pick<LayerRun, 'y' | 'exact'>): number => Math.max(...Array.from(y, (value, i) => Math.abs(value - exact.y[i])));
