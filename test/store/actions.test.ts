import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Client } from '../../src/api/client.ts';
import type { Errors, Failure, ModelSummary, Outcome, PlanSummary, Progress, Results, RunConfig, RunResult, WireError } from '../../src/api/protocol.ts';
import { readTopology } from '../../src/model/topology.ts';
import { createActions } from '../../src/store/actions.ts';
import { linkOf } from '../../src/store/address.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { seek, stuckWaits } from '../../src/store/playback.ts';
import type { LabState } from '../../src/store/types.ts';
import type { TraceReader } from '../../src/trace/reader.ts';

const TENSOR = { name: 'blk.0.ffn_up.weight', type: 'q4_k', shape: [512, 1536], offset: 0, bytes: 1, runnable: true, reason: '' };
const MODEL: ModelSummary = {
  name: 'demo',
  title: 'Demo',
  architecture: '',
  attribution: '',
  bytes: 1,
  layers: null,
  tensors: [{ ...TENSOR, name: 'other', runnable: false }, TENSOR],
};
const PLAN = { plan: { rectangle: { width: 8, height: 4 } } } as PlanSummary;
const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
const failure = (more: Partial<WireError> = {}): Outcome<never> => ({ ok: false, error: { field: 'x', message: 'no', fixes: [], cancelled: false, ...more } });
const finished = (config: RunConfig, cycles = 100): RunResult =>
  ({ config, program: {}, trace: { cycles, width: 8, height: 4 }, traceHash: 'abc' }) as unknown as RunResult;

function setUp(more: Partial<Client> = {}) {
  const lab = createStore<LabState>(() => INITIAL);
  let restarted = (): void => {};
  const client: Client = {
    openModel: vi.fn(async (source) => ok({ ...MODEL, name: source.kind === 'synthetic' ? 'synthetic' : source.name })),
    openTrace: async () => failure(),
    kernels: async () => ok([]),
    originalFormat: async () => failure(),
    sensitivity: async () => failure(),
    study: async () => failure(),
    timing: async () => failure(),
    plan: vi.fn(async () => ok(PLAN)),
    run: async () => failure(),
    runOrTime: vi.fn(async (config) => ok(finished(config))),
    program: vi.fn(async (config) => ok({ ...finished(config), stateHash: '', window: { cycles: 90, model: 90, exact: true } })),
    cancel: vi.fn(async () => {}),
    stateHash: async () => ok(''),
    inspect: async () => failure(),
    inspectAlone: async () => failure(),
    values: async () => failure(),
    results: async () => failure(),
    onRestart: (listener) => {
      restarted = listener;
    },
    ...more,
  };
  const actions = createActions({
    lab,
    client,
    makeReader: () => ({}) as TraceReader,
    demoUrl: 'demo.gguf',
    readTopology: async (text, file) => readTopology(text, file),
    showCompare: () => {},
    exportRun: async () => new Blob(),
  });
  return { lab, client, actions, restart: () => restarted() };
}

