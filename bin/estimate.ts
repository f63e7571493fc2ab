/** `weft estimate`: how fast a whole model is, for people or as JSON. */
import { toWire } from '../src/api/outcome.ts';
import { storageOf } from '../src/api/whole-model.ts';
import { type EstimateQuestion, estimateModel, type ModelEstimate } from '../src/api/whole-model-estimate.ts';
import { WeftError } from '../src/base/error.ts';
import { bytes, count, duration, grouped, percent, real, signed } from '../src/base/numbers.ts';
import type { PhaseEstimate, StageRow } from '../src/plan/estimate-types.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { columns } from './columns.ts';
import { fromWire, Interrupted } from './fail.ts';
import { sizesOfArgument } from './model-argument.ts';
import { progressBar } from './progress.ts';

export interface EstimateFlags extends Pick<EstimateQuestion, 'machine' | 'batch' | 'prompt' | 'mapping'> {
  readonly context?: number;
  readonly format?: string;
  readonly dot?: 'two-op' | 'fused1';
  readonly f16?: 'off' | 'on';
  readonly check: boolean;
  readonly json?: boolean;
}

const USUAL_CONTEXT = 4096;

export async function estimateCommand(model: string, flags: EstimateFlags, signal: AbortSignal): Promise<void> {
  const estimate = await estimated(model, flags, signal);
  process.stdout.write(flags.json ? toJson(estimate) : `${lines(estimate).map(printable).join('\n')}\n`);
}

async function estimated(model: string, flags: EstimateFlags, signal: AbortSignal): Promise<ModelEstimate> {
  const { machine, batch, prompt, mapping, dot, f16, check } = flags;
  const sizes = await sizesOfArgument(model, flags.format === undefined ? undefined : storageOf(flags.format));
  const context = flags.context ?? Math.min(USUAL_CONTEXT, sizes.architecture?.context ?? USUAL_CONTEXT);
  const options = { ...(dot && { dot }), ...(f16 && { f16 }) };
  const question = { machine, context, batch, mapping, options, ...(prompt !== undefined && { prompt }) };
  return interruptible('estimating', signal, (watch) => estimateModel(sizes, question, { check, ...watch }));
}

/** What the long work of a command may be told and asked. */
interface Watch {
  readonly onProgress: (done: number, of: number) => void;
  readonly stopped: () => boolean;
}

/** Runs work with a bar on stderr; its errors name flags, and Ctrl+C ends it. */
export async function interruptible<T>(phase: string, signal: AbortSignal, work: (watch: Watch) => Promise<T>): Promise<T> {
  const bar = await progressBar(process.stderr, 'part');
  try {
    return await work({ onProgress: (cycle, expected) => bar.update({ phase, cycle, expected }), stopped: () => signal.aborted });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error instanceof WeftError ? fromWire(toWire(error)) : error;
  } finally {
    bar.stop();
  }
}

function lines(e: ModelEstimate): string[] {
  return [
    ...headOf(e),
    '',
    `Decode: ${phaseText(e.decode)}`,
    ...tableOf(e.decode, e.clock),
    '',
    `Prefill: ${phaseText(e.prefill)}`,
    ...tableOf(e.prefill, e.clock),
    '',
    'On the wafer',
    ...residenceOf(e),
    '',
    'Other ways',
    ...columns(
      e.alternatives.map(({ name, fits, tokensPerSecond, why }) => [
        name,
        tokensPerSecond === null ? 'none' : rate(tokensPerSecond),
        fits ? 'fits' : 'does not fit',
        why,
      ]),
      0,
    ),
    '',
    'Published by others, not measured by us',
    ...columns(
      e.published.map(({ name, model, value, unit, clockHz, source }) => [
        name,
        model,
        `${grouped(value, 1)} ${unit}`,
        clockHz === null ? 'no clock given' : clockText(clockHz),
        source,
      ]),
      0,
    ),
    '',
    'Evidence',
    ...evidenceOf(e),
  ];
}

const rate = (tokens: number): string => `${grouped(tokens, tokens < 100 ? 2 : 1)} tokens/s`;
const clockText = (hz: number): string => `${grouped(hz / 1e6)} MHz`;

