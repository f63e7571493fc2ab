/** Lesson 2, 48 KB: what a PE holds is decided by its bytes, and the activations, blocks and code have theirs, too. */
import { WeftError } from '../base/error.ts';
import { kernelById } from '../kernels/registry.ts';
import type { KernelOptions } from '../kernels/types.ts';
import { usedBytes } from '../machine/memory.ts';
import { MACHINES } from '../machine/spec.ts';
import { FORMATS, rowBytes } from '../quant/formats.ts';
import { type Experiment, matrix, type ShotPlan, type Subject, type Taken } from './subject.ts';
import type { Answer, Bar, Figure } from './types.ts';

const MACHINE = MACHINES.wse2;
const BLOCK = FORMATS.q4_k.blockSize;
/** Bytes of a result. */
const RESULT = 4;

/** How rows lie in a PE: as stored, as f32, as f16. */
interface Way {
  readonly id: string;
  readonly kernel: string;
  readonly options: KernelOptions;
  /** Bytes of a row's weights. */
  readonly bytes: (k: number) => number;
}

const STORED: Way = { id: 'stored', kernel: 'streaming', options: {}, bytes: (k) => rowBytes(FORMATS.q4_k, k) };
const FLOATS: Way = { id: 'f32', kernel: 'stationary', options: {}, bytes: (k) => 4 * k };
const HALVES: Way = { id: 'f16', kernel: 'stationary', options: { f16: 'on' }, bytes: (k) => 2 * k };

/** Bytes of a PE with so many rows, by the kernel's own account, whether they fit or not. */
function need({ kernel, options }: Way, rows: number, k: number, width = 1): number {
  try {
    return usedBytes(kernelById(kernel).plan({ m: rows, k, n: 1, format: 'q4_k' }, MACHINE, { width, height: 1 }, options).memory);
  } catch (error) {
    const bytes = error instanceof WeftError ? /it needs (\d+) B/.exec(error.message) : null;
    if (bytes === null) throw error;
    return Number(bytes[1]);
  }
}

const fits = (way: Way, rows: number, k: number): boolean => need(way, rows, k) <= MACHINE.sramBytes;

/** What is left of an account without code, weights and results: blocks, scratch, activations. */
const beside = (way: Way, rows: number, k: number): number => need(way, rows, k) - MACHINE.codeReserve - rows * (way.bytes(k) + RESULT);

/** Rows that fit, by arithmetic: what the code and the buffers leave, over the bytes of a row and its result. */
const rowsByArithmetic = (way: Way, k: number): number => Math.floor((MACHINE.sramBytes - MACHINE.codeReserve - beside(way, 2, k)) / (way.bytes(k) + RESULT));

/** The longest f32 row by arithmetic, with the least buffers: those of a row that is too long. */
function longestByArithmetic(): number {
  const far = MACHINE.sramBytes / 4;
  return Math.floor((MACHINE.sramBytes - MACHINE.codeReserve - RESULT - beside(FLOATS, 1, far)) / 4 / BLOCK) * BLOCK;
}

const config = ({ kernel, options }: Way, m: number, k: number) => matrix({ machine: MACHINE.id, kernel, options, m, k, pes: { width: 1, height: 1 } });

function bar(way: Way, rows: number, k: number, varied: 'M' | 'K'): Bar {
  const [code, weights] = [MACHINE.codeReserve, rows * way.bytes(k)];
  return { what: way.id, varied, x: varied === 'M' ? rows : k, code, weights, rest: need(way, rows, k) - code - weights };
}

const bars = (list: readonly Bar[]): Figure => ({ kind: 'bytes', capacity: MACHINE.sramBytes, bars: list });

const known = (answer: Answer, most: number): number[] => (typeof answer === 'number' && answer >= 1 && answer <= most ? [Math.floor(answer)] : []);

/** In ascending order, each once. */
const distinct = (list: readonly number[]): number[] => [...new Set(list)].sort((a, b) => a - b);

/** Bytes of the weights that a run had placed. */
const weightsOf = ({ result }: Taken): number => result?.plan.memory.filter(({ kind }) => kind === 'weights').reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;