describe('opening the page', () => {
  it('without a link opens the demo model, takes the tensor by its short name and runs', async () => {
    const { lab, client, actions } = setUp();
    await actions.open('', INITIAL.config);
    expect(client.openModel).toHaveBeenCalledWith({ kind: 'url', url: 'demo.gguf', name: 'demo' });
    const { config, status, cycle, pe } = lab.getState();
    expect(config).toMatchObject({ tensor: 'blk.0.ffn_up.weight', k: 512, m: 1536 });
    expect({ status, cycle, pe }).toEqual({ status: 'done', cycle: 50, pe: 20 });
  });

  it('with a link runs what it says and puts playhead and selection there', async () => {
    const { lab, actions } = setUp();
    await actions.open('#v=1&model=synthetic&m=32&k=256&n=3&map=stationary&t=12&sel=7,3&layer=links', INITIAL.config);
    expect(lab.getState()).toMatchObject({ cycle: 12, pe: 31, layer: 'links', modelStatus: 'ready', message: null });
    expect(lab.getState().result?.config).toMatchObject({ model: 'synthetic', m: 32, k: 256, n: 3, kernel: 'stationary' });
  });

  it('another link of the model that is open takes the tensor by its short name as well; one that the model has not is said', async () => {
    const { lab, client, actions } = setUp();
    await actions.open('', INITIAL.config);
    await actions.open('#v=1&model=demo&tensor=blk.0.ffn_up&n=3', INITIAL.config);
    expect(lab.getState().config).toMatchObject({ tensor: 'blk.0.ffn_up.weight', k: 512, m: 1536, n: 3 });
    expect(lab.getState().message).toBeNull();
    await actions.open('#v=1&model=demo&tensor=blk.9.ffn_up&n=3', INITIAL.config);
    expect(lab.getState().config.tensor).toBe('blk.0.ffn_up.weight');
    expect(lab.getState().message).toBe('tensor=blk.9.ffn_up is unknown; blk.0.ffn_up.weight was taken.');
    expect(client.openModel).toHaveBeenCalledTimes(1);
  });

  it('while the run of another link is under way, the address says what that link did', async () => {
    const { lab, actions } = setUp();
    await actions.open('#v=1&model=synthetic&m=32&k=256&n=3&t=12&sel=7,3', INITIAL.config);
    const during: string[] = [];
    lab.subscribe((state, before) => state.status === 'running' && before.status !== 'running' && during.push(linkOf(state)));
    const other = 'v=1&model=synthetic&m=8&k=512&n=1&seed=7&map=stationary&machine=wse2&t=40&sel=2,1&of=100&mv=0.1';
    await actions.open(`#${other}`, INITIAL.config);
    expect(during).toEqual([other]);
    seek(lab, 41);
    expect(linkOf(lab.getState())).toContain('t=41&sel=2,1');
  });

  it('a run that is under way when another link is opened takes nothing of what that link wants', async () => {
    const runs: (() => void)[] = [];
    let loaded = (_: Outcome<ModelSummary>): void => {};
    const { lab, actions } = setUp({
      runOrTime: (config) => new Promise((resolve) => runs.push(() => resolve(ok(finished(config))))),
      openModel: () => new Promise((resolve) => (loaded = resolve)),
    });
    const opened = [actions.open('#v=1&model=synthetic&m=32&k=256&n=3&t=12', INITIAL.config)];
    await vi.waitFor(() => expect(runs).toHaveLength(1));
    opened.push(actions.open('#v=1&model=demo&tensor=blk.0.ffn_up&n=2&t=77&sel=7,3', INITIAL.config));
    runs[0]();
    await opened[0];
    expect(lab.getState()).toMatchObject({ result: null, status: 'running' });
    loaded(ok(MODEL));
    await vi.waitFor(() => expect(runs).toHaveLength(2));
    runs[1]();
    await opened[1];
    expect(lab.getState()).toMatchObject({ cycle: 77, pe: 31, status: 'done' });
  });

  it('a run whose place is to be taken by what cannot run is ended, and nothing waits for it', async () => {
    const { lab, client, actions } = setUp({ runOrTime: () => new Promise(() => {}) });
    const under = async (): Promise<void> => {
      void actions.open('#v=1&model=synthetic&m=32&k=256&n=3', INITIAL.config);
      await vi.waitFor(() => expect(lab.getState().status).toBe('running'));
    };
    await under();
    await actions.open('#v=1&model=mine.gguf&tensor=x', INITIAL.config);
    expect(lab.getState()).toMatchObject({ modelStatus: 'missing', status: 'empty' });
    await under();
    client.plan = async () => failure();
    await actions.run();
    expect(lab.getState()).toMatchObject({ planError: { message: 'no' }, status: 'empty' });
    expect(client.cancel).toHaveBeenCalledTimes(2);
  });

  it('a model on its way does not take the place of a link that is opened after it was asked for', async () => {
    let loaded = (_: Outcome<ModelSummary>): void => {};
    const { lab, actions } = setUp({ openModel: () => new Promise((resolve) => (loaded = resolve)) });
    const model = actions.openFile(new File([''], 'large.gguf'));
    await actions.open('#v=1&model=synthetic&m=32&k=256&n=3', INITIAL.config);
    loaded(ok(MODEL));
    await model;
    expect(lab.getState()).toMatchObject({ config: { model: 'synthetic' }, modelStatus: 'ready', status: 'done' });
  });

  it('with a link that says what is looked at shows that, as far as the run has it', async () => {
    const { lab, actions } = setUp();
    await actions.open('#v=1&model=synthetic&sel=7,3&to=90,1&span=20-400&tab=lanes&stage=sent&zoom=3,0.5,0.5&marks=10-20', INITIAL.config);
    expect(lab.getState()).toMatchObject({ pe: 31, area: { from: 31, to: 15 }, span: null, dockTab: 'lanes', latencyStage: 'sent', camera: { zoom: 3 } });
    expect(lab.getState().marks).toEqual([{ cycle: 10, end: 20, at: null, name: '' }]);
    await actions.open('#v=1&model=synthetic&sel=7,3&span=20-40', INITIAL.config);
    expect(lab.getState()).toMatchObject({ span: { from: 20, to: 40 }, area: null, dockTab: 'utilisation', camera: null, marks: [] });
  });

  it('a playhead after the end and a PE outside the rectangle are clamped, and both are said', async () => {
    const { lab, actions } = setUp();
    await actions.open('#model=synthetic&t=999&sel=90,90', INITIAL.config);
    expect(lab.getState()).toMatchObject({ cycle: 100, pe: 31 });
    expect(lab.getState().message).toContain('t=999 is after the end');
    expect(lab.getState().message).toContain('sel=90,90 is outside');
  });

  it('a link to a file that is not open waits for that file and runs when it comes', async () => {
    const { lab, client, actions } = setUp();
    await actions.open('#model=mine.gguf&n=4&t=9', INITIAL.config);
    expect(lab.getState()).toMatchObject({ modelStatus: 'missing', status: 'empty' });
    expect(client.runOrTime).not.toHaveBeenCalled();
    await actions.openFile(new File([], 'mine.gguf'));
    expect(lab.getState()).toMatchObject({ status: 'done', cycle: 9 });
    expect(lab.getState().result?.config.n).toBe(4);
  });

  it('a model that cannot be opened is failed, not loading', async () => {
    const { lab, actions } = setUp({ openModel: async () => failure() });
    await actions.open('', INITIAL.config);
    expect(lab.getState()).toMatchObject({ modelStatus: 'failed', status: 'empty' });
  });

  it('a file that cannot be opened leaves a synthetic setup as ready to run as it was', async () => {
    const { lab, actions } = setUp({ openModel: async () => failure() });
    actions.chooseSynthetic();
    await actions.openFile(new File(['none'], 'broken.gguf'));
    expect(lab.getState()).toMatchObject({ modelStatus: 'ready', modelError: { field: 'broken.gguf: x', message: 'no' }, config: { model: 'synthetic' } });
  });
});

