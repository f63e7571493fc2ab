/**
 * transformer_layer: layers of tiny-llama and small synthetic ones, on engines. Results equal the plain loop in every bit and
 * float64 to 1e-4; the closed form is printed beside what was simulated. Whole models: test/inference.
 */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import { type KernelOptions, LAYER_MATRICES, type Layer, type LayerShape, type Rectangle } from '../../src/kernels/types.ts';
import { withoutLoads } from '../../src/machine/loads.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { traceHash } from '../../src/trace/hash.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { unequalBits } from '../quant/golden.ts';
import { driveLayer, type LayerRun, madeLayer, tinyLayer, worst } from './layers.ts';

const LONG = 300_000;
const SMALL: Partial<LayerShape> = { feedForward: 512 };
const ON: Rectangle = { width: 24, height: 28 };
const SMALLEST: Rectangle = { width: 10, height: 12 };
/** One row (or pair) on a PE. */
const DEFAULT = null;

/** Every run of this file, for the table of closed forms. */
const runs: { readonly name: string; readonly run: LayerRun }[] = [];

function drive(name: string, layer: Layer, machine: MachineSpec, options?: KernelOptions, rectangle: Rectangle | null = ON): LayerRun {
  const run = driveLayer(layer, machine, options, rectangle ?? undefined);
  runs.push({ name: `${name}, ${machine.name}`, run });
  return run;
}

/** Holds a run: every bit of the plain loop, float64 to 1e-4, physics. */
function hold({ plan, program, trace, y, plain, exact }: LayerRun): void {
  expect(unequalBits(y, plain)).toEqual([]);
  expect(worst({ y, exact })).toBeLessThan(1e-4);
  const { weightBytes, usedPes, macRate } = plan;
  const reader = new TraceReader(withoutLoads(program), trace);
  const checks = checkConservation(reader, { weightBytes, usedPes, macRate, macs: transformerLayer.macs(plan, program) });
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
}

describe('layers of tiny-llama, 8 tokens of its own embeddings', () => {
  it.each([
    [0, WSE2, 'streaming', DEFAULT],
    [0, WSE2, 'stationary', ON],
    [0, WSE3, 'streaming', ON],
    [0, WSE3, 'stationary', ON],
    [1, WSE2, 'streaming', ON],
    [1, WSE2, 'stationary', ON],
    [1, WSE3, 'streaming', ON],
    [1, WSE3, 'stationary', DEFAULT],
  ] as const)(
    'layer %i: 0 of 2048 bits off the plain loop, 1e-4 of float64 (case %#)',
    async (block, machine, inner, rectangle) => {
      hold(drive(`tiny-llama ${block}, ${inner}`, await tinyLayer(block), machine, { inner }, rectangle));
    },
    LONG,
  );
});