/** How many rows fit: what was predicted is placed, then one row after the other until one does not fit. */
const rowsThatFit = (way: Way, kOf: (p: Params) => number): Experiment<Params> => ({
  closed: (p) => rowsByArithmetic(way, kOf(p)),
  shots(p, answer) {
    const most = rowsByArithmetic(way, kOf(p));
    return distinct([...known(answer, most + 1), most, most + 1]).map(
      (rows): ShotPlan => ({ what: way.id, varied: 'M', x: rows, config: config(way, rows, kOf(p)) }),
    );
  },
  read(taken, p, answer) {
    const ran = taken.filter(({ result }) => result !== undefined).map(({ plan }) => plan.x);
    const value = Math.max(...ran);
    const shown = distinct([...known(answer, 4 * value), value, value + 1]);
    return { value, figure: bars(shown.map((rows) => bar(way, rows, kOf(p), 'M'))) };
  },
});

interface Params {
  readonly k: number;
  readonly nextK: number;
}

export const memory: Subject<'memory', Params> = {
  params: (pick) => ({ k: pick([4096, 1024, 2048, 3072, 5120]), nextK: pick([1024, 1536, 2560, 3584]) }),
  given({ k, nextK }) {
    const longest = longestByArithmetic();
    return {
      ...{ sram: MACHINE.sramBytes, code: MACHINE.codeReserve, k, nextK, longest },
      blockBytes: STORED.bytes(BLOCK),
      rowBytes: STORED.bytes(k),
      floatBytes: FLOATS.bytes(k),
      besideStored: beside(STORED, 2, k),
      besideFloat: beside(FLOATS, 2, k),
      besideLongest: beside(FLOATS, 1, longest + BLOCK),
      tooLong: longest + BLOCK,
      over: need(FLOATS, 1, longest + BLOCK) - MACHINE.sramBytes,
      nextBytes: HALVES.bytes(nextK),
      besideNext: beside(HALVES, 2, nextK),
    };
  },
  questions: {
    row: {
      closed: ({ k }) => STORED.bytes(k),
      shots: ({ k }) => [{ what: 'stored', varied: 'K', x: k, config: config(STORED, 1, k) }],
      read: ([shot], { k }) => ({ value: weightsOf(shot), figure: bars([bar(STORED, 1, k, 'K'), bar(FLOATS, 1, k, 'K')]) }),
    },
    rows: rowsThatFit(STORED, ({ k }) => k),
    floats: rowsThatFit(FLOATS, ({ k }) => k),
    longest: {
      closed: longestByArithmetic,
      shots: () => [longestByArithmetic(), longestByArithmetic() + BLOCK].map((k) => ({ what: 'f32', varied: 'K', x: k, config: config(FLOATS, 1, k) })),
      read(taken, _, answer) {
        const value = Math.max(...taken.filter(({ result }) => result !== undefined).map(({ plan }) => plan.x));
        const predicted = known(answer, 4 * value).map((k) => Math.max(BLOCK, Math.round(k / BLOCK) * BLOCK));
        return { value, figure: bars(distinct([...predicted, value, value + BLOCK]).map((k) => bar(FLOATS, 1, k, 'K'))) };
      },
    },
    mend: {
      closed: () => (fits(FLOATS, 1, longestByArithmetic() + BLOCK) ? '' : 'more-pes'),
      shots() {
        const k = longestByArithmetic() + BLOCK;
        return [
          { what: 'f16', varied: 'K', x: k, config: config(HALVES, 1, k) },
          { what: 'streaming', varied: 'K', x: k, config: config(STORED, 1, k) },
          { what: 'more-pes', varied: 'K', x: k, config: { ...config(FLOATS, 1, k), pes: { width: 2, height: 1 } } },
        ];
      },
      read(taken) {
        const [{ plan }] = taken;
        const value = taken.filter(({ result }) => result === undefined).map((shot) => shot.plan.what);
        return { value: value.join(' '), figure: bars([HALVES, STORED, FLOATS].map((way) => bar(way, 1, plan.x, 'K'))) };
      },
    },
    halves: rowsThatFit(HALVES, ({ nextK }) => nextK),
  },
};
