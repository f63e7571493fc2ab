/** What the compare page does that needs a worker: each side has one, so that both runs are made at the same time. */
import type { Client } from '../api/client.ts';
import type { Outcome, ProgramRun, Progress, RunConfig, TimedRun, WireError } from '../api/protocol.ts';
import type { TraceReader } from '../trace/reader.ts';
import { changed } from './actions.ts';
import { type CompareState, compare, cycleOf, rangeOf, rivalOf, SIDES, type Side, type SideId, usualSpeed } from './compare.ts';
import { type CompareLink, parseCompare, USUAL_LOOKS } from './compare-url.ts';
import type { Deps } from './deps.ts';
import { kindOfFile } from './dropped.ts';
import { rememberSource, sourceOf } from './opened.ts';
import { readProject } from './project.ts';
import { slotsOf } from './shown.ts';
import { FILE_TEXT } from './strings.ts';

interface CompareDeps extends Pick<Deps, 'makeReader' | 'demoUrl'> {
  readonly clients: Readonly<Record<SideId, Client>>;
  readonly landmarks: (reader: TraceReader) => NonNullable<Side['marks']>;
}

export interface CompareActions {
  /** Shows a link's runs, or `config` against another mapping of the same. */
  open(hash: string, config: RunConfig): void;
  /** Changes a side and runs it. */
  configure(id: SideId, patch: Partial<RunConfig>): void;
  swap(): void;
  cancel(): void;
  /** Gives the file that a side waits for, or opens a project's comparison. */
  openFile(file: File): void;
  /** The closed form of a side's mapping for other N: pairs of N and cycles a column, without those that cannot be placed. */
  curve(id: SideId): Promise<ReadonlyArray<readonly [n: number, cycles: number]>>;
  say(message: string): void;
}

/** Columns at which closed forms are drawn. */
const CURVE_NS = [1, 2, 4, 8, 16, 32, 64] as const;

export function createCompareActions({ clients, landmarks, makeReader, demoUrl }: CompareDeps): CompareActions {
  const turns = { a: 0, b: 0 };
  /** Where the playhead goes, and how fast it plays, when both have run. */
  let wish: Pick<CompareLink, 'cycle' | 'speed'> = {};

  const patchSide = (id: SideId, patch: Partial<Side>): void => compare.setState((s) => ({ ...s, [id]: { ...s[id], ...patch } }));

  async function openModel(id: SideId, name: string): Promise<WireError | 'missing' | null> {
    if (name === 'synthetic') return null;
    const source = sourceOf(name) ?? (name === 'demo' ? ({ kind: 'url', url: demoUrl, name } as const) : undefined);
    if (source === undefined) return 'missing';
    const outcome = await clients[id].openModel(source);
    if (!outcome.ok) return outcome.error;
    compare.setState((s) => ({ models: { ...s.models, [name]: outcome.value } }));
    return null;
  }

  async function run(id: SideId): Promise<void> {
    const turn = ++turns[id];
    const { config } = compare.getState()[id];
    patchSide(id, { status: 'running', progress: null, error: null });
    const fault = config.scenario === undefined ? await openModel(id, config.model) : null;
    if (turn !== turns[id]) return;
    if (fault !== null) {
      patchSide(id, fault === 'missing' ? { status: 'missing' } : { status: 'failed', error: fault });
      return;
    }
    const onProgress = (progress: Progress): void => {
      if (turn === turns[id]) patchSide(id, { progress });
    };
    const outcome = await (config.scenario === undefined ? clients[id].runOrTime(config, onProgress) : clients[id].program(config, onProgress));
    if (turn === turns[id]) ended(id, outcome);
  }

  function ended(id: SideId, outcome: Outcome<TimedRun | ProgramRun>): void {
    const failure = outcome.ok ? null : (outcome.error.failure ?? null);
    const shown = outcome.ok ? outcome.value : failure;
    if (shown === null) {
      patchSide(id, { status: 'failed', progress: null, error: outcome.ok ? null : outcome.error });
      return;
    }
    const reader = makeReader(shown.program, shown.trace, 'ahead' in shown ? shown.ahead : undefined);
    const slots = outcome.ok ? slotsOf(outcome.value) : { result: null, program: null };
    compare.setState((s) => {
      const side: Side = { ...s[id], status: 'done', progress: null, error: null, ...slots, failure, reader, marks: landmarks(reader) };
      return { ...s, [id]: side, ...playhead({ ...s, [id]: side }) };
    });
  }

  /** The playhead when both have run: where the link wants it, else where it was by share of the whole. */
  function playhead(state: CompareState): Partial<CompareState> {
    if (SIDES.some((id) => state[id].status !== 'done')) return {};
    const [from, to] = rangeOf(state);
    const t = wish.cycle ?? (state.t > from && state.t < to ? Math.floor(state.t) : Math.round((from + to) / 2));
    const speed = wish.speed ?? usualSpeed(state);
    wish = {};
    return { t: Math.min(to, Math.max(from, t)), playing: false, speed };
  }

  async function loadKernels(): Promise<void> {
    const outcome = await clients.a.kernels();
    if (outcome.ok) compare.setState({ kernels: outcome.value });
  }

  function open(hash: string, config: RunConfig): void {
    void loadKernels();
    const { link, notices, present } = parseCompare(hash, { a: config, b: rivalOf(config) });
    wish = link;
    compare.setState({ ...(present && { ...USUAL_LOOKS, ...link.looks }), spot: link.sel ?? null, message: notices.length > 0 ? notices.join(' ') : null });
    for (const id of SIDES) {
      patchSide(id, { config: link[id] });
      void run(id);
    }
  }

  function configure(id: SideId, patch: Partial<RunConfig>): void {
    const { config } = compare.getState()[id];
    patchSide(id, { config: changed(config, patch, compare.getState().kernels) });
    void run(id);
  }

  /** Both runs are there: nothing has to run again. */
  function swap(): void {
    compare.setState((s) => (SIDES.some((id) => s[id].status === 'running') ? {} : { a: s.b, b: s.a, t: Math.floor(cycleOf(s, 'b')), playing: false }));
  }

  async function openProject(file: File): Promise<void> {
    try {
      const { compare: pair, title } = readProject(await file.text(), file.name);
      if (pair === undefined) return say(FILE_TEXT.noComparison(file.name));
      open(`#${pair}`, compare.getState().a.config);
      say(FILE_TEXT.open(title));
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }

  function openFile(file: File): void {
    if (kindOfFile(file) === 'project') return void openProject(file);
    rememberSource({ kind: 'file', file, name: file.name });
    const missing = SIDES.filter((id) => compare.getState()[id].status === 'missing');
    if (missing.length === 0) say(FILE_TEXT.notAwaited(file.name));
    for (const id of missing) void run(id);
  }

  async function curve(id: SideId): Promise<ReadonlyArray<readonly [number, number]>> {
    const { config } = compare.getState()[id];
    const points: (readonly [number, number])[] = [];
    if (config.scenario !== undefined) return points;
    for (const n of CURVE_NS) {
      const outcome = await clients[id].plan({ ...config, n });
      if (outcome.ok) points.push([n, outcome.value.estimate.closedForm.cycles / n]);
    }
    return points;
  }

  const say = (message: string): void => compare.setState({ message });

  const cancel = (): void => {
    for (const id of SIDES) void clients[id].cancel();
  };
  return { open, configure, swap, cancel, openFile, curve, say };
}
