/**
 * The state of one PE at a cycle of a run without values. Its compute element is simulated alone: the host sends it the words of its
 * stream at the ticks at which the trace has them come up the ramp, and takes its results at the ticks at which they left. What it
 * does in between is what it did in the run, so registers, sums and queue words are those of the whole machine.
 */
import { assert, WeftError } from '../base/error.ts';
import type { Engine } from '../engine/engine.ts';
import { creatingWaveletEngine } from '../engine/wavelet.ts';
import { kernelById } from '../kernels/registry.ts';
import { maskOf, Port } from '../machine/fabric.ts';
import type { HostSink, HostSource, PeClass, Program, Route } from '../machine/program.ts';
import { validating } from '../machine/validate.ts';
import type { PeSite, TickRuns } from '../trace/pe-site.ts';
import { elementDetail, type Held, partialSum, storedBlocks } from './detail.ts';
import type { Models } from './models.ts';
import { kernelAndPlan } from './planning.ts';
import type { PeDetail, RunConfig } from './protocol.ts';
import { Replay, Snapshots } from './replay.ts';
import { inSlices } from './slices.ts';

/** Cycles from one snapshot to the next; a PE does so many in some milliseconds. */
const SPACING = 2 ** 17;

/** A compute element alone, to be visited at any cycle up to `end`. */
interface LonelyPe {
  readonly replay: Replay;
  readonly program: Program;
  readonly held: Held;
  readonly blocks: PeDetail['blocks'];
  /** From this tick on it wants words that it was not given. */
  readonly end: number;
}

/**
 * Sets a PE up; `pause` is awaited between pieces and throws to stop it.
 * @throws WeftError (`pe`) for a PE without rows, and for one that takes words which other PEs compute
 */
async function lonelyPe(models: Models, config: RunConfig, site: PeSite, mostWords: number, pause: () => Promise<void>): Promise<LonelyPe> {
  const { kernel, plan } = kernelAndPlan(models, config);
  const { pe } = site;
  const map = kernel.rowMap(plan);
  const [first, count] = [map.first[pe] ?? -1, map.count[pe] ?? 0];
  const place = first < 0 ? undefined : kernel.sumOf?.(plan, pe);
  if (place === undefined) throw notAlone(pe);
  const tokens = place.tokens.slice(0, Math.max(1, Math.floor(mostWords / plan.shape.k)));
  const part = kernel.partOf?.(plan, pe, tokens.length);
  if (part === undefined || part.usedPes > 1) throw notAlone(pe);
  const workload = await models.part(config, { first, count }, tokens, pause);
  const whole = await inSlices(kernelById(part.kernel).building(part, workload), pause);
  const program = stage(whole, site);
  await inSlices(validating(program), pause);
  return {
    program,
    replay: new Replay(program, creatingWaveletEngine, new Snapshots(SPACING)),
    held: { place, first, count, from: 0, of: plan.shape.k, workload, base: first, columns: tokens.map((_, i) => i) },
    blocks: storedBlocks(workload, map, pe, first),
    end: Math.min(...site.inputs.map((runs, i) => ticksOf(runs)[program.sources[i].words.length] ?? Number.POSITIVE_INFINITY)),
  };
}

const notAlone = (pe: number): WeftError =>
  new WeftError('pe', `PE ${pe} has no state by itself: it has no rows, or takes words that other PEs compute`, ['choose another PE', 'run with values']);

/** Ports at which the host's lanes end. */
const ENDS = [Port.W, Port.N, Port.E, Port.S] as const;

