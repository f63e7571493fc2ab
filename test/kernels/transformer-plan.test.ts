/** transformer_layer before it runs: regions, loads, row maps, facts, and the words of every error, each with a fix that works. */
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import type { KernelOptions, LayerShape, Plan, Rectangle } from '../../src/kernels/types.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { type LayerMatrix, matrixName, syntheticLayerShape } from '../../src/model/layer.ts';
import { madeLayer, planOf } from './layers.ts';

interface Wish {
  readonly hidden?: number;
  readonly n?: number;
  readonly change?: Partial<LayerShape>;
  readonly machine?: MachineSpec;
  readonly rectangle?: Rectangle;
  readonly options?: KernelOptions;
}

function plan({ hidden = 256, n = 4, change = {}, machine = WSE2, rectangle, options }: Wish): Plan {
  const layer = { ...syntheticLayerShape(hidden), ...change };
  return transformerLayer.plan({ m: hidden, k: hidden, n, format: 'q4_k', layer }, machine, rectangle, options);
}

function errorOf(wish: Wish): string {
  try {
    plan(wish);
  } catch (error) {
    if (error instanceof WeftError) return [`${error.field}: ${error.message}`, ...error.fixes].join(' | ');
    throw error;
  }
  return 'no error';
}

/** Frames of the stages that hold many PEs. */
const regionsOf = ({ regions = [] }: Plan) => regions.filter(({ name }) => !/norm|residual/.test(name));
const factOf = ({ facts = [] }: Plan, name: string): number | undefined => facts.find((fact) => fact.name === name)?.value;

describe('regions', () => {
  it.each(Object.values(MACHINES).map((machine) => [machine.name, machine] as const))(
    '%s: inside the rectangle, without overlap, near-square',
    (_, machine) => {
      const p = plan({ hidden: 512, machine });
      const seen = new Set<number>();
      for (const { x, y, width, height } of regionsOf(p)) {
        expect([x + width <= p.rectangle.width, y + height <= p.rectangle.height]).toEqual([true, true]);
        for (let i = 0; i < width * height; i++) seen.add((y + Math.floor(i / width)) * p.rectangle.width + x + (i % width));
      }
      expect(seen.size).toBe(regionsOf(p).reduce((sum, { width, height }) => sum + width * height, 0));
      const { width, height } = p.rectangle;
      expect(Math.max(width, height) / Math.min(width, height)).toBeLessThan(1.2);
    },
  );

  it('full: norms and residuals on the spine, nine stages; bare: five', () => {
    expect(plan({}).regions?.map(({ name }) => name)).toEqual([
      'norm 1',
      'QKV',
      'attention',
      'output',
      'residual 1',
      'norm 2',
      'FFN up',
      'FFN down',
      'residual 2',
    ]);
    expect(plan({ options: { form: 'bare' } }).regions?.map(({ name }) => name)).toEqual(['QKV', 'attention', 'output', 'FFN up', 'FFN down']);
  });

  it('h = 256: 2304 rows on 2304 PEs; the row map gives each matrix its own numbers', () => {
    const p = plan({});
    const { first, count, matrices } = transformerLayer.rowMap(p);
    expect([p.usedPes, p.rowsPerPe, count.reduce((a, b) => a + b, 0)]).toEqual([2304, 1, 2304]);
    expect(matrices?.groups.map((names) => names.join())).toEqual(['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_up', 'ffn_down']);
    const rows = [...first].filter((row) => row >= 0).sort((a, b) => a - b);
    expect([rows.filter((row) => row === 0).length, rows.at(-1)]).toEqual([6, 1023]);
  });
});

describe('rows on a PE', () => {
  it('24x28 PEs: FFN down of K = 1024 gets 2 rows a PE where the others, of K = 256, get 8; no projection takes 10 % longer than another', () => {
    const p = plan({ rectangle: { width: 24, height: 28 } });
    const { count } = transformerLayer.rowMap(p);
    const most = regionsOf(p).map(({ x, y, height }) => count[(y + height - 1) * p.rectangle.width + x]);
    expect(most).toEqual([8, 0, 8, 8, 2]);
    const cycles = ['QKV', 'output', 'FFN up', 'FFN down'].map((name) => factOf(p, `${name}, cycles a token`) ?? 0);
    expect(Math.max(...cycles) / Math.min(...cycles)).toBeLessThan(1.1);
  });
});

