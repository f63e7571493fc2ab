/** Sixteen PEs at once against one after the other, bit by bit: random code, and the kernels' own. */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../../src/base/pieces.ts';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { timeProgram } from '../../../src/engine/timing/timing.ts';
import { LANES, lanesModule } from '../../../src/engine/values/lane-code.ts';
import { lanesOf } from '../../../src/engine/values/lanes.ts';
import { computeLines } from '../../../src/engine/values/line-by-line.ts';
import { sortingLoads } from '../../../src/engine/values/loads.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import { accumulator, assemble, type Code, fabricIn, fabricOut, immediate, inRegister, mem, repeat, scalar, vector } from '../../../src/machine/builder.ts';
import { Port } from '../../../src/machine/fabric.ts';
import type { MemoryOperand, Program, ScalarStep } from '../../../src/machine/program.ts';
import { TEACHING, WSE2 } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { FORMATS } from '../../../src/quant/formats.ts';
import { Sketch } from '../../drivers/sketch.ts';

const CASES = 200;
/** Floats, and halves, of a PE. */
const SIZE = 64;
const STREAM = 24;
const RULES = { picker: { kind: 'lowest' }, completion: 0, forgets: true } as const;
/** Registers: a loop counter, a base, two sums, floats, integers. */
const R = { counter: 0, base: 1, sums: [2, 3], floats: [4, 5, 6], integers: [7, 8, 9] } as const;

const pick = <Value>(r: Rng, values: readonly Value[]): Value => values[r.below(values.length)];

/** A float now and then at the end of what there is: zero with a sign, subnormal, large. */
const someFloat = (r: Rng): number => (r.below(12) === 0 ? pick(r, [-0, 1e-41, -3e-39, 2e19]) : r.gauss());

/** One PE's memory and how its code names it. */
interface Bench {
  readonly r: Rng;
  readonly floats: number;
  readonly halves: number;
}

/** `length` floats: a line, lines of two, or lines of more. */
function someFloats({ r, floats }: Bench, length: number): MemoryOperand {
  const base = r.below(4) === 0 ? { base: R.base } : {};
  const kind = r.below(4);
  if (kind === 0) return mem(floats + 4 * r.below(8), r.below(3), { ...base, inner: 2, outer: r.below(3) });
  if (kind === 1) return mem(floats + 4 * r.below(8), 1, { ...base, inner: 4, outer: r.below(5) });
  const stride = pick(r, [1, 1, 2, 0]);
  return mem(floats + 4 * r.below(SIZE - 8 - stride * length), stride, base);
}

/** `length` halves in pairs. */
const someHalves = ({ r, halves }: Bench, length: number): MemoryOperand => mem(halves + 4 * r.below((SIZE - length) / 2 + 1));

function vectorOp(bench: Bench): Code[number] {
  const { r } = bench;
  const length = 2 * (1 + r.below(8));
  const [to, a, b] = [0, 1, 2].map(() => someFloats(bench, length));
  const [toHalf, aHalf, bHalf] = [0, 1, 2].map(() => someHalves(bench, length));
  const factor = r.below(2) === 0 ? inRegister(pick(r, R.floats)) : immediate(new Int32Array(Float32Array.of(r.gauss()).buffer)[0]);
  const bits = immediate(r.below(16));
  return pick(r, [
    () => vector('compute', pick(r, ['f32_mul', 'f32_add', 'f32_sub'] as const), length, { to, a, b }),
    () => vector('compute', 'f32_mac', length, { to, a, b, scalar: factor }),
    () => vector('compute', 'f32_scale', length, { to, a, scalar: factor }),
    () => vector('compute', 'f32_sum', length, { to: accumulator(pick(r, R.sums)), a }),
    () => vector('compute', 'f32_dot', length, { to: accumulator(pick(r, R.sums)), a, b }),
    () => vector('compute', 'i16_f32', length, { to, a: aHalf }),
    () => vector('compute', pick(r, ['or16', 'xor16', 'add16', 'sub16'] as const), length, { to: toHalf, a: aHalf, b: bHalf }),
    () => vector('compute', pick(r, ['shl16', 'shr16', 'asr16'] as const), length, { to: toHalf, a: aHalf, scalar: bits }),
    () => vector('compute', 'and16', length, { to: toHalf, a: aHalf, scalar: immediate(r.below(65536)) }),
    () => vector('compute', 'mov16', length, { to: toHalf, a: aHalf }),
  ])();
}

