/**
 * The forward pass of a Llama model: embedding, every layer, final norm, output matrix. With the kernel `transformer_layer` a
 * layer is one launch, with everything between its matrices on PEs; with a kernel for one matrix every matrix is a launch and
 * the host does the rest (host-layer.ts). Tokens are one sequence from position 0; all positions' logits come out.
 */
import { WeftError } from '../base/error.ts';
import type { KernelOptions, OptionId } from '../kernels/options.ts';
import { plainNorm } from '../kernels/transformer_layer/plain-loop.ts';
import type { LayerShape } from '../kernels/types.ts';
import { LAYER_MATRICES, type LayerMatrix, matrixSize, matrixTensor } from '../model/layer.ts';
import { nearestNames } from '../model/nearest.ts';
import { type FinalNorm, finalNorm } from './final-norm.ts';
import { layerOnHost } from './host-layer.ts';
import { type Launch, type PlacedKernel, type Placement, placeKernel } from './launch.ts';
import { embed, type LlamaModel, readFinalGains, readLayer, readOutput } from './llama-model.ts';

/** Kernels that a forward pass can go through. */
const FORWARD_KERNELS: readonly string[] = ['transformer_layer', 'streaming', 'stationary', 'batched', 'weight-streaming', 'split-k'];

export interface ForwardChoice extends Placement {
  readonly kernel: string;
}

/** A launch before it is made. */
export interface PlannedLaunch {
  readonly name: string;
  /** The layer it belongs to; null for final norm and output matrix. */
  readonly block: number | null;
  /** Cycles by the closed form. */
  readonly expected: number;
}

export interface ForwardPlan {
  readonly launches: readonly PlannedLaunch[];
  /** What no PE computes, in words. */
  readonly onHost: readonly string[];
  /** Makes the launches one after the other; N x vocabulary f32. Holds the weights of one layer at a time. */
  run(launch: Launch): Promise<Float32Array>;
}

const LOOK_UP = 'embedding look-up';

/** Options that would compute another model, or another sequence. */
const REFUSED: readonly OptionId[] = ['form', 'activation', 'sequences'];

/**
 * Places every launch of the tokens' forward pass; nothing is read or run yet. `model` and `tokens` are checked (llama-model.ts).
 * @throws WeftError (`kernel`, an option, or the launch that does not fit and what would).
 */
export function planForward(model: LlamaModel, tokens: readonly number[], choice: ForwardChoice): ForwardPlan {
  checkChoice(choice);
  return choice.kernel === 'transformer_layer' ? planLayers(model, tokens, choice) : planMatrices(model, tokens, choice);
}

function checkChoice({ kernel, options = {} }: ForwardChoice): void {
  if (!FORWARD_KERNELS.includes(kernel)) {
    const fixes = [`use ${nearestNames(kernel, FORWARD_KERNELS, 1)[0]}`];
    throw new WeftError('kernel', `a forward pass goes through ${FORWARD_KERNELS.join(', ')}, not "${kernel}"`, fixes);
  }
  const refused = REFUSED.find((id) => options[id] !== undefined);
  if (refused) throw new WeftError(refused, 'a forward pass computes what the model says, for one sequence', [`leave ${refused} out`]);
}

/** A launch a layer, then the final norm on its PE, then the output matrix by the layers' inner kernel. */
function planLayers(model: LlamaModel, tokens: readonly number[], choice: ForwardChoice): ForwardPlan {
  const { hidden } = model;
  const n = tokens.length;
  const place = placer();
  const layers = model.layers.map((layer, block) => place(`blk.${block}`, choice.kernel, { m: hidden, k: hidden, n, format: layer.formats.q, layer }, choice));
  const norm = finalNorm(model, n, choice.machine);
  const output = placeOutput(place, model, n, choice.options?.inner ?? 'streaming', { ...choice, options: onlyDot(choice.options) });
  return {
    launches: [
      ...layers.map((layer, block) => planned(`blk.${block}`, block, layer)),
      planned(model.outputNorm.name, null, norm),
      planned(model.output.name, null, output),
    ],
    onHost: [LOOK_UP],
    async run(launch) {
      let x = await embed(model, tokens);
      for (const [block, layer] of layers.entries()) x = (await launch(layer.job(`blk.${block}`, await readLayer(model, block, x)))).y;
      return finish(model, norm, output, x, launch);
    },
  };
}