describe.each(['streaming', 'stationary'] as const)('%s', (inner) => {
  it('loads every byte of every matrix exactly once, into the PEs that the row map names, gate beside up', () => {
    const layer = madeLayer(256, 2, { feedForward: 512, activation: 'swiglu', kvHeads: 2 });
    const p = planOf(layer, WSE2, { width: 20, height: 34 }, { inner });
    const { loads } = transformerLayer.build(p, layer);
    const { first, count, matrices } = transformerLayer.rowMap(p);
    const copies = new Map(Object.values(layer.matrices).map((matrix) => [matrix.rows, { ...matrix, copied: new Uint8Array(matrix.rows.length) }]));
    const rowsOn = (pe: number, name: string): number[] => {
      const group = matrices?.groups[matrices.of[pe]] ?? [];
      return group.includes(name) ? Array.from({ length: count[pe] / group.length }, (_, row) => first[pe] + row) : [];
    };
    for (let i = 0; i < loads.pe.length; i++) {
      const copy = copies.get(loads.data[loads.source[i]]);
      if (copy === undefined) continue;
      const row = Math.floor((loads.offset[i] * copy.m) / copy.rows.length);
      expect(rowsOn(loads.pe[i], matrixName(copy.name as LayerMatrix))).toContain(row);
      for (let b = 0; b < loads.length[i]; b++) copy.copied[loads.offset[i] + b]++;
    }
    expect([...copies.values()].every(({ copied }) => copied.every((n) => n === 1))).toBe(true);
    expect([...copies.keys()].reduce((sum, rows) => sum + rows.length, 0)).toBe(p.weightBytes);
  });
});

describe('facts of h = 4096 on a WSE-2', () => {
  it('FFN down is slowest, 115,217 cycles a token; its row as f32 would need 65,536 B of 49,152', () => {
    const p = plan({ hidden: 4096, n: 1 });
    expect([factOf(p, 'FFN-down row as f32'), factOf(p, 'slowest stage: FFN down'), p.rowsPerPe]).toEqual([65_536, 115_217, 1]);
    expect(usedBytes(p.memory)).toBeLessThanOrEqual(WSE2.sramBytes);
  });

  it('tokens a second are the clock over the slowest stage', () => {
    const p = plan({ hidden: 4096, n: 1, machine: WSE3 });
    expect(factOf(p, 'tokens a second')).toBeCloseTo(WSE3.clockHz / (factOf(p, 'slowest stage: FFN down') ?? 1), -1);
  });
});

describe('errors', () => {
  it.each<readonly [string, Wish, string]>([
    ['a hidden size of 300', { change: { hidden: 300 } }, 'hidden: the hidden size is 300; it must be a multiple of 256 | use 256'],
    ['an FFN of 700', { change: { feedForward: 700 } }, 'feedForward: the FFN size is 700; it must be a multiple of 256 | use 768'],
    [
      'heads of 96',
      { hidden: 1024, change: { heads: 8, kvHeads: 8, headSize: 96 } },
      'headSize: a head size of 96 does not divide the hidden size 1024 into heads of even size | use 64',
    ],
    ['3 heads of keys for 4', { change: { kvHeads: 3 } }, 'kvHeads: 4 heads cannot share 3 heads of keys and values evenly | use 4 or a divisor of it'],
    [
      'SwiGLU without a gate',
      { options: { activation: 'swiglu' } },
      'activation: SwiGLU needs a gate matrix, which this layer does not have | use activation gelu | leave activation out',
    ],
    ['7 tokens as 4 sequences', { n: 7, options: { sequences: 4 } }, 'sequences: 7 tokens are not 4 sequences of equal length | use N = 2 tokens each'],
    [
      'a rectangle without room for a spine',
      { rectangle: { width: 3, height: 30 } },
      'rectangle: 3x30 PEs have no room for the regions of the layer, which lie one below the other beside its spine | use at least 7x5 PEs | leave the rectangle out',
    ],
    [
      'FFN down of h = 4096, stationary',
      { hidden: 4096, n: 1, options: { inner: 'stationary' } },
      'placement: stage FFN down with 1 row of K = 16384 on a PE (inner kernel stationary, 195x195 PEs) overflows a PE by 20984 B: it needs 70136 B of 49152 B (rows, f32 (arrive quantised in their tails) 65536 B, code and run-time reserve 4176 B, staged block (later products) 144 B) | use the inner kernel streaming (14696 B)',
    ],
    [
      '200 tokens of a sequence',
      { n: 200 },
      'placement: stage attention: 200 tokens of a sequence, heads of 64 overflows a PE by 60556 B: it needs 109708 B of 49152 B (keys of a sequence, f32 51200 B, values of a sequence, f32 51200 B, code and run-time reserve 4176 B) | use at most 82 tokens of a sequence (N = 82) | split them into sequences: 3 of at most 82',
    ],
  ])('%s', (_, wish, text) => expect(errorOf(wish)).toBe(text));

  it('the fixes work: 7x5 PEs, 57x56 PEs for h = 4096, 82 tokens', () => {
    expect(errorOf({ rectangle: { width: 7, height: 5 } })).toBe('no error');
    expect(errorOf({ hidden: 4096, n: 1, rectangle: { width: 20, height: 30 } })).toContain(' | use at least 57x56 PEs');
    expect(errorOf({ hidden: 4096, n: 1, rectangle: { width: 57, height: 56 } })).toBe('no error');
    expect([errorOf({ n: 82 }), errorOf({ n: 83 })].map((text) => text.split(':')[0])).toEqual(['no error', 'placement']);
  });

  it('one matrix is no layer, and Teaching holds h = 1024 with 3 rows on a PE', () => {
    expect(() => transformerLayer.plan({ m: 256, k: 256, n: 1, format: 'q4_k' }, TEACHING)).toThrow('transformer_layer maps a layer, not one matrix');
    expect(plan({ hidden: 1024, machine: TEACHING }).rowsPerPe).toBe(3);
  });
});