function scalarSteps({ r, floats, halves }: Bench): ScalarStep[] {
  const [f, g, i, j, k] = [pick(r, R.floats), pick(r, R.floats), pick(r, R.integers), pick(r, R.integers), pick(r, R.integers)];
  const imm = pick(r, [-9, 7, 0x3f3f3f3f, -(2 ** 31), 2 ** 31 - 1]);
  return pick<ScalarStep[]>(r, [
    [{ op: 'li', d: i, imm }],
    [{ op: pick(r, ['addi', 'andi'] as const), d: i, a: j, imm }],
    [{ op: pick(r, ['add', 'sub', 'mul', 'and', 'or', 'xor'] as const), d: i, a: j, b: k }],
    [{ op: pick(r, ['shli', 'shri'] as const), d: i, a: j, imm: r.below(32) }],
    [{ op: pick(r, ['fadd', 'fsub', 'fmul'] as const), d: f, a: f, b: g }],
    [{ op: 'fneg', d: f, a: g }],
    [{ op: 'mov', d: f, a: pick(r, R.sums) }],
    [{ op: 'i32_f32', d: f, a: i }],
    [
      { op: 'ld16', d: i, imm: halves + 2 * r.below(SIZE) },
      { op: 'andi', d: i, a: i, imm: 0xbbff },
      { op: 'f16_f32', d: f, a: i },
    ],
    [{ op: 'ld32', d: f, a: R.base, imm: floats + 4 * r.below(SIZE - 8) }],
    [{ op: 'st32', b: f, a: R.base, imm: floats + 4 * r.below(SIZE - 8) }],
    [{ op: 'li', d: R.base, imm: 4 * r.below(8) }],
  ]);
}

/** Sixteen PEs with random code and random memories, which take a stream and send all they hold. */
function randomPes(seed: number): Program {
  const sketch = new Sketch(TEACHING, LANES, 1);
  const r = rng(seed);
  const stream = Array.from({ length: STREAM }, () => someFloat(r));
  sketch.source(0, Port.W, 1, new Uint32Array(Float32Array.from(stream).buffer)).sink(0, Port.E, 2, 0);
  for (let pe = 0; pe < LANES; pe++) {
    const own = rng(1000 * seed + pe);
    const floats = sketch.floats(
      pe,
      Array.from({ length: SIZE }, () => someFloat(own)),
    );
    const halves = sketch.loaded(pe, new Uint8Array(Uint16Array.from({ length: SIZE }, () => own.below(65536)).buffer));
    sketch.input(pe, 1);
    sketch.output(pe, 2);
    const bench = { r: rng(seed), floats, halves };
    const some = (count: number): Code =>
      Array.from({ length: count }, () => (bench.r.below(2) === 0 ? vectorOp(bench) : scalar('compute', ...scalarSteps(bench))));
    const product = vector('compute', 'f32_mul', STREAM, { to: mem(floats), a: mem(floats + 4), b: fabricIn(0) });
    // As floats, for bits that are no number are left to the twin.
    const wide = sketch.memory(pe, 4 * SIZE);
    const widened = vector('compute', 'i16_f32', SIZE, { to: mem(wide), a: mem(halves) });
    const all = [mem(floats), mem(wide)].map((a) => vector('send', 'mov32', SIZE, { to: fabricOut(0, { advance: false }), a }));
    const integers = R.integers.map((d): ScalarStep => ({ op: 'i32_f32', d, a: d }));
    const sums = [...R.sums, ...R.floats, ...R.integers].map((register, i): ScalarStep => ({ op: 'st32', b: register, imm: floats + 4 * (40 + i) }));
    sketch.task(pe, assemble([...some(8), product, repeat('compute', R.counter, 2, some(6)), scalar('compute', ...integers, ...sums), widened, ...all]));
  }
  return sketch.build();
}

describe('sixteen PEs at once', () => {
  it('are a valid module', () => {
    expect(WebAssembly.validate(lanesModule())).toBe(true);
  });

  it(`send the same bits as one after the other, ${CASES} random programs`, () => {
    const wiring = { sourceOf: undefined, chains: [{ sink: 0, line: { pes: [...Array(LANES).keys()] }, shift: 0, order: orderOf(2 * SIZE) }] };
    let compared = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const program = randomPes(seed);
      expect(program.classes).toHaveLength(1);
      const load = toEnd(sortingLoads(program.loads, LANES));
      const stream = new Int32Array(program.sources[0].words.buffer);
      const lanes = lanesOf(program.classes[0], TEACHING, STREAM);
      const sent = lanes && toEnd(lanes.running(stream, LANES, load));
      if (!sent) continue;
      compared++;
      const [plain] = toEnd(computeLines(program, wiring as never, RULES, false));
      expect(
        sent.flatMap((words) => [...words]).findIndex((word, i) => word !== plain[i]),
        `seed ${seed}`,
      ).toBe(-1);
    }
    expect(compared).toBeGreaterThan(CASES / 2);
  });

  it.each(Object.keys(FORMATS))('send what PEs with rows of %s send one after the other', (format) => {
    const gemm = synthetic(40, 512, 2, 7, format);
    for (const id of ['streaming', 'stationary'] as const) {
      const kernel = KERNELS[id]!;
      const program = kernel.build(kernel.plan(gemm, WSE2, { width: 8, height: 5 }), gemm);
      const { wiring } = timeProgram(program);
      const [fast, plain] = [true, false].map((simd) => toEnd(computeLines(program, wiring!, RULES, simd)).join(';'));
      expect(fast).toBe(plain);
    }
  });
});

/** For each word at the sink the place of its sender: `words` of each PE, one PE after the other. */
const orderOf = (words: number): Uint16Array => Uint16Array.from({ length: LANES * words }, (_, i) => Math.floor(i / words));
