import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { RunResult } from '../../src/api/protocol.ts';
import { followAddress, linkOf } from '../../src/store/address.ts';
import { INITIAL } from '../../src/store/lab.ts';
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
  };
  const kept = new Map<string, string>();
  followAddress(lab, address, { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) });
  return { lab, log, kept, hash: () => hash };
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

  it('keeps the link that was opened until the first run has answered', () => {
    const { lab, log } = setUp();
    lab.setState({ status: 'running' });
    vi.runAllTimers();
    expect(log).toEqual([]);
  });

  it('a second run adds a history entry, the first does not', () => {
    const { lab, log } = setUp();
    lab.setState({ result: run(100) });
    lab.setState({ result: run(200) });
    expect(log).toEqual(['push']);
  });

  it('what the user set is stored with it', () => {
    const { lab, kept } = setUp();
    lab.setState((s) => ({ config: { ...s.config, n: 9 } }));
    vi.runAllTimers();
    expect([...kept.values()].join()).toContain('n=9');
  });
});
