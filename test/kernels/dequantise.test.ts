/** The Q4_K program of a PE: bits equal to ggml's on golden blocks, priced by the op table, free of bank conflicts. */
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { dequantiserFor } from '../../src/kernels/dequant/index.ts';
import { R } from '../../src/kernels/rows/code.ts';
import { assemble } from '../../src/machine/builder.ts';
import { MemoryPlan } from '../../src/machine/memory.ts';
import { conflictIssues, priceCode, priceTotal } from '../../src/machine/price.ts';
import type { Instruction, PeClass, Program } from '../../src/machine/program.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { goldenBytes, goldenF32, unequalBits } from '../quant/golden.ts';

const Q4_K = dequantiserFor('q4_k');

function programFor(machine: MachineSpec): { code: readonly Instruction[]; memory: MemoryPlan; from: number; to: number } {
  const memory = new MemoryPlan(machine);
  const from = memory.add('block', 'weights', 144);
  const to = memory.add('f32', 'block', 1024);
  const scratch = Q4_K.reserve(memory);
  return { code: Q4_K.code({ address: from }, { address: to }, scratch, R), memory, from, to };
}

/** One PE a block, no fabric at all; the f32 are read out of the PEs' memory. */
function dequantiseOnPes(blocks: Uint8Array, machine: MachineSpec): Float32Array {
  const count = blocks.length / 144;
  const { code, memory, from, to } = programFor(machine);
  const task = { name: 'dequantise', code: assemble(code), active: true, blocked: false };
  const cls: PeClass = { name: 'one block', tasks: [task], memory: memory.allocations, inputs: [], outputs: [] };
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
      data: [blocks],
      source: new Uint16Array(count),
      pe: pes,
      address: new Uint32Array(count).fill(from),
      offset: Float64Array.from(pes, (i) => 144 * i),
      length: new Uint32Array(count).fill(144),
    },
    sources: [],
    sinks: [],
    streams: [],
    marks: [],
  };
  const engine = createReferenceEngine(program);
  engine.advance(100_000);
  expect(engine.finished).toBe(true);
  expect(engine.cycle).toBe(priceTotal(priceCode(code, machine)));
  const out = new Uint8Array(1024 * count);
  for (const pe of pes) out.set(engine.memory(pe, to, 1024), 1024 * pe);
  return new Float32Array(out.buffer);
}

describe('Q4_K on a PE', () => {
  it('turns 534 golden blocks (subnormal, negative, special scales among them) into ggml’s f32, 0 unequal bits', () => {
    const got = dequantiseOnPes(goldenBytes('deq_q4k_blocks.bin'), TEACHING);
    expect(got.length).toBe(534 * 256);
    expect(unequalBits(got, goldenF32('deq_q4k_f32.bin'))).toEqual([]);
  });

  it.each([
    ['WSE-2', WSE2],
    ['WSE-3', WSE3],
  ] as const)('gives the same on %s, 32 blocks, where groups are up to 8 elements wide', (_, machine) => {
    const got = dequantiseOnPes(goldenBytes('deq_q4k_blocks.bin').slice(224 * 144, 256 * 144), machine);
    expect(unequalBits(got, goldenF32('deq_q4k_f32.bin').slice(224 * 256, 256 * 256))).toEqual([]);
  });

  it('follows IEEE for 12 blocks with infinite or NaN scales', () => {
    const got = dequantiseOnPes(goldenBytes('deq_q4k_nonfinite_blocks.bin'), TEACHING);
    expect(unequalBits(got, goldenF32('deq_q4k_nonfinite_f32.bin'))).toEqual([]);
  });

  it.each([
    ['WSE-2', 752, WSE2],
    ['WSE-3', 392, WSE3],
  ] as const)('costs %s %i element cycles for the 256 weights (3 shifts, 3 ands, 4 conversions, 8 multiply-adds)', (_, cycles, machine) => {
    const ofWeights = programFor(machine).code.filter((i) => i.kind === 'vector' && i.length >= 32);
    expect(ofWeights.length).toBe(18);
    expect(priceCode(ofWeights, machine).element).toBe(cycles);
  });

  it.each([
    ['Teaching', TEACHING, { element: 952, setup: 0, scalar: 0 }],
    ['WSE-2', WSE2, { element: 802, setup: 144, scalar: 67 }],
    ['WSE-3', WSE3, { element: 423, setup: 224, scalar: 67 }],
  ] as const)('costs on %s, scale table included, element, set-up and scalar cycles as priced by the table', (_, machine, price) => {
    expect(priceCode(programFor(machine).code, machine)).toEqual(price);
  });

  it('never meets two conflicting banks: the addend of each multiply-add lies in the other class', () => {
    for (const machine of Object.values(MACHINES)) {
      for (const i of programFor(machine).code) if (i.kind === 'vector') expect(conflictIssues(i, machine)).toBe(0);
    }
  });
});
