/** Instructions of sixteen PEs as calls of the lanes' kernels (lane-code.ts): where operands lie in the rows, and in how many lines. */
import { VECTOR_OP_NAMES } from '../../machine/ops.ts';
import { REGISTERS, type ScalarStep } from '../../machine/program.ts';
import { AT, type CompiledInstruction, type CompiledOperand, IS } from '../compile.ts';
import { LANES, ROW } from './lane-code.ts';

export type Kernel = (n: number, d: number, a: number, b: number, stepD: number, stepA: number, stepB: number, s: number) => void;
export type Kernels = Readonly<Record<string, Kernel>> & { readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void } };

/** Thrown where an op lies in memory as the lanes cannot take it: the twin can. */
export class Unsuited extends Error {}

/** Bytes of the registers; a scalar that is no register comes next, then words of d, a and b. */
export const REGISTER_ROWS = REGISTERS * ROW;
export const WORDS = REGISTER_ROWS + ROW;

/** Bytes: room for one operand's words, where the stream is, and where address 0 of the memory would be. */
export interface LanePlace {
  readonly room: number;
  readonly stream: number;
  readonly memory: number;
}

/** Where an operand lies: its bytes from element to element and from one turn of a kernel to the next, and its lines; inner 0 is one line. */
interface Rows {
  /** Of operands without a base register; of others what their base is added to. */
  readonly at: number;
  readonly base: number;
  readonly step: number;
  readonly turn: number;
  readonly inner: number;
  readonly outerStep: number;
  /** Bytes that its elements span from there. */
  readonly lo: number;
  readonly hi: number;
}

const NOWHERE: Rows = { at: 0, base: -1, step: 0, turn: 0, inner: 0, outerStep: 0, lo: 0, hi: 0 };

export class LaneOps {
  readonly place: LanePlace;
  /** Rows that were sent, an op after the other. */
  sent: Int32Array[] = [];
  /** Words of the stream that are taken. */
  private taken = 0;
  private readonly kernels: Kernels;
  private readonly i32: Int32Array;

  constructor(kernels: Kernels, i32: Int32Array, place: LanePlace) {
    this.kernels = kernels;
    this.i32 = i32;
    this.place = place;
  }

  begin(): void {
    this.taken = 0;
    this.sent = [];
  }

  /** A register that is the same in all lanes. */
  register(register: number): number {
    return this.i32[(ROW * register) >> 2];
  }

  countDown(register: number): void {
    this.kernels.$addi(1, ROW * register, ROW * register, 0, 0, 0, 0, -1);
  }

  /** What an instruction does; undefined if it does nothing to data. */
  compile(ins: CompiledInstruction): (() => void) | undefined {
    if (ins.is === IS.VECTOR) return this.vector(ins);
    if (ins.is !== IS.SCALAR) return undefined;
    const steps = ins.steps.map((step) => this.scalar(step));
    return () => {
      for (const step of steps) step();
    };
  }

  private scalar({ op, d = 0, a, b = 0, imm = 0 }: ScalarStep): () => void {
    const kernel = this.kernels[`$${op}`];
    const address = (): number => (a === undefined ? 0 : this.register(a)) + imm;
    const row = (at: number): number => this.place.memory + LANES * (at & ~3);
    if (op === 'st32') return () => kernel(1, row(address()), 0, ROW * b, 0, 0, 0, 0);
    if (op === 'ld32') return () => kernel(1, ROW * d, row(address()), 0, 0, 0, 0, 0);
    if (op === 'ld16') {
      return () => {
        const at = address();
        kernel(1, ROW * d, row(at), 0, 0, 0, 0, 8 * (at & 3));
      };
    }
    return () => kernel(1, ROW * d, ROW * (a ?? 0), ROW * b, 0, 0, 0, imm);
  }