describe('synthetic layers, hidden 256', () => {
  const bare = { form: 'bare' } as const;
  it.each<readonly [name: string, machine: MachineSpec, n: number, change: Partial<LayerShape>, options: KernelOptions]>([
    ['bare', WSE2, 1, SMALL, bare],
    ['bare', WSE3, 2, SMALL, bare],
    ['bare', TEACHING, 5, SMALL, { ...bare, inner: 'stationary' }],
    ['bare with GELU', WSE2, 2, SMALL, { ...bare, activation: 'gelu', inner: 'stationary' }],
    ['full, GELU, as many heads of keys', WSE2, 3, SMALL, {}],
    ['full, ReLU, 4 heads share one of keys', WSE3, 3, { ...SMALL, kvHeads: 1 }, { activation: 'relu', inner: 'stationary' }],
    ['full, SwiGLU, gate and up of different formats', WSE2, 2, { ...SMALL, activation: 'swiglu', formats: mixed('gate', 'v', 'down') }, {}],
    ['4 sequences of 3 tokens', WSE2, 12, SMALL, { sequences: 4, inner: 'stationary' }],
    ['48 tokens: 43 fit the bypass', TEACHING, 48, SMALL, { sequences: 16, inner: 'stationary' }],
    ['half of each head rotated, heads of 32', WSE3, 3, { ...SMALL, heads: 8, kvHeads: 4, headSize: 32, rope: { base: 500, dimensions: 16 } }, {}],
    ['no norms, no residuals', TEACHING, 2, { ...SMALL, norm: null, residual: false }, {}],
    ['no norms', TEACHING, 2, { ...SMALL, norm: null }, {}],
    ['no residuals', TEACHING, 2, { ...SMALL, residual: false }, {}],
  ])(
    '%s (case %#): bits of the plain loop, 1e-4 of float64, physics',
    (name, machine, n, change, options) => hold(drive(`${name}, ${n} tokens`, madeLayer(256, n, change, n), machine, options)),
    LONG,
  );

  it(
    'a microthread sends where a PE has more words than its output queue holds: 20 rows on a PE',
    () => {
      const run = drive('20 rows on a PE', madeLayer(256, 2, SMALL), WSE2, {}, { width: 11, height: 16 });
      hold(run);
      expect(run.plan.rowsPerPe).toBe(20);
    },
    LONG,
  );

  it(
    'sequences: each of 3 tokens gives what it gives alone',
    () => {
      const layer = madeLayer(256, 6, SMALL, 9);
      const both = driveLayer(layer, TEACHING, { sequences: 2, inner: 'stationary' }, ON).y;
      for (const first of [0, 3]) {
        const alone: Layer = { ...layer, n: 3, x: layer.x.slice(256 * first, 256 * (first + 3)) };
        expect(unequalBits(driveLayer(alone, TEACHING, { inner: 'stationary' }, ON).y, both.slice(256 * first, 256 * (first + 3)))).toEqual([]);
      }
    },
    LONG,
  );

  it(
    'a residual that holds 3 tokens and a norm of one buffer, 12 tokens: backpressure, no deadlock',
    () => {
      const machine = { ...WSE3, sramBytes: 7300 };
      const layer = madeLayer(256, 12, { feedForward: 256, heads: 8, kvHeads: 8, headSize: 32, rope: null });
      const run = drive('3 tokens in a bypass', layer, machine, { sequences: 4 }, { width: 48, height: 50 });
      hold(run);
      expect(run.plan.facts?.find(({ name }) => name === 'tokens held by a residual')?.value).toBe(3);
    },
    LONG,
  );

  it(
    'full form, rows of f32: the reference engine gives the same events, results and final state',
    () => {
      const formats = Object.fromEntries(LAYER_MATRICES.map((name) => [name, 'f32'])) as LayerShape['formats'];
      const layer = madeLayer(256, 1, { feedForward: 256, kvHeads: 1, formats });
      const [fast, slow] = [createWaveletEngine, createReferenceEngine].map((create) => driveLayer(layer, TEACHING, { inner: 'stationary' }, SMALLEST, create));
      hold(fast);
      expect([traceHash(slow.trace), slow.engine.stateHash(), slow.cycles]).toEqual([traceHash(fast.trace), fast.engine.stateHash(), fast.cycles]);
      expect(unequalBits(slow.y, fast.y)).toEqual([]);
    },
    LONG,
  );
});

describe('closed form and lower bound', () => {
  it('differ from the runs above by at most 5 %, and lie below', () => {
    expect(runs.length).toBeGreaterThanOrEqual(20);
    const lines = runs.map(({ name, run: { cycles, estimate } }) => {
      const { closedForm, lowerBound } = estimate;
      expect(
        closedForm.terms.reduce((sum, term) => sum + term.cycles, 0),
        name,
      ).toBe(closedForm.cycles);
      expect(lowerBound.cycles, name).toBeLessThanOrEqual(cycles);
      return { name, cycles, closed: closedForm.cycles, off: 100 * (closedForm.cycles / cycles - 1), bound: lowerBound.cycles };
    });
    const table = lines.map(
      ({ name, cycles, closed, off, bound }) =>
        `${name.padEnd(66)}${[cycles, closed, bound].map((n) => String(n).padStart(9)).join('')}${off.toFixed(2).padStart(8)} %`,
    );
    console.log([`${'case'.padEnd(66)}${['simulated', 'closed', 'bound'].map((t) => t.padStart(9)).join('')}     off`, ...table].join('\n'));
    expect(lines.filter(({ off }) => Math.abs(off) > 5)).toEqual([]);
  });
});

/** Formats of a layer of Q4_K in which these matrices are Q6_K. */
function mixed(...names: readonly (keyof LayerShape['formats'])[]): LayerShape['formats'] {
  const { formats } = madeLayer(256, 1, SMALL).layer;
  return { ...formats, ...Object.fromEntries(names.map((name) => [name, 'q6_k'])) };
}
