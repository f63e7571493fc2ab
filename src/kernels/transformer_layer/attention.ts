/**
 * Causal attention of one query head on one PE. It receives q, k and v of all heads and keeps its own slices (heads that share
 * keys and values keep the same ones); the other words end in a scratch word. For token t of a sequence:
 *
 *     q, k rotated by t steps (below); q scaled by 1 / sqrt(head size); k and v kept
 *     s[j] = q . k[j], m = max s[j]                                    j = 0 .. t
 *     p = exp(s[j] - m); l = l + p; o = o + p v[j]                     j = 0 .. t
 *     o * (1 / l) leaves by a microthread, from one of two buffers
 *
 * RoPE turns pairs (2i, 2i + 1) by t base^(-2i / dimensions). Cosines and sines are rotated on by one step after every token,
 * so they cost no table: c' = c C - s S, s' = s C + c S. Each step rounds three times, and C and S are f32: the angle's sine
 * and cosine are off by at most 1e-7 a token (measured over 1,000 tokens: 4.4e-8; test/kernels/transformer-maths.test.ts).
 */
import {
  accumulator,
  type Code,
  fabricIn,
  fabricOut,
  increase,
  inRegister,
  mark,
  mem,
  registers,
  repeat,
  repeatFrom,
  scalar,
  setTo,
  vector,
} from '../../machine/builder.ts';
import type { MemoryOperand } from '../../machine/program.ts';
import type { AttentionLayout } from './attention-layout.ts';
import { attentionWords, type Form, qkvWords, sequencesOf } from './form.ts';
import { exp, reciprocal, setFloat } from './maths.ts';
import { IN, type Load, loadOf, OUT, type PeProgram } from './pe.ts';

/** `cache`, `other` and `output` are byte offsets; `count` is t + 1. */
const R = registers('sequences', 'tokens', 'rounds', 'count', 'cache', 'other', 'score', 'output', 'token', 'most', 'sum', 'acc', 'x', 'n', 't', 'c');

const START = 0xff800000 | 0;

/** One token when `count` tokens of its sequence are visible (which is all that its price depends on). */
export function attentionToken(form: Form, layout: AttentionLayout, head: number, count: number): Code {
  return [
    mark(R.token),
    ...receiveHead(form, layout, head),
    scalar('compute', increase(R.count, 1)),
    ...rotateAll(form, layout),
    ...attend(form, layout, count),
    ...send(form, layout),
  ];
}

/** A query, rotated already, against `count` kept tokens: scores, and the sum of values weighted by them. */
export const attend = (form: Pick<Form, 'headSize'>, layout: AttentionLayout, count: number): Code => [
  scalar('compute', setFloat(R.c, 1 / Math.sqrt(form.headSize))),
  vector('compute', 'f32_scale', form.headSize, { to: mem(layout.query), a: mem(layout.query), scalar: inRegister(R.c) }),
  ...scores(form, layout, count),
  ...weightedSum(form, layout, count),
];

/** The words of q, k and v of all heads in order; those of other heads go to one word. */
function receiveHead(form: Form, layout: AttentionLayout, head: number): Code {
  const { headSize, heads, kvHeads } = form;
  const shared = Math.floor(head / (heads / kvHeads));
  const q = head * headSize;
  const k = attentionWords(form) + shared * headSize;
  const v = k + kvHeads * headSize;
  const slices = [
    [q, mem(layout.query)],
    [k, mem(layout.keys, 1, { base: R.cache })],
    [v, mem(layout.values, 1, { base: R.cache })],
  ] as const;
  const receive = (length: number, to: MemoryOperand): Code => (length > 0 ? [vector('receive', 'mov32', length, { to, a: fabricIn(IN) })] : []);
  const code: Code[] = [];
  let at = 0;
  for (const [first, to] of slices) {
    code.push(receive(first - at, mem(layout.products, 0)), receive(headSize, to));
    at = first + headSize;
  }
  return [...code.flat(), ...receive(qkvWords(form) - at, mem(layout.products, 0))];
}

export function rotateAll({ rope }: Pick<Form, 'rope'>, layout: AttentionLayout): Code {
  if (!rope) return [];
  const { dimensions } = rope;
  const half = dimensions / 2;
  const key = (offset: number, stride = 1, more: Pick<MemoryOperand, 'inner' | 'outer'> = {}): MemoryOperand =>
    mem(layout.keys + offset, stride, { ...more, base: R.cache });
  const query = (offset: number, stride = 1, more: Pick<MemoryOperand, 'inner' | 'outer'> = {}): MemoryOperand => mem(layout.query + offset, stride, more);
  const { angles, stepCosines, stepSines, a, b } = layout;
  const swapped = mem(angles + 4 * half, 1, { inner: half, outer: -half });
  return [
    ...[query, key].flatMap((place) => rotate(place, layout, half)),
    vector('compute', 'f32_mul', dimensions, { to: mem(a), a: mem(angles), b: mem(stepCosines) }),
    vector('compute', 'f32_mul', dimensions, { to: mem(b), a: swapped, b: mem(stepSines) }),
    vector('compute', 'f32_add', dimensions, { to: mem(angles), a: mem(a), b: mem(b) }),
  ];
}

type PlaceOf = (offset: number, stride?: number, more?: Pick<MemoryOperand, 'inner' | 'outer'>) => MemoryOperand;