  private vector(ins: CompiledInstruction): () => void {
    const name = VECTOR_OP_NAMES[ins.op];
    const isHalves = name.endsWith('16');
    const inPairs = isHalves || name === 'i16_f32';
    const { room } = this.place;
    const d = rowsOf(ins.d, WORDS, inPairs, this.place);
    const a = rowsOf(ins.a, WORDS + room, inPairs, this.place);
    const b = rowsOf(ins.b, WORDS + 2 * room, inPairs, this.place);
    const isSuited = !(inPairs && ins.length % 2 !== 0) && !(isHalves && ins.scalarRegister >= 0);
    if (!d || !a || !b || !isSuited) return refuse;
    const kernel = this.kernels[name];
    const n = inPairs ? ins.length / 2 : ins.length;
    const takes = [ins.a, ins.b].findIndex((o) => o.at === AT.FABRIC);
    const isStraight = [d, a, b].every(({ inner }) => inner === 0);
    // Sums have an order, and so have elements that are written in one place.
    const turns = d.inner === 0 && d.step !== 0 && n % 2 === 0 && [d, a, b].every((o) => (o.inner === 0 || o.inner === 2) && o.step === o.turn);
    return () => {
      if (takes >= 0) this.take(takes === 0 ? a.at : b.at, ins.length);
      const [atD, atA, atB] = [this.startOf(d), this.startOf(a), this.startOf(b)];
      const s = isHalves ? ins.scalarImm : this.scalarRow(ins);
      if (name === 'i16_f32' && !areApart(d, atD, a, atA)) throw new Unsuited();
      if (isStraight) kernel(n, atD, atA, atB, d.step, a.step, b.step, s);
      else if (turns && isFree(d, atD, a, atA) && isFree(d, atD, b, atB)) {
        for (let k = 0; k < 2; k++) kernel(n / 2, atD + k * d.step, atA + k * a.step, atB + k * b.step, across(d), across(a), across(b), s);
      } else line(kernel, n, [d, a, b], [atD, atA, atB], s);
      if (ins.d.at === AT.FABRIC) this.sent.push(this.i32.slice(atD >> 2, (atD + ROW * ins.length) >> 2));
    };
  }

  /** Takes words of the stream into rows. */
  private take(at: number, words: number): void {
    this.kernels.spread(words, at, this.place.stream + 4 * this.taken, 0, ROW, 4, 0, 0);
    this.taken += words;
  }

  private startOf({ at, base }: Rows): number {
    if (base < 0) return at;
    const added = this.register(base);
    if ((added & 3) !== 0) throw new Unsuited();
    return at + LANES * added;
  }

  /** The row of an op's scalar. */
  private scalarRow({ scalarRegister, scalarImm }: CompiledInstruction): number {
    if (scalarRegister >= 0) return ROW * scalarRegister;
    this.kernels.$li(1, REGISTER_ROWS, 0, 0, 0, 0, 0, scalarImm);
    return REGISTER_ROWS;
  }
}

function refuse(): never {
  throw new Unsuited();
}

/** An operand's rows, undefined if it has none; `words`: where those of a queue lie. In pairs, two elements of 16 bits are one word. */
function rowsOf(o: CompiledOperand, words: number, inPairs: boolean, { memory }: LanePlace): Rows | undefined {
  if (o.at === AT.FABRIC) return { ...NOWHERE, at: words, step: ROW, turn: ROW };
  if (o.at === AT.REGISTER) return { ...NOWHERE, at: ROW * o.index };
  if (o.at === AT.NONE) return NOWHERE;
  const per = inPairs ? 2 : 1;
  const isEven = o.address % 4 === 0 && o.inner % per === 0 && o.outerStep % 4 === 0 && (o.width === 4 || (inPairs && o.step === 2));
  if (!isEven) return undefined;
  const turn = LANES * o.step * per;
  return {
    ...{ at: memory + LANES * o.address, base: o.base, turn, inner: o.inner / per, outerStep: LANES * o.outerStep },
    ...{ step: o.width === 2 ? turn : LANES * o.step, lo: LANES * o.lo, hi: LANES * (o.hi + o.width) },
  };
}

/** Whether no element of one operand is one of the other. */
const areApart = (x: Rows, atX: number, y: Rows, atY: number): boolean => atX + x.hi <= atY + y.lo || atY + y.hi <= atX + x.lo;

/** Whether a destination's elements may be made in any order beside a source: they are apart, or each lies where it is read. */
const isFree = (d: Rows, atD: number, o: Rows, atO: number): boolean =>
  (o.hi === 0 && o.lo === 0) || areApart(d, atD, o, atO) || (atD === atO && d.step === o.step && d.inner === o.inner && d.outerStep === o.outerStep);

/** Bytes to the same element of the next line of two. */
const across = (o: Rows): number => (o.inner === 0 ? 2 * o.step : o.outerStep);

/** `n` turns of a kernel, a line after the other. */
function line(kernel: Kernel, n: number, [d, a, b]: readonly [Rows, Rows, Rows], [atD, atA, atB]: readonly [number, number, number], s: number): void {
  const place = (o: Rows, at: number, i: number): number => at + (o.inner === 0 ? i * o.turn : (i % o.inner) * o.turn + Math.floor(i / o.inner) * o.outerStep);
  const rest = (o: Rows, i: number): number => (o.inner === 0 ? n : o.inner - (i % o.inner));
  for (let i = 0, some = 0; i < n; i += some) {
    some = Math.min(n - i, rest(d, i), rest(a, i), rest(b, i));
    kernel(some, place(d, atD, i), place(a, atA, i), place(b, atB, i), d.step, a.step, b.step, s);
  }
}
