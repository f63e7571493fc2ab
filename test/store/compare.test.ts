import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/api/client.ts';
import type { Outcome, RunConfig, RunResult } from '../../src/api/protocol.ts';
import {
  advancePair,
  changePairSpeed,
  compare,
  compareLinkOf,
  cycleIn,
  cycleOf,
  pairJumper,
  playPair,
  rangeOf,
  seekPair,
  shiftOf,
  stepPair,
  togglePair,
} from '../../src/store/compare.ts';
import { createCompareActions } from '../../src/store/compare-actions.ts';
import { encodeCompare } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { writeProject } from '../../src/store/project.ts';
import type { TraceReader } from '../../src/trace/reader.ts';

const START = compare.getState();
const SYNTHETIC: RunConfig = { ...INITIAL.config, model: 'synthetic' };

/** A client whose runs take as many cycles as `cyclesOf` says. */
function client(cyclesOf: (config: RunConfig) => number): Client {
  const never = (): Promise<never> => new Promise(() => {});
  return {
    kernels: async () => ({ ok: true, value: [] }),
    openModel: vi.fn(async ({ name }: { name: string }) => ({ ok: true, value: { name, tensors: [] } })),
    plan: async (config: RunConfig) =>
      config.n > 16
        ? { ok: false, error: { field: 'n', message: 'too many', fixes: [], cancelled: false } }
        : { ok: true, value: { estimate: { closedForm: { cycles: 100 * config.n } } } },
    runOrTime: async (config: RunConfig): Promise<Outcome<RunResult>> => ({
      ok: true,
      value: { config, program: {}, trace: { cycles: cyclesOf(config), width: 4, height: 3 }, plan: { kernel: config.kernel } } as unknown as RunResult,
    }),
    program: async (config: RunConfig) => ({ ok: true, value: { config, program: {}, trace: { cycles: 80, width: 16, height: 1 }, window: { cycles: 70 } } }),
    cancel: vi.fn(async () => {}),
    study: never,
    originalFormat: never,
    stateHash: never,
    inspect: never,
    onRestart: () => {},
  } as unknown as Client;
}

/** Streaming takes 1 000 cycles and multiplies from 100 on, everything else takes 600 and multiplies from 300 on. */
function setUp() {
  const cyclesOf = ({ kernel }: RunConfig): number => (kernel === 'streaming' ? 1000 : 600);
  const clients = { a: client(cyclesOf), b: client(cyclesOf) };
  const actions = createCompareActions({
    clients,
    makeReader: (program, trace) => ({ program, trace, pes: 12 }) as unknown as TraceReader,
    landmarks: ({ trace }) => ({ start: 0, mac: trace.cycles === 1000 ? 100 : 300, result: trace.cycles - 50, end: trace.cycles }),
    demoUrl: 'demo.gguf',
  });
  return { actions, clients };
}

const bothDone = () => vi.waitFor(() => expect([compare.getState().a.status, compare.getState().b.status]).toEqual(['done', 'done']));

beforeEach(() => compare.setState(START, true));