/** Pairs: even = even c - odd s, odd = odd c + even s. */
function rotate(place: PlaceOf, { angles, a, b }: AttentionLayout, half: number): Code {
  const twice = (first: number): MemoryOperand => mem(first, 0, { inner: 2, outer: 1 });
  const swapped = place(4, -1, { inner: 2, outer: 2 });
  return [
    vector('compute', 'f32_mul', 2 * half, { to: mem(a), a: place(0), b: twice(angles) }),
    vector('compute', 'f32_mul', 2 * half, { to: mem(b), a: swapped, b: twice(angles + 4 * half) }),
    vector('compute', 'f32_sub', half, { to: place(0, 2), a: mem(a, 2), b: mem(b, 2) }),
    vector('compute', 'f32_add', half, { to: place(4, 2), a: mem(a + 4, 2), b: mem(b + 4, 2) }),
  ];
}

function scores({ headSize }: Pick<Form, 'headSize'>, layout: AttentionLayout, count: number): Code {
  const one: Code = [
    scalar('compute', setTo(R.acc, 0)),
    vector('compute', 'f32_mul', headSize, { to: mem(layout.products), a: mem(layout.keys, 1, { base: R.other }), b: mem(layout.query) }),
    vector('compute', 'f32_sum', headSize, { to: accumulator(R.acc), a: mem(layout.products) }),
    scalar(
      'compute',
      { op: 'st32', a: R.score, b: R.acc, imm: layout.scores },
      { op: 'fmax', d: R.most, a: R.most, b: R.acc },
      increase(R.other, 4 * headSize),
      increase(R.score, 4),
    ),
  ];
  return [scalar('compute', setTo(R.other, 0), setTo(R.score, 0), setTo(R.most, START)), repeatFrom('compute', R.rounds, R.count, count, one)];
}

function weightedSum({ headSize }: Pick<Form, 'headSize'>, layout: AttentionLayout, count: number): Code {
  const output = mem(layout.outputs, 1, { base: R.output });
  const one: Code = [
    scalar(
      'compute',
      { op: 'ld32', d: R.x, a: R.score, imm: layout.scores },
      { op: 'fsub', d: R.x, a: R.x, b: R.most },
      ...exp(R.x, R),
      { op: 'fadd', d: R.sum, a: R.sum, b: R.x },
      increase(R.score, 4),
    ),
    vector('compute', 'f32_mac', headSize, { to: output, a: output, b: mem(layout.values, 1, { base: R.other }), scalar: inRegister(R.x) }),
    scalar('compute', increase(R.other, 4 * headSize)),
  ];
  return [
    scalar('compute', setTo(R.other, 0), setTo(R.score, 0), setTo(R.sum, 0)),
    vector('compute', 'mov32', headSize, { to: output, a: mem(layout.zero, 0) }),
    repeatFrom('compute', R.rounds, R.count, count, one),
    scalar('compute', ...reciprocal(R.x, R.sum, R)),
  ];
}

/** The buffer's last words left before the send of the other one could start: so it is free when it is written again. */
function send({ headSize }: Form, layout: AttentionLayout): Code {
  const output = mem(layout.outputs, 1, { base: R.output });
  const op = vector('send', 'f32_scale', headSize, { to: fabricOut(OUT, { advance: true }), a: output, scalar: inRegister(R.x) });
  const other = [setTo(R.t, 4 * headSize), { op: 'sub', d: R.output, a: R.t, b: R.output }] as const;
  return [{ ...op, thread: 0 }, scalar('send', increase(R.token, 1), increase(R.cache, 4 * headSize), ...other)];
}

/** Before each sequence: no keys, and angles of 0. */
export function sequenceStart({ rope }: Form, layout: AttentionLayout): Code {
  const half = (rope?.dimensions ?? 0) / 2;
  const start = scalar('compute', setTo(R.cache, 0), setTo(R.count, 0));
  if (half === 0) return [start];
  return [
    start,
    vector('compute', 'mov32', half, { to: mem(layout.angles), a: mem(layout.one, 0) }),
    vector('compute', 'mov32', half, { to: mem(layout.angles + 4 * half), a: mem(layout.zero, 0) }),
  ];
}

export function attention(form: Form, layout: AttentionLayout, head: number): PeProgram {
  const token = attentionToken(form, layout, head, form.perSequence);
  const sequence: Code = [...sequenceStart(form, layout), repeat('compute', R.tokens, form.perSequence, token)];
  const start = scalar('compute', setTo(R.token, 0), setTo(R.output, 0));
  return { name: `head ${head}`, code: [start, repeat('compute', R.sequences, sequencesOf(form), sequence)], memory: layout.allocations };
}

/** Angles of one step, base^(-2i / dimensions): cosines and sines rounded to f32. */
export function rotationStep(rope: NonNullable<Form['rope']>): { readonly cosines: Float32Array; readonly sines: Float32Array } {
  const angles = Array.from({ length: rope.dimensions / 2 }, (_, i) => rope.base ** ((-2 * i) / rope.dimensions));
  return { cosines: Float32Array.from(angles, Math.cos), sines: Float32Array.from(angles, Math.sin) };
}

export function attentionLoads({ rope }: Form, layout: AttentionLayout): Load[] {
  const constants = [loadOf(Float32Array.of(1), layout.one), loadOf(Float32Array.of(0), layout.zero)];
  if (!rope) return constants;
  const { cosines, sines } = rotationStep(rope);
  return [
    ...constants,
    loadOf(Float32Array.of(...cosines, ...cosines), layout.stepCosines),
    loadOf(Float32Array.of(...sines.map((s) => -s), ...sines), layout.stepSines),
  ];
}