async function finish(model: LlamaModel, norm: FinalNorm, output: PlacedKernel, x: Float32Array, launch: Launch): Promise<Float32Array> {
  const { y } = await launch(norm.job(x, await readFinalGains(model)));
  return (await launch(output.job(model.output.name, await readOutput(model, y)))).y;
}

const onlyDot = ({ dot }: KernelOptions = {}): KernelOptions => (dot === undefined ? {} : { dot });

/** A launch for every matrix. */
function planMatrices(model: LlamaModel, tokens: readonly number[], choice: ForwardChoice): ForwardPlan {
  const n = tokens.length;
  const place = placer();
  const layers = model.layers.map((layer, block) => placeMatrices(place, layer, block, n, choice));
  const output = placeOutput(place, model, n, choice.kernel, choice);
  const launches = layers.flatMap((placed, block) => LAYER_MATRICES.map((matrix) => planned(matrixTensor(block, matrix), block, placed[matrix])));
  return {
    launches: [...launches, planned(model.output.name, null, output)],
    onHost: [LOOK_UP, 'RMS norms', 'rotary embedding', 'attention scores, softmax and weighted values', 'SwiGLU', 'residual sums'],
    async run(launch) {
      let x = await embed(model, tokens);
      for (const [block, placed] of layers.entries()) {
        const layer = await readLayer(model, block, x);
        x = await layerOnHost(layer, async (gemm, matrix) => (await launch(placed[matrix].job(matrixTensor(block, matrix), gemm))).y);
      }
      const y = plainNorm(x, model.hidden, await readFinalGains(model), model.epsilon);
      return (await launch(output.job(model.output.name, await readOutput(model, y)))).y;
    },
  };
}

type Place = ReturnType<typeof placer>;

function placeMatrices(place: Place, layer: LayerShape, block: number, n: number, choice: ForwardChoice): Record<LayerMatrix, PlacedKernel> {
  const one = (matrix: LayerMatrix): PlacedKernel =>
    place(matrixTensor(block, matrix), choice.kernel, { ...matrixSize(layer, matrix), n, format: layer.formats[matrix] }, choice);
  return Object.fromEntries(LAYER_MATRICES.map((matrix) => [matrix, one(matrix)])) as Record<LayerMatrix, PlacedKernel>;
}

const placeOutput = (place: Place, { output, vocabulary, hidden }: LlamaModel, n: number, kernel: string, placement: Placement): PlacedKernel =>
  place(output.name, kernel, { m: vocabulary, k: hidden, n, format: output.type }, placement);

/** Places each shape once; what does not fit is named by its launch. */
function placer(): (name: string, kernel: string, shape: Parameters<typeof placeKernel>[1], placement: Placement) => PlacedKernel {
  const known = new Map<string, PlacedKernel>();
  return (name, kernel, shape, placement) => {
    const key = JSON.stringify([kernel, shape]);
    try {
      const placed = known.get(key) ?? placeKernel(kernel, shape, placement);
      known.set(key, placed);
      return placed;
    } catch (error) {
      throw error instanceof WeftError ? named(name, kernel, error) : error;
    }
  };
}

/** Fixes that would compute something else than this sequence by this model are left out. */
function named(name: string, kernel: string, { field, message, fixes }: WeftError): WeftError {
  const other = kernel === 'transformer_layer' && ['rectangle', 'placement'].includes(field) ? ['use the kernel streaming, one launch a matrix'] : [];
  return new WeftError(field, `${name}: ${message}`, [...fixes.filter((fix) => !/^(split them into sequences|use form)/.test(fix)), ...other]);
}

const planned = (name: string, block: number | null, { estimate }: Pick<PlacedKernel, 'estimate'>): PlannedLaunch => ({
  name,
  block,
  expected: estimate.closedForm.cycles,
});
