import type { Client } from '../api/client.ts';
import type { Failure, KernelSummary, ModelSource, ModelSummary, ProgramRun, Progress, RunConfig, TimedRun, WireError } from '../api/protocol.ts';
import { hasValues, MODEL_VERSION } from '../api/protocol.ts';
import type { AnyTrace } from '../trace/shared-columns.ts';
import type { Deps } from './deps.ts';
import { createExportActions, type ExportActions } from './exporting.ts';
import { INITIAL } from './lab.ts';
import { USUAL_VIEW } from './lab-view.ts';
import { withNames } from './mark-text.ts';
import { createFileOpener } from './open-file.ts';
import { rememberSource } from './opened.ts';
import { defaultSpeed } from './playback.ts';
import type { Remote } from './remote.ts';
import { cornerOf, middlePe, peAt, selectionOf } from './selection.ts';
import { shownRun, slotsOf } from './shown.ts';
import { spanInside } from './span.ts';
import { FILE_TEXT, LINK_TEXT, RUN_TEXT } from './strings.ts';
import type { LabState } from './types.ts';
import { type LinkState, type ParsedLink, parseLink } from './url.ts';

/** A change of the setup is planned after this pause in typing. */
const PLAN_DELAY_MS = 120;

export interface Actions extends ExportActions {
  /** What kernels there are, for pages that show no run. */
  loadKernels(): Promise<void>;
  /** Shows a link's state (or the defaults given) and runs it. */
  open(hash: string, defaults: RunConfig): Promise<void>;
  /** Changes the setup and plans it. */
  configure(patch: Partial<RunConfig>): void;
  /** Opens a model on another server; the user has agreed. */
  openRemoteModel(remote: Remote): Promise<void>;
  /** Opens a model, a trace, a topology or a project; what is wrong with the file is said. */
  openFile(file: File): Promise<void>;
  openDemo(): Promise<void>;
  chooseSynthetic(sizes?: Partial<RunConfig>): void;
  /** A hand-written program in place of the matrix product. */
  chooseScenario(id: string): void;
  run(): Promise<void>;
  /** Computes the results of the run on screen, which is timed only. */
  computeResults(): Promise<void>;
  cancel(): void;
  /** What the original kernel file's format makes of a configuration's weights. */
  readonly originalFormat: Client['originalFormat'];
  /** What closed forms say of a configuration's neighbourhood. */
  readonly study: Client['study'];
  say(message: string): void;
}

/** What a link wants of the next finished run, and what had to be changed in the link; taken once. */
type Wish = Partial<Pick<ParsedLink, 'notices'> & LinkState>;
const NO_WISH: Wish = {};

