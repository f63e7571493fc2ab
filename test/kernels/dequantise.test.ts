/** The dequantise programs of PEs: bits equal to ggml's (golden) and to the reference, priced by the op table, free of bank conflicts. */
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import type { EngineFactory } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { dequantisePrice, dequantiserFor, PLACEABLE } from '../../src/kernels/dequant/index.ts';
import { R } from '../../src/kernels/rows/code.ts';
import { assemble } from '../../src/machine/builder.ts';
import { MemoryPlan } from '../../src/machine/memory.ts';
import { conflictIssues, priceCode, priceTotal } from '../../src/machine/price.ts';
import type { Instruction, PeClass, Program } from '../../src/machine/program.ts';
import { MACHINES, type MachineId, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { FORMATS, type FormatId } from '../../src/quant/formats.ts';
import { goldenBytes, goldenF32, unequalBits } from '../quant/golden.ts';

/** Formats with a program; F32 has none. */
const CODED = PLACEABLE.filter((id) => !dequantiserFor(id).direct);

interface Coded {
  readonly code: readonly Instruction[];
  readonly memory: MemoryPlan;
  readonly from: number;
  readonly to: number;
}

/** The program for one unit at address 8 n + `phase`. */
function programFor(format: string, machine: MachineSpec, phase = 0): Coded {
  const dequantiser = dequantiserFor(format);
  const memory = new MemoryPlan(machine);
  const from = memory.add('unit', 'weights', dequantiser.unit.bytes, 8, phase);
  const to = memory.add('f32', 'block', 4 * dequantiser.unit.size);
  const scratch = dequantiser.reserve(memory);
  return { code: dequantiser.code({ address: from }, { address: to }, scratch, R), memory, from, to };
}

/** One PE a unit, no fabric at all; the f32 are read out of the PEs' memory. */
function dequantiseOnPes(format: string, units: Uint8Array, machine: MachineSpec, create: EngineFactory = createReferenceEngine, phase = 0): Float32Array {
  const { bytes } = dequantiserFor(format).unit;
  const count = units.length / bytes;
  const { code, memory, from, to } = programFor(format, machine, phase);
  const task = { name: 'dequantise', code: assemble(code), active: true, blocked: false };
  const cls: PeClass = { name: 'one unit', tasks: [task], memory: memory.allocations, inputs: [], outputs: [] };
  const pes = Uint32Array.from({ length: count }, (_, i) => i);
  const program: Program = {
    machine,
    width: count,
    height: 1,
    classes: [cls],
    classOf: new Uint16Array(count),
    routes: [[]],
    routeOf: new Uint16Array(count),
    loads: {
      data: [units],
      source: new Uint16Array(count),
      pe: pes,
      address: new Uint32Array(count).fill(from),
      offset: Float64Array.from(pes, (i) => bytes * i),
      length: new Uint32Array(count).fill(bytes),
    },
    sources: [],
    sinks: [],
    streams: [],
    marks: [],
  };
  const engine = create(program);
  engine.advance(100_000);
  expect(engine.finished).toBe(true);
  expect(engine.cycle).toBe(priceTotal(priceCode(code, machine)));
  const out = new Uint8Array(1024 * count);
  for (const pe of pes) out.set(engine.memory(pe, to, 1024), 1024 * pe);
  return new Float32Array(out.buffer);
}

/** Units of random bytes: scales of every kind, infinite and NaN among them. */
function randomUnits(format: string, count: number, seed: number): Uint8Array {
  const random = rng(seed);
  return Uint8Array.from({ length: count * dequantiserFor(format).unit.bytes }, () => random.below(256));
}

function referenceOf(format: string, units: Uint8Array): Float32Array {
  const out = new Float32Array((units.length / dequantiserFor(format).unit.bytes) * 256);
  FORMATS[format as FormatId].reference(units, out);
  return out;
}

describe('golden blocks on PEs', () => {
  it.each([
    ['q4_k', 534, 'deq_q4k_blocks.bin', 'deq_q4k_f32.bin'],
    ['q4_k', 12, 'deq_q4k_nonfinite_blocks.bin', 'deq_q4k_nonfinite_f32.bin'],
    ['q6_k', 64, 'deq_q6k_blocks.bin', 'deq_q6k_f32.bin'],
    ['q8_0', 16, 'deq_q8_0_blocks.bin', 'deq_q8_0_f32.bin'],
  ] as const)('%s: %i units of %s become ggml’s f32 in 0 unequal bits', (format, units, blocks, values) => {
    const got = dequantiseOnPes(format, goldenBytes(blocks), TEACHING);
    expect(got.length).toBe(units * 256);
    expect(unequalBits(got, goldenF32(values))).toEqual([]);
  });

  it('f16: all 65,536 bit patterns become ggml’s f32', () => {
    const got = dequantiseOnPes('f16', new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer), WSE2, createWaveletEngine);
    expect(unequalBits(got, goldenF32('f16_to_f32_all.bin'))).toEqual([]);
  });

  it('bf16: 32,768 golden f32 cut to their upper halves come back with zeros below', () => {
    const bits = new Uint32Array(goldenF32('quant_rows_f32.bin').buffer);
    const got = dequantiseOnPes('bf16', new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer), WSE3, createWaveletEngine);
    expect(new Uint32Array(got.buffer)).toEqual(bits.map((word) => word & 0xffff0000));
  });
});