describe('running', () => {
  it('a setup that cannot be placed is not run and keeps its error', async () => {
    const { lab, client, actions } = setUp({ plan: async () => failure({ field: 'placement' }) });
    await actions.run();
    expect(client.runOrTime).not.toHaveBeenCalled();
    expect(lab.getState().planError?.field).toBe('placement');
  });

  it('the results of a timed run are computed when they are asked for, with the run kept where that is cancelled', async () => {
    const results = vi.fn(async (_: RunConfig, report: (progress: Progress) => void): Promise<Outcome<Results>> => {
      report({ phase: 'checking', cycle: 0, expected: 100 });
      return failure({ cancelled: true });
    });
    const { lab, actions } = setUp({ results });
    await actions.open('#model=synthetic&engine=timing', INITIAL.config);
    const timed = lab.getState().result;
    await actions.computeResults();
    expect(lab.getState()).toMatchObject({ status: 'failed', error: { cancelled: true } });
    expect(lab.getState().result).toBe(timed);
    const numbers = { y: Float32Array.of(1), yF64: Float64Array.of(1), errors: {} as Errors };
    results.mockResolvedValueOnce(ok(numbers));
    await actions.computeResults();
    expect(lab.getState()).toMatchObject({ status: 'done', result: { ...timed, ...numbers }, cycle: 50 });
    await actions.computeResults();
    expect(results).toHaveBeenCalledTimes(2);
  });

  it('a cancelled run says so and keeps the earlier result', async () => {
    const { lab, client, actions } = setUp();
    await actions.run();
    const before = lab.getState().result;
    client.runOrTime = async (_, progress) => {
      progress({ phase: 'simulating', cycle: 40, expected: 100 });
      return failure({ cancelled: true });
    };
    await actions.run();
    expect(lab.getState()).toMatchObject({ status: 'failed', message: 'The run was cancelled at cycle 40.' });
    expect(lab.getState().result).toBe(before);
  });

  it('a second run takes the place of the first, whose answer is dropped', async () => {
    const answers: ((outcome: Outcome<RunResult>) => void)[] = [];
    const { lab, actions } = setUp({ runOrTime: () => new Promise((resolve) => answers.push(resolve)) });
    const first = actions.run();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const second = actions.run();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1](ok(finished(INITIAL.config, 222)));
    await second;
    answers[0](ok(finished(INITIAL.config, 111)));
    await first;
    expect(lab.getState().result?.trace.cycles).toBe(222);
  });

  it('the playhead keeps its share of the run when the next run is longer, and the charts show all of it', async () => {
    const { lab, client, actions } = setUp();
    await actions.run();
    lab.setState({ cycle: 25, span: { from: 10, to: 40 } });
    client.runOrTime = async (config) => ok(finished(config, 1000));
    await actions.run();
    expect(lab.getState()).toMatchObject({ cycle: 250, speed: 100, span: null });
  });
});