function headOf(e: ModelEstimate): string[] {
  const { model, machine, context, batch, prompt, layers } = e;
  const joules = e.energyPerToken === null ? 'not known' : `${real(e.energyPerToken, 4)} J`;
  return [
    `${model}: ${count(layers, 'layer')}, on ${machine.name} at ${clockText(e.clock)}; ${grouped(context)} tokens in the cache, ${count(batch, 'sequence')}, prompt of ${grouped(prompt)}`,
    ...columns(
      [
        [
          'Decode',
          rate(e.decodeTokensPerSecond),
          batch > 1 ? `all ${grouped(batch)} sequences together` : `${duration((1e6 * e.decode.seconds) / batch)} a token`,
        ],
        ['Prefill', rate(e.prefillTokensPerSecond), 'one prompt'],
        ['First token', duration(1e6 * e.timeToFirstToken), 'from the prompt to it'],
        ['Energy a token', joules, `${e.energy.watts === null ? '' : `${grouped(e.energy.watts)} W: `}${e.energy.source}`],
        ['One row a PE, at most', rate(e.bound.tokensPerSecond), `${grouped(e.bound.serialSteps)} serial weight steps at one a cycle`],
        ['Through the host', rate(e.throughHost.decodeTokensPerSecond), e.throughHost.meaning],
      ],
      0,
    ),
  ];
}

function phaseText({ tokens, schedule, weights, mapping, cycles, seconds, period, slowest }: PhaseEstimate): string {
  const how = schedule === 'serial' ? 'one stage after the other' : `stages side by side, a token every ${grouped(period ?? 0)} cycles (${slowest})`;
  return `${count(tokens, 'token')} together, mapping ${mapping}, weights ${weights}, ${how}: ${grouped(cycles)} cycles, ${duration(1e6 * seconds)}`;
}

const HEAD = ['stage', 'placed', 'bound by', 'PEs', 'cycles', 'bound', 'times', 'time', 'share'];

function tableOf({ stages }: PhaseEstimate, clock: number): string[] {
  const rows = stages.map((row) => [
    row.name,
    placeOf(row),
    row.boundBy,
    grouped(row.pes),
    grouped(row.cycles),
    grouped(row.lowerBound),
    grouped(row.times),
    duration((1e6 * row.allCycles) / clock),
    percent(row.share),
  ]);
  return columns([HEAD, ...rows], HEAD.length - 3);
}

function placeOf({ product }: StageRow): string {
  if (!product) return '';
  const { kernel, panels, panel, rowsPerPe, slice, k, passes, options } = product;
  const tiles = slice < k ? `, slices of ${grouped(slice)}, ${options.reduce}` : '';
  return `${kernel} ${panels > 1 ? `${grouped(panels)} × ` : ''}${panel.width}×${panel.height}, ${count(rowsPerPe, 'row')} a PE${tiles}${passes > 1 ? `, ${count(passes, 'pass', 'passes')}` : ''}`;
}

function residenceOf({ residence: r, clock, searched }: ModelEstimate): string[] {
  return columns(
    [
      ['PEs wanted', grouped(r.pes), r.meaning],
      ['Weights as stored', bytes(r.weightBytes), `loaded in ${duration((1e6 * r.loadCycles) / clock)} at the host's rate`],
      [
        'Keys and values',
        bytes(r.cacheBytes),
        `${bytes(r.cacheBytesPerToken)} a token; beside these weights at most ${grouped(r.maxContext)} tokens a sequence, or ${count(r.maxBatch, 'sequence')}`,
      ],
      ...(r.dequantiseCycles > 0
        ? [['Dequantising once', duration((1e6 * r.dequantiseCycles) / clock), `${grouped(r.dequantiseCycles)} cycles before the first token`]]
        : []),
      ['Wafers', grouped(r.wafers), ''],
      ['Places looked at', grouped(searched.candidates), `by closed form; ${grouped(searched.pruned)} more could not win or fit`],
    ],
    0,
  );
}

function evidenceOf({ evidence }: ModelEstimate): string[] {
  const { simulated, closedForm, assumed, pieces, worst, covered } = evidence;
  return [
    ...columns([['simulated', simulated], ['closed form', closedForm], ...assumed.map((text) => ['assumed', text])], 0),
    ...(worst === null ? [] : [`  ${count(pieces.length, 'piece')}, largest error ${percent(worst, 2)}; products are ${percent(covered)} of a decoded token`]),
    ...columns(
      pieces.map(({ piece: { name, m, k, n, pes }, simulated: cycles, closedForm: form }) => [
        name,
        `${m} × ${k} × ${n} on ${pes.width}×${pes.height}`,
        `simulated ${grouped(cycles)}`,
        `closed form ${grouped(form)}`,
        form === cycles ? 'equal' : signed(form - cycles),
      ]),
      0,
    ),
  ];
}