/** The PE of the site, with the memory and the streams of `alone`, a program of one PE, and lanes that keep the site's time. */
function stage({ machine, loads, sources, classes }: Program, { pe, cls, marks, inputs, outputs }: PeSite): Program {
  const isThere = (at: number): boolean =>
    cls.memory.some(({ address, bytes, kind }) => kind === kindAt(classes[0], at) && at >= address && at < address + bytes);
  assert(loads.address.every(isThere), `what is loaded into PE ${pe} lies where it lies when the PE is alone`);
  const routes: Route[] = [];
  const route = (color: number, rx: number, tx: number): void => void routes.push({ color, positions: [{ rx, tx }], ring: false });
  const sent = cls.inputs.map(({ color }, i): HostSource => {
    route(color, maskOf(ENDS[i]), maskOf(Port.RAMP));
    const words = wordsOf({ sources }, color);
    const ticks = ticksOf(inputs[i])
      .subarray(0, words.length)
      .map((tick) => tick - machine.hop);
    return { name: `input queue ${i}`, pe: 0, port: ENDS[i], color, words: words.subarray(0, ticks.length), rate: { ticks } };
  });
  const sinks = cls.outputs.map(({ color }, i): HostSink => {
    route(color, maskOf(Port.RAMP), maskOf(ENDS[i]));
    const ticks = ticksOf(outputs[i]);
    return { name: `output queue ${i}`, pe: 0, port: ENDS[i], color, expect: ticks.length, rate: { ticks } };
  });
  const one = { width: 1, height: 1, classes: [cls], classOf: new Uint16Array(1), routes: [routes], routeOf: new Uint16Array(1) };
  return { machine, ...one, loads, sources: sent, sinks, streams: [], marks };
}

/** Words that the host sends with a color. */
const wordsOf = ({ sources }: Pick<Program, 'sources'>, color: number): Uint32Array =>
  sources.find((source) => source.color === color)?.words ?? new Uint32Array();

/** What the byte at an address is for. */
const kindAt = ({ memory }: PeClass, at: number) => memory.find(({ address, bytes }) => at >= address && at < address + bytes)?.kind;

/** All ticks of some runs, in order. */
function ticksOf({ begin, count, period }: TickRuns): Uint32Array {
  const ticks = new Uint32Array(count.reduce((sum, n) => sum + n, 0));
  let at = 0;
  let isOrdered = true;
  for (let run = 0; run < begin.length; run++) {
    isOrdered &&= at === 0 || ticks[at - 1] < begin[run];
    for (let i = 0; i < count[run]; i++) ticks[at++] = begin[run] + i * period[run];
  }
  return isOrdered ? ticks : ticks.sort();
}

/** What is known of a PE beside its engine's state. */
function detailOf({ program, held, blocks }: LonelyPe, engine: Engine, { pe, cycle, waiting }: PeSite): PeDetail {
  const state = engine.inspect(0);
  const { fifos, ...own } = elementDetail(program, state, 0);
  const fed = waiting.map(({ port, color, count, head }) => ({
    port,
    color,
    capacity: program.machine.fifoDepth,
    words: wordsOf(program, color).slice(head, head + count),
  }));
  return {
    cycle,
    pe,
    ...own,
    fifos: [...fed, ...fifos.filter(({ port }) => port === Port.RAMP)],
    positions: [],
    stateHash: null,
    blocks,
    partial: partialSum(program, held, state, 0),
  };
}

/** Answers for one PE after another; the last one is kept for its next cycle. */
export class PeStates {
  private kept: { readonly key: string; readonly lonely: LonelyPe } | null = null;
  private readonly models: Models;
  private readonly mostWords: number;

  /** `mostWords` of the stream are sent at most: of a run with more, those of the first columns of B. */
  constructor(models: Models, mostWords = 2 ** 22) {
    this.models = models;
    this.mostWords = mostWords;
  }

  /**
   * The state of the site's PE at its cycle. One call after the other; `pause` is awaited between pieces and throws to stop it.
   * @throws WeftError (`pe`) for a PE that has no state by itself, (`cycle`) beyond the words that are computed
   */
  async at(config: RunConfig, site: PeSite, pause: () => Promise<void>): Promise<PeDetail> {
    const lonely = await this.find(config, site, pause);
    if (site.cycle > lonely.end || site.waiting.some(({ color, head, count }) => head + count > wordsOf(lonely.program, color).length))
      throw new WeftError('cycle', `the state of a PE by itself is known while its first ${this.mostWords} words come, not at cycle ${site.cycle}`, [
        'go to an earlier cycle',
        'run with values',
      ]);
    return detailOf(lonely, await lonely.replay.at(site.cycle, pause), site);
  }

  private async find(config: RunConfig, site: PeSite, pause: () => Promise<void>): Promise<LonelyPe> {
    const key = JSON.stringify([config, site.pe]);
    // Given activations are too long to be compared.
    if (this.kept?.key === key && config.input === undefined) return this.kept.lonely;
    this.kept = null;
    const lonely = await lonelyPe(this.models, config, site, this.mostWords, pause);
    this.kept = { key, lonely };
    return lonely;
  }
}