describe('two runs', () => {
  it('are laid over one another at a landmark; the clock counts cycles of A', async () => {
    const { actions } = setUp();
    actions.open('', SYNTHETIC);
    await bothDone();
    const at = () => {
      const s = compare.getState();
      return { shift: shiftOf(s), range: rangeOf(s), a: cycleIn(s, 'a'), b: cycleIn(s, 'b') };
    };
    expect(at()).toEqual({ shift: 0, range: [0, 1000], a: 500, b: 500 });
    seekPair(800);
    expect(at()).toMatchObject({ a: 800, b: 600 });
    compare.setState({ align: 'mac' });
    expect(at()).toMatchObject({ shift: 200, range: [-200, 1000] });
    seekPair(-1000);
    expect(at()).toMatchObject({ a: 0, b: 0 });
    expect(cycleOf(compare.getState(), 'a')).toBe(-200);
    compare.setState({ align: 'end' });
    expect(at()).toMatchObject({ shift: -400, range: [0, 1000] });
  });

  it('play to the end, step, and jump where motion is reduced', async () => {
    const { actions } = setUp();
    actions.open('#t=10', SYNTHETIC);
    await bothDone();
    expect(compare.getState()).toMatchObject({ t: 10, speed: 100 });
    stepPair(-1);
    expect(compare.getState().t).toBe(9);
    togglePair();
    advancePair(100);
    expect(compare.getState().t).toBe(19);
    const jump = pairJumper();
    for (let i = 0; i < 4; i++) jump(250);
    expect(compare.getState().t).toBe(61);
    compare.setState({ speed: 10_000 });
    for (let i = 0; i < 5; i++) advancePair(250);
    expect(compare.getState()).toMatchObject({ t: 1000, playing: false });
    togglePair();
    expect(compare.getState()).toMatchObject({ t: 0, playing: true });
  });

  it('play backwards, from the end if they are at the begin, and change speed', async () => {
    const { actions } = setUp();
    actions.open('#t=30', SYNTHETIC);
    await bothDone();
    playPair(-1);
    advancePair(100);
    expect(compare.getState()).toMatchObject({ t: 20, playing: true });
    changePairSpeed(1);
    expect(compare.getState().speed).toBe(1000);
    advancePair(100);
    expect(compare.getState()).toMatchObject({ t: 0, playing: false });
    togglePair();
    expect(compare.getState()).toMatchObject({ t: 1000, direction: -1, playing: true });
    const jump = pairJumper();
    for (let i = 0; i < 4; i++) jump(250);
    expect(compare.getState().t).toBe(958);
    playPair(-1);
    expect(compare.getState()).toMatchObject({ t: 958, playing: false });
  });

  it('come back from a project file; one without a comparison says so', async () => {
    const { actions } = setUp();
    const project = (content: object) => new File([writeProject({ title: 'Mine', lab: 'v=1', marks: [], ...content })], 'mine.weft.json');
    actions.openFile(
      project({ compare: `${encodeCompare({ ...compareLinkOf(START), a: SYNTHETIC, b: SYNTHETIC, looks: { align: 'end' }, cycle: 77 })}`, page: 'compare' }),
    );
    await bothDone();
    expect(compare.getState()).toMatchObject({ align: 'end', t: 77, b: { config: SYNTHETIC } });
    actions.openFile(project({}));
    await vi.waitFor(() => expect(compare.getState().message).toBe('mine.weft.json holds no comparison; the Lab opens it.'));
  });

  it('may be hand-written programs, each beside another way to do the same; what was chosen for one is not kept for the next', async () => {
    const { actions } = setUp();
    actions.open('', { ...SYNTHETIC, scenario: 'line', words: 8, pes: { width: 8, height: 1 } });
    await bothDone();
    expect(compare.getState()).toMatchObject({
      a: { result: null, program: { config: { scenario: 'line' }, window: { cycles: 70 } } },
      b: { config: { scenario: 'store-and-forward', words: 8 } },
    });
    actions.configure('b', { scenario: undefined, model: 'synthetic' });
    await bothDone();
    expect(compare.getState().b).toMatchObject({ program: null, result: { plan: { kernel: 'streaming' } } });
    expect(compare.getState().b.config).toMatchObject({ pes: undefined, words: undefined });
  });

  it('are kept in the link, and swapped without running again', async () => {
    const { actions } = setUp();
    actions.open('#t=700&align=mac&view=difference&sel=1,2&speed=8&over=0&zoom=4,0.5,0.25', SYNTHETIC);
    await bothDone();
    const looks = { align: 'mac', view: 'difference', threshold: 0, camera: { zoom: 4, x: 0.5, y: 0.25 } } as const;
    expect(encodeCompare(compareLinkOf(compare.getState()))).toBe(
      encodeCompare({ a: SYNTHETIC, b: { ...SYNTHETIC, kernel: 'stationary' }, cycle: 700, sel: { x: 1, y: 2 }, speed: 8, looks }),
    );
    const { a, b } = compare.getState();
    actions.swap();
    expect(compare.getState()).toMatchObject({ t: 900, a: { config: b.config }, b: { config: a.config } });
    expect(compare.getState().a).toBe(b);
  });

  it('of a file that is not open wait for it; of the demo model each worker opens it', async () => {
    const { actions, clients } = setUp();
    actions.open('', { ...SYNTHETIC, model: 'mine.gguf' });
    await vi.waitFor(() => expect([compare.getState().a.status, compare.getState().b.status]).toEqual(['missing', 'missing']));
    actions.openFile(new File(['x'], 'mine.gguf'));
    await bothDone();
    expect(clients.b.openModel).toHaveBeenCalledWith(expect.objectContaining({ kind: 'file', name: 'mine.gguf' }));
    actions.configure('a', { model: 'demo' });
    await bothDone();
    expect(clients.a.openModel).toHaveBeenLastCalledWith({ kind: 'url', url: 'demo.gguf', name: 'demo' });
  });

  it('have closed forms for other N, without those that cannot be placed', async () => {
    const { actions } = setUp();
    actions.open('', SYNTHETIC);
    await bothDone();
    expect(await actions.curve('a')).toEqual([1, 2, 4, 8, 16].map((n) => [n, 100]));
  });
});
