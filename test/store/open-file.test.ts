/** Files given to the Lab: what each kind becomes, what is said of the others; links of other versions of the model. */
import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Client } from '../../src/api/client.ts';
import type { OpenedTrace, RunConfig } from '../../src/api/protocol.ts';
import { readTopology } from '../../src/model/topology.ts';
import { createActions } from '../../src/store/actions.ts';
import { linkOf } from '../../src/store/address.ts';
import { compare } from '../../src/store/compare.ts';
import { kindOfFile } from '../../src/store/dropped.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { configOfLayer } from '../../src/store/open-file.ts';
import { projectLine, readProject, writeProject } from '../../src/store/project.ts';
import { shownRun } from '../../src/store/shown.ts';
import type { LabState } from '../../src/store/types.ts';
import type { TraceReader } from '../../src/trace/reader.ts';

const TRACE = {
  file: 'a.weft-trace',
  title: 'a.weft-trace',
  program: {},
  trace: { cycles: 90, width: 4, height: 2 },
  traceHash: 'ab',
} as unknown as OpenedTrace;
const LINK = 'v=1&model=synthetic&m=32&k=256&n=3&seed=7&map=stationary&machine=wse2';

const showCompare = vi.fn();

function setUp(more: Partial<Client> = {}) {
  const lab = createStore<LabState>(() => INITIAL);
  const client = {
    kernels: async () => ({ ok: true, value: [] }),
    plan: async () => ({ ok: true, value: {} }),
    runOrTime: async (config: RunConfig) => ({ ok: true, value: { config, program: {}, trace: { cycles: 100, width: 4, height: 2 }, title: 'a run' } }),
    openTrace: async () => ({ ok: true, value: TRACE }),
    cancel: vi.fn(async () => {}),
    onRestart: () => {},
    ...more,
  } as unknown as Client;
  const deps = { makeReader: () => ({}) as TraceReader, demoUrl: '', showCompare, exportRun: async () => new Blob() };
  const actions = createActions({ lab, client, ...deps, readTopology: async (text, file) => readTopology(text, file) });
  return { lab, actions };
}

const file = (name: string, text = ''): File => new File([text], name);

