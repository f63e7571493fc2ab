import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { RunResult } from '../../src/api/protocol.ts';
import { followAddress, linkOf } from '../../src/store/address.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { areaOf } from '../../src/store/selection.ts';
import type { LabState } from '../../src/store/types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const run = (cycles: number): RunResult => ({ traceHash: String(cycles), trace: { cycles, width: 8, height: 4 } }) as RunResult;

function setUp() {
  const lab = createStore<LabState>(() => INITIAL);
  const log: string[] = [];
  let hash = '';
  let leave = (): void => {};
  const address = {
    read: () => hash,
    replace: (to: string) => {
      hash = to;
      log.push('replace');
    },
    push: (to: string) => {
      hash = to;
      log.push('push');
    },
    leaving: (write: () => void) => {
      leave = write;
      return () => {
        leave = () => {};
      };
    },
  };
  const kept = new Map<string, string>();
  const stop = followAddress(lab, address, { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) });
  return { lab, log, kept, stop, hash: () => hash, leave: () => leave() };
}

describe('the address bar', () => {
  it('follows the playhead at most four times a second, ending at its last place', () => {
    const { lab, log, hash } = setUp();
    lab.setState({ result: run(100), status: 'done', pe: 9 });
    for (let cycle = 0; cycle <= 50; cycle++) lab.setState({ cycle });
    vi.runAllTimers();
    expect(log).toEqual(['replace']);
    expect(hash()).toBe(linkOf(lab.getState()));
    expect(hash()).toContain('t=50&sel=1,1');
  });

  it('follows the setup at once, and what comes fast after it at most four times a second', () => {
    const { lab, log, hash } = setUp();
    const choose = (n: number): void => lab.setState({ config: { ...INITIAL.config, n } });
    choose(3);
    expect(hash()).toContain('n=3');
    for (let n = 4; n <= 40; n++) choose(n);
    expect(hash()).toContain('n=3');
    vi.runAllTimers();
    expect(hash()).toContain('n=40');
    expect(log).toEqual(['replace', 'replace']);
  });

  it('has what was due when the page is left, and is written no more after it was followed', () => {
    const { lab, log, hash, leave, stop } = setUp();
    leave();
    expect(log).toEqual([]);
    for (const n of [3, 4]) lab.setState({ config: { ...INITIAL.config, n } });
    leave();
    expect(hash()).toContain('n=4');
    vi.runAllTimers();
    expect(log).toEqual(['replace', 'replace']);
    lab.setState({ config: { ...INITIAL.config, n: 5 } });
    stop();
    leave();
    expect(hash()).toContain('n=4');
  });

  it('keeps the link that was opened until the first run has answered', () => {
    const { lab, log } = setUp();
    lab.setState({ status: 'running' });
    vi.runAllTimers();
    expect(log).toEqual([]);
  });

  it('a run is kept at once, and where the page is left what came after it, too; the address is not touched then', () => {
    const { lab, log, kept, stop } = setUp();
    const last = (): string => kept.get('weft.last.1') ?? '';
    lab.setState({ result: run(100), status: 'done' });
    expect(last()).toContain('"of":100');
    lab.setState({ cycle: 7 });
    stop();
    expect(last()).toContain('"cycle":7');
    vi.runAllTimers();
    expect(log).toEqual([]);
  });

  it('a second run adds a history entry, the first does not', () => {
    const { lab, log } = setUp();
    lab.setState({ result: run(100) });
    lab.setState({ result: run(200) });
    expect(log).toEqual(['push']);
  });

  it('holds the rectangle of PEs, the part of the run and the part of the fabric, as long as they are chosen', () => {
    const { lab, hash } = setUp();
    lab.setState({
      result: run(100),
      status: 'done',
      pe: 9,
      area: { from: 9, to: 20 },
      span: { from: 10, to: 40 },
      dockTab: 'links',
      camera: { zoom: 2, x: 0.5, y: 0.25 },
      speed: 8,
    });
    vi.runAllTimers();
    expect(hash()).toContain('&sel=1,1&to=4,2&span=10-40&tab=links&zoom=2,0.5,0.25');
    expect(areaOf(lab.getState(), { width: 8 })).toEqual({ x0: 1, y0: 1, x1: 5, y1: 3 });
    lab.setState({ speed: 2, anchor: 7, link: { pe: 9, port: 2 }, on: ['blocks', 'path'], routes: [3, 0] });
    vi.runAllTimers();
    expect(hash()).toContain('&port=s&span=10-40&from=7&speed=2&tab=links&zoom=2,0.5,0.25&routes=0,3&on=path,blocks');
    lab.setState({ pe: 10, span: null, camera: null });
    vi.runAllTimers();
    expect(hash()).not.toMatch(/to=|span=|zoom=|port=/);
    expect(areaOf(lab.getState(), { width: 8 })).toBeNull();
  });

  it('what the user set is stored with it', () => {
    const { lab, kept } = setUp();
    lab.setState((s) => ({ config: { ...s.config, n: 9 } }));
    vi.runAllTimers();
    expect([...kept.values()].join()).toContain('n=9');
  });
});