export function createActions({ lab, client, makeReader, demoUrl, readTopology, showCompare, exportRun }: Deps): Actions {
  let planTurn = 0;
  let runTurn = 0;
  let modelTurn = 0;
  let openTurn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wish = NO_WISH;

  const say = (message: string): void => lab.setState({ message });

  /** Plans the setup; false when it cannot be placed. An answer about an older setup says nothing about this one. */
  async function plan(): Promise<boolean> {
    clearTimeout(timer);
    const turn = ++planTurn;
    const { config } = lab.getState();
    if (config.scenario !== undefined) {
      lab.setState({ plan: null, planError: null });
      return true;
    }
    const outcome = await client.plan(config);
    if (turn !== planTurn) return true;
    lab.setState(outcome.ok ? { plan: outcome.value, planError: null } : { plan: null, planError: outcome.error });
    return outcome.ok;
  }

  function configure(patch: Partial<RunConfig>): void {
    lab.setState((s) => ({ config: changed(s.config, patch, s.kernels) }));
    planTurn++;
    clearTimeout(timer);
    timer = setTimeout(plan, PLAN_DELAY_MS);
  }

  async function loadKernels(): Promise<void> {
    const outcome = await client.kernels();
    if (outcome.ok) lab.setState({ kernels: outcome.value });
  }

  async function openModel(source: Exclude<ModelSource, { kind: 'synthetic' }>): Promise<boolean> {
    const turn = ++modelTurn;
    lab.setState({ modelStatus: 'loading', modelError: null });
    const outcome = await client.openModel(source);
    if (turn !== modelTurn) return false;
    if (outcome.ok) rememberSource(source);
    if (!outcome.ok) {
      // A file that cannot be opened takes nothing away: the model open before stays.
      const modelError = { ...outcome.error, field: `${source.name}: ${outcome.error.field}` };
      lab.setState((s) => ({ modelStatus: isModelless(s.config) || s.model?.name === s.config.model ? 'ready' : 'failed', modelError }));
      return false;
    }
    lab.setState((s) => ({ model: outcome.value, modelStatus: 'ready', config: configOf(s.config, source.name, outcome.value) }));
    return true;
  }

  async function run(): Promise<void> {
    const turn = ++runTurn;
    const fits = await plan();
    if (turn !== runTurn) return;
    if (!fits) return rest();
    const { config } = lab.getState();
    const onProgress = begin(turn);
    const outcome = await (config.scenario === undefined ? client.runOrTime(config, onProgress) : client.program(config, onProgress));
    if (turn !== runTurn) return;
    if (outcome.ok) {
      lab.setState((s) => finished(s, outcome.value, makeReader, wish));
      wish = NO_WISH;
    } else if (outcome.error.failure) {
      const { failure } = outcome.error;
      lab.setState(failed(outcome.error, failure, makeReader, wish));
      wish = NO_WISH;
    } else lab.setState((s) => unfinished(s, outcome.error));
  }

  /** Something runs now; gives what it reports to. */
  function begin(turn: number): (progress: Progress) => void {
    lab.setState({ status: 'running', progress: null, error: null, playing: false });
    return (progress) => {
      if (turn === runTurn && lab.getState().status === 'running') lab.setState({ progress });
    };
  }

  /** Ends a run whose answer nobody waits for any more, as another was to take its place. */
  function rest(): void {
    void client.cancel();
    lab.setState((s) => (s.status === 'running' ? { status: restingStatus(s), progress: null } : {}));
  }

  async function computeResults(): Promise<void> {
    const { result } = lab.getState();
    if (result === null || hasValues(result)) return;
    const turn = ++runTurn;
    const outcome = await client.results(result.config, begin(turn));
    if (turn !== runTurn) return;
    lab.setState((s) => (outcome.ok ? { status: 'done', progress: null, result: { ...result, ...outcome.value } } : unfinished(s, outcome.error)));
  }

  async function open(hash: string, defaults: RunConfig): Promise<void> {
    void loadKernels();
    const { link, notices, present } = parseLink(hash, hash.replace(/^#/, '') === '' ? defaults : INITIAL.config);
    // A run under way would take what this link wants of its own, a model on its way the place of its model.
    runTurn++;
    modelTurn++;
    wish = { ...link, notices };
    lab.setState((s) => ({ config: link.config, wish: present ? link : null, ...(present && viewOf(link, s)) }));
    if (notices.length > 0) say(notices.join(' '));
    const turn = ++openTurn;
    const isReady = await prepare();
    if (turn !== openTurn) return;
    if (!isReady) return rest();
    if (present) wish = { ...wish, notices: [...notices, ...tensorNotice(link.config, lab.getState().config)] };
    await run();
  }

  /** Opens the model of the setup; false when only the user has its file, or when it cannot be opened. */
  async function prepare(): Promise<boolean> {
    const { config, model } = lab.getState();
    if (isModelless(config)) {
      lab.setState({ model: null, modelStatus: 'ready', modelError: null });
      return true;
    }
    if (config.model === model?.name) {
      lab.setState({ config: configOf(config, model.name, model), modelStatus: 'ready' });
      return true;
    }
    if (config.model === 'demo') return openModel({ kind: 'url', url: demoUrl, name: 'demo' });
    lab.setState({ modelStatus: 'missing' });
    return false;
  }

  async function openDemo(): Promise<void> {
    if (await openModel({ kind: 'url', url: demoUrl, name: 'demo' })) await plan();
  }

  function chooseSynthetic(sizes: Partial<RunConfig> = {}): void {
    modelTurn++;
    lab.setState({ model: null, modelStatus: 'ready', modelError: null });
    configure({ model: 'synthetic', scenario: undefined, ...sizes });
  }

  function chooseScenario(scenario: string): void {
    modelTurn++;
    lab.setState({ modelStatus: 'ready', modelError: null });
    configure({ scenario });
  }

  async function openChosen(source: Exclude<ModelSource, { kind: 'synthetic' }>): Promise<void> {
    const { name } = source;
    if (lab.getState().kernels.length === 0) void loadKernels();
    const waited = lab.getState().modelStatus === 'missing' && lab.getState().config.model === name;
    if (!(await openModel(source))) return;
    say(FILE_TEXT.open(name));
    await (waited ? run() : plan());
  }

  const openFile = createFileOpener({
    lab,
    client,
    makeReader,
    readTopology,
    showCompare,
    openModelFile: (file) => openChosen({ kind: 'file', file, name: file.name }),
    openLink: (hash) => open(hash, INITIAL.config),
    chooseSynthetic,
    prepare: async () => {
      if (await prepare()) await plan();
    },
    endRun: () => {
      runTurn++;
      openTurn++;
      lab.setState({ wish: null });
      rest();
    },
    say,
  });

  client.onRestart(() => say(RUN_TEXT.restarted));
  const originalFormat: Client['originalFormat'] = (config) => client.originalFormat(config);
  const study: Client['study'] = (config, question) => client.study(config, question);
  return {
    loadKernels,
    originalFormat,
    study,
    open,
    configure,
    openFile,
    openRemoteModel: ({ url, name }) => openChosen({ kind: 'remote', url, name }),
    openDemo,
    chooseSynthetic,
    chooseScenario,
    run,
    computeResults,
    cancel: () => void client.cancel(),
    ...createExportActions(lab, exportRun),
    say,
  };
}

/** Where a run leaves the page that ends without a word. */
const restingStatus = (state: LabState): LabState['status'] => (state.failure !== null ? 'failed' : shownRun(state) !== null ? 'done' : 'empty');

/** Whether a setup runs without any model open: a synthetic matrix, or a hand-written program. */
const isModelless = ({ model, scenario }: RunConfig): boolean => model === 'synthetic' || scenario !== undefined;

/** What else of a link the page shows at once; what a link does not say is as usual. */
const viewOf = ({ view, marks = [] }: LinkState, state: LabState): Partial<LabState> => ({ ...USUAL_VIEW, ...view, marks: withNames(marks, state.marks) });

/** Another program takes nothing of the sizes that were chosen for the one before. */
function fresh(config: RunConfig, patch: Partial<RunConfig>): RunConfig {
  const changes = 'scenario' in patch && patch.scenario !== config.scenario;
  return changes ? { ...config, pes: undefined, words: undefined } : config;
}

/** A setup after a change: nothing of it is left over that the new kernel or program does not know. */
export const changed = (config: RunConfig, patch: Partial<RunConfig>, kernels: readonly KernelSummary[]): RunConfig =>
  fitting({ ...fresh(config, patch), ...patch }, kernels);

/** Another kernel takes those of the chosen options that it knows. */
function fitting(config: RunConfig, kernels: readonly KernelSummary[]): RunConfig {
  const kernel = kernels.find(({ id }) => id === config.kernel);
  if (!kernel || !config.options) return config;
  const known = Object.entries(config.options).filter(([id]) => (kernel.options as readonly string[]).includes(id));
  return { ...config, options: known.length > 0 ? Object.fromEntries(known) : undefined };
}

const isNamed = (tensor: string, asked: string): boolean => tensor === asked || tensor === `${asked}.weight`;

/** What to say where the model has not the tensor that a link asks for. */
function tensorNotice(asked: RunConfig, { model, tensor }: RunConfig): readonly string[] {
  const isOther = asked.scenario === undefined && model !== 'synthetic' && !isNamed(tensor, asked.tensor);
  return isOther ? [LINK_TEXT.unknown('tensor', asked.tensor, tensor)] : [];
}

/** The setup for a model just opened: the tensor is kept where the model has it, else its first one that can run. */
function configOf(config: RunConfig, model: string, summary: ModelSummary): RunConfig {
  const runnable = summary.tensors.filter((t) => t.runnable);
  const kept = runnable.find((t) => isNamed(t.name, config.tensor));
  const tensor = kept ?? runnable[0];
  const [k, m] = tensor?.shape ?? [config.k, config.m];
  return { ...fresh(config, { scenario: undefined }), scenario: undefined, model, tensor: tensor?.name ?? '', k, m };
}

/** The store after a finished run. The playhead keeps its place by share of the run; the first time it is the middle. */
function finished(state: LabState, run: TimedRun | ProgramRun, makeReader: Deps['makeReader'], wish: Wish): Partial<LabState> {
  const { trace } = run;
  const before = state.result ?? state.program;
  const share = before ? state.cycle / Math.max(1, before.trace.cycles) : 0.5;
  const chosen = wish.sel ? wish : { sel: selectionOf(state), to: cornerOf(state) };
  const cycle = Math.min(trace.cycles, wish.cycle ?? Math.floor(share * trace.cycles));
  return {
    ...ended(run, makeReader, cycle, wish),
    status: 'done',
    ...slotsOf(run),
    failure: null,
    error: null,
    ...selected(trace, chosen),
  };
}

/** The selection in coordinates, on a run. */
function selected(trace: AnyTrace, { sel, to, port = null }: Wish, otherwise = middlePe(trace)): Pick<LabState, 'pe' | 'area' | 'link'> {
  const pe = sel ? peAt(trace, sel.x, sel.y) : otherwise;
  return { pe, area: sel && to ? { from: pe, to: peAt(trace, to.x, to.y) } : null, link: port === null ? null : { pe, port } };
}

/** The store after a run whose program failed: it is shown up to there, at its end, at the first that waits. */
function failed(error: WireError, failure: Failure, makeReader: Deps['makeReader'], wish: Wish): Partial<LabState> {
  const { trace, waits } = failure;
  const cycle = Math.min(trace.cycles, wish.cycle ?? trace.cycles);
  return {
    ...ended(failure, makeReader, cycle, wish),
    status: 'failed',
    result: null,
    program: null,
    failure,
    error,
    ...selected(trace, wish, waits[0]?.pe),
  };
}

/** What every run that comes on screen brings. */
function ended(run: TimedRun | ProgramRun | Failure, makeReader: Deps['makeReader'], cycle: number, wish: Wish): Partial<LabState> {
  const { program, trace } = run;
  return {
    reader: makeReader(program, trace, 'ahead' in run ? run.ahead : undefined),
    opened: null,
    progress: null,
    cycle,
    span: wish.span ? spanInside(wish.span, trace.cycles) : null,
    anchor: typeof wish.anchor === 'number' ? Math.min(trace.cycles, wish.anchor) : null,
    playing: false,
    speed: wish.speed ?? defaultSpeed(trace.cycles),
    hover: null,
    stateHash: null,
    detail: null,
    peValues: null,
    wish: null,
    message: wishNotice(wish, trace),
  };
}

/** Says what of a link could not be taken as it was; the run's own end is announced by the views. */
function wishNotice({ cycle = null, sel, made, notices = [] }: Wish, trace: AnyTrace): string | null {
  const notes = [...notices, ...changedSince(made, trace.cycles)];
  if (cycle !== null && cycle > trace.cycles) notes.push(LINK_TEXT.afterEnd(cycle, trace.cycles));
  if (sel && (sel.x >= trace.width || sel.y >= trace.height)) notes.push(LINK_TEXT.outsideFabric(sel.x, sel.y));
  return notes.length > 0 ? notes.join(' ') : null;
}

/** What is another number than when the link was made. */
function changedSince(made: LinkState['made'], cycles: number): string[] {
  if (!made) return [];
  const { version, cycles: before } = made;
  if (version === MODEL_VERSION) return before === null || before === cycles ? [] : [LINK_TEXT.otherCycles(before, cycles)];
  if (before === null) return [LINK_TEXT.otherModel(version, MODEL_VERSION)];
  return [before === cycles ? LINK_TEXT.sameCycles(version, MODEL_VERSION, cycles) : LINK_TEXT.bothDiffer(version, MODEL_VERSION, before, cycles)];
}

/** A run that failed without a trace or was cancelled keeps the earlier result on screen, and says so. */
function unfinished(state: LabState, error: WireError): Partial<LabState> {
  return { status: 'failed', wish: null, error, progress: null, message: error.cancelled ? cancelledAt(state) : null };
}

function cancelledAt({ progress }: LabState): string {
  return progress && progress.cycle > 0 ? RUN_TEXT.cancelledAt(progress.cycle) : RUN_TEXT.cancelled;
}