describe('a file given to the Lab', () => {
  it('is known by its name', () => {
    const kinds = ['m.GGUF', 'r.weft-trace', 'net.csv', 'p.weft.json', 'r.trace.json', 'r.pftrace', 'config.json', 'x.txt', 'gguf'].map((name) =>
      kindOfFile({ name }),
    );
    expect(kinds).toEqual(['model', 'trace', 'topology', 'project', 'noted', 'noted', 'config', null, null]);
  });

  it('a trace comes on screen in place of the run; the next run takes its place', async () => {
    const { lab, actions } = setUp();
    await actions.open(`#${LINK}`, INITIAL.config);
    await actions.openFile(file('a.weft-trace'));
    expect(lab.getState()).toMatchObject({ opened: TRACE, result: null, failure: null, status: 'done', cycle: 45, pe: 6, message: null });
    expect(linkOf(lab.getState())).toBe(LINK);
    await actions.run();
    expect(lab.getState()).toMatchObject({ opened: null, status: 'done' });
    expect(shownRun(lab.getState())?.title).toBe('a run');
  });

  it('a damaged trace takes nothing away and says what is wrong', async () => {
    const error = { field: 'at byte 0', message: 'no trace', fixes: [], cancelled: false };
    const { lab, actions } = setUp({ openTrace: async () => ({ ok: false, error }) });
    await actions.open(`#${LINK}`, INITIAL.config);
    const before = shownRun(lab.getState());
    await actions.openFile(file('a.weft-trace'));
    expect(shownRun(lab.getState())).toBe(before);
    expect(lab.getState()).toMatchObject({ modelError: error, message: 'a.weft-trace: no trace' });
  });

  it('a damaged trace leaves nothing waiting for the run that it was to take the place of', async () => {
    const error = { field: 'at byte 0', message: 'no trace', fixes: [], cancelled: false };
    const { lab, actions } = setUp({ runOrTime: () => new Promise(() => {}), openTrace: async () => ({ ok: false, error }) });
    void actions.open(`#${LINK}`, INITIAL.config);
    await vi.waitFor(() => expect(lab.getState().status).toBe('running'));
    await actions.openFile(file('a.weft-trace'));
    expect(lab.getState()).toMatchObject({ status: 'empty', progress: null, modelError: error });
  });

  it('of files that are given one soon after the other the last one is open, however long the first takes', async () => {
    let loaded = (_: unknown): void => {};
    const { lab, actions } = setUp({ openModel: () => new Promise((resolve) => (loaded = resolve as typeof loaded)) });
    const slow = file('slow.csv');
    let read = (_: string): void => {};
    slow.text = () => new Promise((resolve) => (read = resolve));
    const opening = [actions.openFile(file('large.gguf')), actions.openFile(slow)];
    await actions.openFile(file('net.csv', 'Layer, M, N, K,\nlast, 24, 2, 256,\n'));
    read('Layer, M, N, K,\nfirst, 64, 8, 256,\n');
    loaded({ ok: true, value: { name: 'large.gguf', tensors: [] } });
    await Promise.all(opening);
    expect(lab.getState()).toMatchObject({ topology: { file: 'net.csv' }, config: { model: 'synthetic', m: 24 }, modelStatus: 'ready' });
    expect(lab.getState().message).toContain('net.csv');
  });

  it('a topology is a list of layers, the first one set up as a synthetic matrix; what was changed is said', async () => {
    const { lab, actions } = setUp();
    await actions.openFile(file('net.csv', 'Layer, M, N, K,\nfirst, 64, 8, 300,\nsecond, 32, 4, 256,\n'));
    const { config, topology, message } = lab.getState();
    expect(topology?.layers.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(config).toMatchObject({ model: 'synthetic', m: 64, k: 512, n: 8 });
    expect(message).toBe('net.csv holds 2 layers; first is set up. K = 300 was padded to 512, whole blocks of 256.');
    await actions.openFile(file('net.csv', 'Layer, M, N,\nfirst, 64, 8,\n'));
    expect(lab.getState().message).toContain("there is no column 'K'");
    expect(configOfLayer({ name: 'big', m: 1, k: 100_000, n: 5000, count: 3 }).notices).toEqual([
      'K = 100 000 is more than the Lab takes; 65 536 was taken.',
      'N = 5 000 is more than the Lab takes; 4 096 was taken.',
      'big stands for 3 products of this size; one is run.',
    ]);
  });

  it('a project brings back setup, playhead and marks with their names', async () => {
    const { lab, actions } = setUp();
    const marks = [{ cycle: 5, at: { x: 1, y: 0 }, name: 'here' }];
    const text = writeProject({ title: 'Mine', lab: `${LINK}&t=12`, marks });
    await actions.openFile(file('mine.weft.json', text));
    expect(lab.getState()).toMatchObject({ cycle: 12, marks, status: 'done', config: { m: 32, kernel: 'stationary' }, message: 'Mine is open.' });
  });

  it('a trace in another format that the page saved brings back the run and its marks; one of elsewhere says that it does not', async () => {
    const { lab, actions } = setUp();
    const marks = [{ cycle: 5, at: { x: 1, y: 0 }, name: 'here' }];
    await actions.openFile(file('r.trace.json', `{"otherData":{"project":\n${projectLine({ title: 'Mine', lab: `${LINK}&t=12`, marks })}\n}}`));
    expect(lab.getState()).toMatchObject({ cycle: 12, marks, status: 'done', config: { m: 32, kernel: 'stationary' }, message: 'Mine is open.' });
    await actions.openFile(file('other.pftrace', 'x'));
    expect(lab.getState().modelError?.message).toBe("'other.pftrace' does not say which run it is of");
  });

  it('of a trace file a project keeps the marks, and says which file they belong to', async () => {
    const { lab, actions } = setUp();
    const marks = [{ cycle: 5, at: null, name: 'here' }];
    const text = writeProject({ title: 'T', lab: LINK, marks, trace: TRACE.file });
    await actions.openFile(file('t.weft.json', text));
    expect(lab.getState()).toMatchObject({ marks, message: `1 mark is back; open ${TRACE.file} for the run that they belong to.`, status: 'empty' });
    await actions.openFile(file(TRACE.file));
    await actions.openFile(file('t.weft.json', text));
    expect(lab.getState()).toMatchObject({ marks, opened: TRACE, message: '1 mark is back.' });
  });

  it('a project of two runs waits for the compare page, and goes there if that was on screen', async () => {
    const { lab, actions } = setUp();
    await actions.openFile(file('pair.weft.json', writeProject({ title: 'Pair', lab: LINK, marks: [], compare: 'v=1&align=end', page: 'compare' })));
    expect(compare.getState().waiting).toBe('v=1&align=end');
    expect(showCompare).toHaveBeenCalledOnce();
    expect(lab.getState().config).toMatchObject({ m: 32, kernel: 'stationary' });
  });

  it('what is no project, or none that this page reads, is refused in words', () => {
    for (const [text, problem] of [
      ['{', 'is not JSON'],
      ['[]', 'is no Weft project'],
      ['{"weft":"project","version":9,"lab":"x"}', 'is of version 9'],
      ['{"weft":"project","version":1}', 'has no setup of the Lab'],
    ]) {
      expect(() => readProject(text, 'p.weft.json')).toThrow(problem);
    }
    expect(readProject('{"weft":"project","version":1,"lab":"v=1","marks":[{"cycle":"x"},{"cycle":1,"at":null,"name":"a"}]}', 'p').marks).toHaveLength(1);
  });

  it('any other file is refused with the list of what is opened', async () => {
    const { lab, actions } = setUp();
    await actions.openFile(file('notes.txt'));
    expect(lab.getState().modelError?.message).toMatch(/^notes\.txt is none of what Weft opens: .*\.gguf.*\.weft-trace.*\.csv.*\.weft\.json.*config\.json/);
  });
});

describe('a link of another version of the model', () => {
  it.each([
    ['of=100&mv=0.1', null],
    ['of=90&mv=0.1', 'This run took 90 cycles when the link was made; it takes 100 now.'],
    ['of=90&mv=0.0', "The link was made with version 0.0 of the machine's model; this page computes with 0.1. The run took 90 cycles then; it takes 100 now."],
    ['of=100&mv=0.0', "The link was made with version 0.0 of the machine's model; this page computes with 0.1: the same 100 cycles."],
    ['mv=9', "The link was made with version 9 of the machine's model; this page computes with 0.1, so numbers may differ."],
  ])('%s says %s', async (pairs, message) => {
    const { lab, actions } = setUp();
    await actions.open(`#${LINK}&${pairs}`, INITIAL.config);
    expect(lab.getState().message).toBe(message);
  });
});