describe('changing the setup', () => {
  it('three quick changes are planned once, with the last values', async () => {
    vi.useFakeTimers();
    try {
      const { lab, client, actions } = setUp();
      for (const n of [2, 3, 4]) actions.configure({ n });
      await vi.runAllTimersAsync();
      expect(client.plan).toHaveBeenCalledTimes(1);
      expect(client.plan).toHaveBeenCalledWith(expect.objectContaining({ n: 4 }));
      expect(lab.getState().plan).toBe(PLAN);
    } finally {
      vi.useRealTimers();
    }
  });

  it('the answer about an older setup does not overwrite the newer one', async () => {
    const answers: ((outcome: Outcome<PlanSummary>) => void)[] = [];
    const { lab, actions } = setUp({ plan: () => new Promise((resolve) => answers.push(resolve)) });
    vi.useFakeTimers();
    try {
      actions.configure({ n: 1 });
      await vi.runAllTimersAsync();
      actions.configure({ n: 2 });
      await vi.runAllTimersAsync();
    } finally {
      vi.useRealTimers();
    }
    answers[1](ok(PLAN));
    answers[0](failure());
    await vi.waitFor(() => expect(lab.getState().plan).toBe(PLAN));
    expect(lab.getState().planError).toBeNull();
  });

  it('a restarted worker is said', () => {
    const { lab, restart } = setUp();
    restart();
    expect(lab.getState().message).toContain('started again');
  });
});

describe('a run whose program fails', () => {
  const waits = [{ pe: 5, text: 'PE 5,0 waits for itself', next: 0 }];
  const stuck = (config: RunConfig) =>
    failure({ field: 'program', message: 'stuck', failure: { ...finished(config, 40), waits, message: 'stuck', fixes: [] } as unknown as Failure });

  it('is shown up to there: at its end, at the first PE that waits; a scenario needs no plan and no model', async () => {
    const { lab, client, actions } = setUp({ program: vi.fn(async (config) => stuck(config)) });
    await actions.open('#v=1&scenario=deadlock', INITIAL.config);
    expect(client.openModel).not.toHaveBeenCalled();
    expect(client.plan).not.toHaveBeenCalled();
    expect(lab.getState()).toMatchObject({ status: 'failed', result: null, cycle: 40, pe: 5, playing: false, failure: { waits } });
    expect(lab.getState().reader).not.toBeNull();
    expect(stuckWaits(lab.getState())).toEqual(waits);
    seek(lab, 39);
    expect(stuckWaits(lab.getState())).toEqual([]);
    expect(linkOf(lab.getState())).toBe('v=1&scenario=deadlock&machine=wse2&t=39&sel=5,0&of=40&mv=0.1');
  });

  it('takes the place of the result before it, and a later result takes its place', async () => {
    const { lab, actions } = setUp({ program: async (config) => stuck(config) });
    await actions.open('', INITIAL.config);
    actions.chooseScenario('deadlock');
    await actions.run();
    expect(lab.getState()).toMatchObject({ result: null, failure: { message: 'stuck' } });
    actions.chooseSynthetic();
    await actions.run();
    expect(lab.getState()).toMatchObject({ status: 'done', failure: null, error: null, cycle: 50 });
    expect(lab.getState().result?.config.scenario).toBeUndefined();
  });
});

it('a program that ends well is on screen without numbers of a matrix, its sizes in the link and not in the next setup', async () => {
  const { lab, client, actions } = setUp();
  await actions.open('#v=1&scenario=slow-sink&machine=teaching&grid=16x1&words=256', INITIAL.config);
  expect(client.runOrTime).not.toHaveBeenCalled();
  expect(lab.getState()).toMatchObject({ status: 'done', result: null, failure: null, program: { window: { cycles: 90 } } });
  expect(linkOf(lab.getState())).toContain('scenario=slow-sink&machine=teaching&grid=16x1&words=256&t=50');
  actions.chooseScenario('line');
  expect(lab.getState().config).toMatchObject({ scenario: 'line', pes: undefined, words: undefined });
  actions.chooseSynthetic();
  await actions.run();
  expect(lab.getState()).toMatchObject({ status: 'done', program: null });
});
