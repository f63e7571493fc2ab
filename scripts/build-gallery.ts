/**
 * Builds the gallery's pictures and numbers at build time: runs every scenario of src/store/gallery.ts through a session and
 * writes films of its states or values into public/gallery (not committed), so that the first screen simulates nothing.
 * Left out: what lies between two frames; a film is a sample of about 36 cycles.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { FabricFrame } from '../src/analysis/fabric-frame.ts';
import { sourceStall } from '../src/analysis/insights.ts';
import { latencyOf } from '../src/analysis/latency.ts';
import { fillMagnitude, type Magnitude, magnitudeDomain } from '../src/analysis/magnitudes.ts';
import type { Failure, RunConfig, Session, TimedRun } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { usedBytes } from '../src/machine/memory.ts';
import { MAIN_THREAD } from '../src/machine/program.ts';
import { MACHINES } from '../src/machine/spec.ts';
import { DEMO_FILE } from '../src/model/demo.ts';
import { type BytesBar, type Fact, type Film, GALLERY_FILE, type GalleryData, SCENARIOS, type Scenario, type Shown } from '../src/store/gallery.ts';
import { encodeLink } from '../src/store/url.ts';
import { TraceReader } from '../src/trace/reader.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'public', GALLERY_FILE);
const DEMO = join(ROOT, 'public', 'demo', DEMO_FILE);
/** What decides the pictures, with this script and the demo model; scripts/prepare.mjs has the same list. */
const SOURCES = ['base', 'quant', 'model', 'machine', 'trace', 'kernels', 'scenarios', 'engine', 'analysis', 'api', 'store'];

/** Frames of a film: six a second for six seconds, so that nothing flashes more than three times a second. */
const FRAMES = 36;
/** PEs a side of a film. */
const MOST_SIDE = 100;
/** A byte that is drawn as an outline. */
const OUTLINE = 255;
const STAGE = 'firstX';

/** A run that ended, in one way or the other, with its reader. */
interface Ended {
  readonly run: TimedRun | Failure;
  readonly result: TimedRun | null;
  readonly reader: TraceReader;
}

/** The cycles that the frames of a film show. */
type Samples = readonly number[];

/** How much of a film follows changes, and how much plain time. */
const BY_CHANGES = 0.85;

/** Samples of [from, to): equal parts of what changes in the runs, mixed with time, so that fronts are seen to travel. */
function samples(ended: readonly Ended[], from: number, to: number): Samples {
  const changes = new Float64Array(to);
  for (const { reader } of ended) {
    for (let pe = 0; pe < reader.pes; pe++) {
      let last = { kind: -1, end: -1 };
      reader.spans.forThread(pe, MAIN_THREAD, (kind, _, begin, end) => {
        const goesOn = kind === last.kind && begin === last.end;
        if (!goesOn && begin >= from && begin < to) changes[begin]++;
        last = { kind, end };
      });
    }
  }
  // What happens everywhere at once is a frame, however many PEs there are.
  const most = ended[0].reader.pes / 16;
  for (let t = from; t < to; t++) changes[t] = Math.min(changes[t], most);
  const all = changes.reduce((sum, n) => sum + n, 0);
  const list: number[] = [];
  let done = 0;
  for (let t = from; t < to; t++) {
    done += (BY_CHANGES * changes[t]) / Math.max(1, all) + (1 - BY_CHANGES) / (to - from);
    while (list.length < FRAMES - 1 && done * (FRAMES - 1) > list.length) list.push(t);
  }
  while (list.length < FRAMES) list.push(to - 1);
  return list;
}

const evenly = (from: number, to: number): Samples => Array.from({ length: FRAMES }, (_, i) => Math.round(from + (i / (FRAMES - 1)) * (to - 1 - from)));

/** A film and how much each of its frames tells: the entropy of what its PEs show; nothing where all are outlines. */
interface Shot {
  readonly film: Film;
  readonly tells: readonly number[];
}

function shoot({ width, height }: Pick<Film, 'width' | 'height'>, values: Film['values'], cycles: Samples, at: (cycle: number) => Uint8Array): Shot {
  const frames = cycles.map((cycle) => Buffer.from(at(cycle)));
  const film: Film = { width, height, values, data: deflateRawSync(Buffer.concat(frames), { level: 9 }).toString('base64') };
  return { film, tells: frames.map((frame) => (frame.every((byte) => byte === OUTLINE) ? Number.NEGATIVE_INFINITY : entropy(frame))) };
}

function entropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]++;
  return -counts.reduce((sum, n) => (n === 0 ? sum : sum + (n / bytes.length) * Math.log(n / bytes.length)), 0);
}

/** The PEs a film shows: all, or of a fabric too large for a picture every `step`-th in both directions. */
interface FilmGrid {
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

function gridOf({ trace: { width, height } }: TraceReader): FilmGrid {
  const step = Math.ceil(Math.max(width, height) / MOST_SIDE);
  return { width: Math.floor(width / step), height: Math.floor(height / step), step };
}

const peOf = ({ width, step }: FilmGrid, cell: number, columns: number): number => Math.floor(cell / width) * step * columns + (cell % width) * step;

/** States at each sample; after the end of a run nothing is under way. */
function stateFilm(reader: TraceReader, cycles: Samples): Shot {
  const frame = new FabricFrame(reader);
  const grid = gridOf(reader);
  return shoot(grid, 'states', cycles, (cycle) => {
    frame.seek(cycle);
    return Uint8Array.from({ length: grid.width * grid.height }, (_, cell) => frame.states[peOf(grid, cell, reader.trace.width)]);
  });
}

/** A magnitude at each sample, in steps of its domain; what has no value yet is an outline. */
function rampFilm(reader: TraceReader, layer: Magnitude, cycles: Samples): Shot {
  const { min, max } = magnitudeDomain(reader, layer, STAGE);
  const values = new Float32Array(reader.pes);
  return shoot(reader.trace, 'ramp', cycles, (cycle) => {
    fillMagnitude(reader, { layer, stage: STAGE, cycle, window: 1 }, values);
    const isReached = (v: number): boolean => v > 0 && (layer !== 'latency' || v <= cycle);
    return Uint8Array.from(values, (v) => (isReached(v) ? Math.min(OUTLINE - 1, Math.round(((v - min) / (max - min)) * OUTLINE)) : OUTLINE));
  });
}

function samplesOf({ picture }: Scenario, ended: readonly Ended[], of: number): Samples {
  const [{ reader, result }] = ended;
  if (picture.kind === 'latency') {
    const { min, max } = magnitudeDomain(reader, 'latency', STAGE);
    return evenly(Math.max(0, min - 1), max + 1);
  }
  // A program that is stuck is to be seen stuck: its last cycle is one after the last in which something happened.
  if (result === null) return evenly(0, of + 1);
  const [from, to] = (picture.kind === 'states' && picture.part) || [0, 1];
  const [first, past] = [Math.floor(from * of), Math.ceil(to * of)];
  return gridOf(reader).step > 1 ? evenly(first, past) : samples(ended, first, past);
}

/** Bytes of the fullest PE for each K: the kernel's account, or what its error says that it needs. */
async function bytesBars(config: RunConfig, ks: readonly number[], session: Session): Promise<NonNullable<Shown['bars']>> {
  const { codeReserve, sramBytes } = MACHINES[config.machine];
  const list: BytesBar[] = [];
  for (const k of ks) {
    const outcome = await session.plan({ ...config, k });
    const needs = outcome.ok ? usedBytes(outcome.value.plan.memory) : Number(/needs (\d+) B of/.exec(outcome.error.message)?.[1]);
    if (!(needs > 0)) throw new Error(`K = ${k}: ${outcome.ok ? '' : outcome.error.message}`);
    list.push({ k, code: codeReserve, weights: 4 * k, rest: needs - codeReserve - 4 * k });
  }
  return { capacity: sramBytes, list };
}

/** A number that a kernel says of its plan. */
function factOf(result: TimedRun, name: string): number {
  const fact = result.plan.facts?.find((f) => f.name === name);
  if (fact === undefined) throw new Error(`${result.plan.kernel} says nothing about "${name}"`);
  return Number(fact.value);
}

async function factsOf({ id }: Scenario, ended: readonly Ended[], session: Session): Promise<Fact[]> {
  const [{ run, result, reader }] = ended;
  if (result === null) return [{ kind: 'stuck', cycle: run.trace.cycles, waits: (run as Failure).waits.length }];
  const { cycles, utilisation } = result.metrics;
  const facts: Fact[] = [{ kind: 'run', cycles, bound: cycles / result.estimate.lowerBound.cycles }];
  if (id === 'against') return [{ kind: 'pair', a: cycles, b: (ended[1].result ?? result).metrics.cycles }];
  if (id === 'wavefront') {
    const { min, max } = magnitudeDomain(reader, 'latency', STAGE);
    if (latencyOf(reader)[STAGE][0] !== min) throw new Error('PE 0,0 does not begin first');
    return [{ kind: 'behind', cycles: max - min }];
  }
  if (id === 'backpressure') return [{ kind: 'held', share: sourceStall(reader, 0) / cycles }];
  if (id === 'last-pe') facts.push({ kind: 'mapping', busy: utilisation.busy });
  if (id === 'waves') facts.push({ kind: 'waves', waves: factOf(result, 'Waves by whole rows') });
  if (id === 'llama7b') facts.push({ kind: 'tokens', perSecond: factOf(result, 'Decode') });
  if (id === 'original') {
    const report = unwrap(await session.originalFormat(run.config));
    const kind = report.kinds.find((k) => k.as === run.config.as);
    if (kind === undefined) throw new Error('the report leaves out the format that ran');
    return [{ kind: 'rms', reencoded: kind.reencoding, misread: kind.misreading }];
  }
  return facts;
}

function unwrap<T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

async function show(scenario: Scenario, session: Session, run: (config: RunConfig) => Promise<Ended>): Promise<Shown> {
  const { picture, runs } = scenario;
  if (picture.kind === 'bytes') {
    const bars = await bytesBars(runs[0], picture.ks, session);
    const over = bars.list.map((b) => ({ kind: 'over' as const, k: b.k, bytes: b.code + b.weights + b.rest - bars.capacity })).find((f) => f.bytes > 0);
    return { films: [], cycles: [], of: 0, still: 0, bars, facts: over ? [over] : [] };
  }
  const ended: Ended[] = [];
  for (const config of runs) ended.push(await run(config));
  const of = Math.max(...ended.map((e) => e.reader.trace.cycles));
  const cycles = samplesOf(scenario, ended, of);
  const layer = picture.kind === 'queues' || picture.kind === 'latency' ? picture.kind : null;
  const shots = ended.map(({ reader }) => (layer === null ? stateFilm(reader, cycles) : rampFilm(reader, layer, cycles)));
  const isLast = layer === 'latency' || ended[0].result === null;
  const tells = cycles.map((_, i) => shots.reduce((sum, shot) => sum + shot.tells[i], 0));
  const still = isLast ? FRAMES - 1 : tells.lastIndexOf(Math.max(...tells));
  return { films: shots.map((shot) => shot.film), cycles, of, still, facts: await factsOf(scenario, ended, session) };
}

/** Runs each configuration once, however many pictures show it. */
function runner(session: Session): (config: RunConfig) => Promise<Ended> {
  const known = new Map<string, Ended>();
  return async (config) => {
    const key = encodeLink({ config });
    const before = known.get(key);
    if (before) return before;
    const outcome = await session.runOrTime(config, () => {});
    const run = outcome.ok ? outcome.value : outcome.error.failure;
    if (run === undefined) throw new Error(`${key}: ${outcome.ok ? '' : outcome.error.message}`);
    const ended = { run, result: outcome.ok ? outcome.value : null, reader: new TraceReader(run.program, run.trace) };
    known.set(key, ended);
    return ended;
  };
}

function inputsHash(): string {
  const files = SOURCES.flatMap((room) =>
    readdirSync(join(ROOT, 'src', room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const path of [fileURLToPath(import.meta.url), DEMO, ...files.sort()]) hash.update(readFileSync(path));
  return hash.digest('hex');
}

function isCurrent(inputs: string): boolean {
  try {
    return (JSON.parse(readFileSync(OUTPUT, 'utf8')) as GalleryData).inputs === inputs;
  } catch {
    return false;
  }
}

async function main(): Promise<void> {
  const inputs = inputsHash();
  if (isCurrent(inputs)) {
    console.log(`public/${GALLERY_FILE} is up to date`);
    return;
  }
  const session = createSession();
  unwrap(await session.openModel({ kind: 'file', file: new Blob([readFileSync(DEMO)]), name: 'demo' }));
  const run = runner(session);
  const shown: [string, Shown][] = [];
  for (const scenario of SCENARIOS) shown.push([scenario.id, await show(scenario, session, run)]);
  const data = JSON.stringify({ inputs, shown: Object.fromEntries(shown) });
  mkdirSync(join(OUTPUT, '..'), { recursive: true });
  const temporary = `${OUTPUT}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, OUTPUT);
  console.log(`Wrote public/${GALLERY_FILE}: ${SCENARIOS.length} scenarios, ${data.length} bytes.`);
}

await main();