describe.each(CODED)('%s on a PE', (format) => {
  it.each(Object.values(MACHINES))('equals the reference on 24 units of random bytes on $name, on both engines', (machine) => {
    const units = randomUnits(format, 24, 11);
    const expected = referenceOf(format, units);
    for (const create of [createReferenceEngine, createWaveletEngine])
      expect(unequalBits(dequantiseOnPes(format, units, machine, create), expected)).toEqual([]);
  });

  it('may lie at every address that its size allows', () => {
    const { bytes } = dequantiserFor(format).unit;
    const units = randomUnits(format, 3, 12);
    for (const phase of [0, 2, 4, 6].filter((p) => p === 0 || bytes % 8 === p || (bytes % 4 === 2 && p !== 0))) {
      expect(unequalBits(dequantiseOnPes(format, units, WSE2, createWaveletEngine, phase), referenceOf(format, units)), `phase ${phase}`).toEqual([]);
    }
  });

  it('never meets two conflicting banks on any machine', () => {
    for (const machine of Object.values(MACHINES)) {
      for (const i of programFor(format, machine).code) if (i.kind === 'vector') expect(conflictIssues(i, machine), i.op).toBe(0);
    }
  });

  it('costs the same wherever the unit lies', () => {
    for (const machine of Object.values(MACHINES)) expect(priceCode(programFor(format, machine).code, machine)).toEqual(dequantisePrice(format, machine));
  });
});

describe('prices of a unit of 256 weights', () => {
  const MACHINE_IDS: readonly MachineId[] = ['teaching', 'wse2', 'wse3'];
  // element, set-up, scalar on Teaching; WSE-2; WSE-3
  it.each([
    ['q4_k', [952, 0, 0], [802, 144, 67], [423, 224, 67]],
    ['q5_k', [1400, 0, 0], [998, 168, 67], [493, 261, 67]],
    ['q6_k', [1688, 0, 0], [1088, 138, 12], [538, 212, 12]],
    ['q8_0', [1040, 0, 0], [752, 54, 7], [404, 85, 7]],
    ['f16', [256, 0, 0], [256, 6, 0], [64, 9, 0]],
    ['bf16', [512, 0, 0], [128, 12, 0], [64, 18, 0]],
    ['f32', [0, 0, 0], [0, 0, 0], [0, 0, 0]],
    ['q4_k_ix', [968, 0, 0], [806, 156, 133], [489, 243, 133]],
    ['q4_k_ix_e5m2', [968, 0, 0], [806, 156, 114], [489, 243, 114]],
  ] as const)('%s: element, set-up and scalar cycles %j on Teaching, %j on WSE-2, %j on WSE-3', (format, ...prices) => {
    const got = MACHINE_IDS.map((id) => dequantisePrice(format, MACHINES[id])).map((p) => [p.element, p.setup, p.scalar]);
    expect(got).toEqual(prices);
  });

  it('are listed for every format that kernels place', () => {
    expect(PLACEABLE).toEqual(['q4_k', 'q5_k', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32', 'q4_k_ix', 'q4_k_ix_e5m2']);
    expect([...PLACEABLE].sort()).toEqual(Object.keys(FORMATS).sort());
  });

  it.each([
    ['WSE-2', 752, WSE2],
    ['WSE-3', 392, WSE3],
  ] as const)('q4_k pays on %s %i element cycles for the 256 weights (3 shifts, 3 ands, 4 conversions, 8 multiply-adds)', (_, cycles, machine) => {
    const ofWeights = programFor('q4_k', machine).code.filter((i) => i.kind === 'vector' && i.length >= 32);
    expect(ofWeights.length).toBe(18);
    expect(priceCode(ofWeights, machine).element).toBe(cycles);
  });
});
