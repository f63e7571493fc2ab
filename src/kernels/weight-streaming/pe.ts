/**
 * A PE's code in `weight-streaming`: every block of its rows is received, dequantised once and multiplied with each of its
 * tokens, whose sums wait in the results. k ascends within every row, one row after the other, and every operation rounds to
 * f32. With `overlap` a microthread receives the next block into a second buffer meanwhile.
 */
import { accumulator, type Code, fabricIn, increase, mark, mem, registers, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import type { Instruction, MarkDigit } from '../../machine/program.ts';
import { DEQUANTISE_REGISTERS } from '../dequant/dequantiser.ts';
import { blocksOf, type StreamJob, stagingStride, wordsOfBlock } from './job.ts';
import type { StreamLayout } from './layout.ts';

/**
 * `x`, `xBlock`: byte offset of a block's activations, of a token and of the first one; `result`, `rowResult` likewise of a
 * sum; `stage`: of the staging buffer in use; `rows`, `blocks` and `tokens` count down.
 */
const R = registers('rows', 'blocks', 'tokens', 'x', 'xBlock', 'result', 'rowResult', 'stage', 'mark', 'acc', ...DEQUANTISE_REGISTERS);

/** The register of the sum under way. */
export const ACCUMULATOR = R.acc;

const WEIGHTS_IN = 0;
/** The microthread that receives. */
const RECEIVER = 0;

/** Everything before the drain. */
export function code(job: StreamJob, layout: StreamLayout): Code {
  const start = scalar('compute', setTo(R.rowResult, 0), setTo(R.mark, 0), setTo(R.stage, 0));
  const blocks = blocksOf(job);
  const row = (body: Code): Code => [...beginRow(job), ...body, ...endRow(job, layout)];
  const all = (times: number, body: Code): Code => (times > 0 ? [repeat('compute', R.blocks, times, body)] : []);
  const rows = (times: number, body: Code): Code => (times > 0 ? [repeat('compute', R.rows, times, body)] : []);
  if (!job.overlap) return [start, ...rows(job.rows, row(all(blocks, [mark(R.mark), receive(job, layout), ...oneBlock(job, layout)])))];
  const ahead: Code = [mark(R.mark), ...receiveNext(job, layout), ...oneBlock(job, layout), turn(job)];
  const last: Code = [mark(R.mark), awaitLast(layout), ...oneBlock(job, layout)];
  return [start, receiveAhead(job, layout), ...rows(job.rows - 1, row(all(blocks, ahead))), ...row([...all(blocks - 1, ahead), ...last])];
}

const beginRow = (job: StreamJob): Code => [scalar('compute', setTo(R.xBlock, 0), ...(job.tokens === 1 ? [setTo(R.acc, 0)] : []))];

/** One token's sum stays in a register during the row. */
function endRow(job: StreamJob, layout: StreamLayout): Code {
  const store = { op: 'st32', a: R.rowResult, b: R.acc, imm: layout.results } as const;
  return [scalar('compute', ...(job.tokens === 1 ? [store] : []), increase(R.rowResult, 4))];
}

/** What is done with a block in the staging buffer, and the way on to the next one's activations and mark. */
function oneBlock(job: StreamJob, layout: StreamLayout): Code {
  const { dequantise, dot } = blockCode(job, layout);
  const bytes = 4 * job.dequantiser.unit.size;
  const unused = job.tokensMost - job.tokens;
  if (job.tokens === 1) return [...dequantise, ...dot, scalar('compute', increase(R.xBlock, bytes), increase(R.mark, 1 + unused))];
  const oneToken: Code = [
    mark(R.mark),
    scalar('compute', { op: 'ld32', d: R.acc, a: R.result, imm: layout.results }),
    ...dot,
    scalar(
      'compute',
      { op: 'st32', a: R.result, b: R.acc, imm: layout.results },
      increase(R.result, 4 * job.rows),
      increase(R.x, 4 * job.k),
      increase(R.mark, 1),
    ),
  ];
  return [
    ...dequantise,
    scalar('compute', { op: 'mov', d: R.x, a: R.xBlock }, { op: 'mov', d: R.result, a: R.rowResult }),
    repeat('compute', R.tokens, job.tokens, oneToken),
    scalar('compute', increase(R.xBlock, bytes), increase(R.mark, unused)),
  ];
}

/** One block: dequantising it, and its dot with one token. */
export function blockCode(job: StreamJob, layout: StreamLayout): { dequantise: readonly Instruction[]; dot: readonly Instruction[] } {
  const { direct } = job.dequantiser;
  const staged = { address: layout.staging, base: R.stage };
  const weights = direct ? staged : { address: layout.block };
  return { dequantise: direct ? [] : job.dequantiser.code(staged, weights, layout.scratch, R), dot: dotOfBlock(job, layout, weights) };
}

/** acc += w . x over one block: a product and a running addition, a tile at a time, or the fused operation that is *assumed*. */
function dotOfBlock(job: StreamJob, layout: StreamLayout, weights: { readonly address: number; readonly base?: number }): Instruction[] {
  const { size } = job.dequantiser.unit;
  const base = weights.base === undefined ? {} : { base: weights.base };
  const x = (first: number) => mem(layout.activations + 4 * first, 1, { base: job.tokens === 1 ? R.xBlock : R.x });
  const w = (first: number) => mem(weights.address + 4 * first, 1, base);
  const acc = accumulator(R.acc);
  if (job.dot === 'fused1') return [vector('compute', 'f32_dot', size, { to: acc, a: w(0), b: x(0) })];
  return Array.from({ length: size / layout.tile }, (_, i) => [
    vector('compute', 'f32_mul', layout.tile, { to: mem(layout.products), a: w(layout.tile * i), b: x(layout.tile * i) }),
    vector('compute', 'f32_sum', layout.tile, { to: acc, a: mem(layout.products) }),
  ]).flat();
}

/** Receives the next block into the staging buffer in use. */
const receive = (job: StreamJob, layout: StreamLayout) =>
  vector('receive', 'mov32', wordsOfBlock(job), { to: mem(layout.staging, 1, { base: R.stage }), a: fabricIn(WEIGHTS_IN) });
const receiveAhead = (job: StreamJob, layout: StreamLayout): Instruction => ({ ...receive(job, layout), thread: RECEIVER });

/** Starts to receive into the other buffer; that waits until the block in this one has arrived. */
function receiveNext(job: StreamJob, layout: StreamLayout): Code {
  return [turn(job), receiveAhead(job, layout), scalar('receive', { op: 'xor', d: R.stage, a: R.stage, b: R.t })];
}

/** The other staging buffer becomes the one in use; R.t keeps the stride until something is dequantised. */
const turn = (job: StreamJob) => scalar('receive', setTo(R.t, stagingStride(job)), { op: 'xor', d: R.stage, a: R.stage, b: R.t });

/** The last block has none behind it: an operation of one word that changes nothing waits for the microthread. */
const awaitLast = (layout: StreamLayout): Instruction => ({
  ...vector('receive', 'mov32', 1, { to: mem(layout.results), a: mem(layout.results) }),
  thread: RECEIVER,
});

/** Digits of a mark. */
export const marksOf = (job: StreamJob, rowsMost: number): MarkDigit[] => [
  { name: 'row', size: rowsMost },
  { name: 'block', size: blocksOf(job) },
  ...(job.tokensMost > 1 ? [{ name: 'token', size: job.tokensMost }] : []),
];
