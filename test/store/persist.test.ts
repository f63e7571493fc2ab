import { describe, expect, it } from 'vitest';
import { INITIAL } from '../../src/store/lab.ts';
import { USUAL_VIEW } from '../../src/store/lab-view.ts';
import { deserialise, fitDock, type KeyValue, load, save, serialise } from '../../src/store/persist.ts';

const memory = (): KeyValue & { readonly values: Map<string, string> } => {
  const values = new Map<string, string>();
  return { values, getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
};

describe('what is kept over a reload', () => {
  it('comes back as it was set', () => {
    const config = { ...INITIAL.config, n: 5, kernel: 'stationary', pes: { width: 8, height: 4 } };
    const state = {
      ...INITIAL,
      config,
      theme: 'dark',
      dockTab: 'physics',
      phoneTab: 'inspect',
      layer: 'latency',
      on: ['path'],
      dockHeight: 300,
      dockOpen: false,
      setupOpen: true,
      describe: false,
      singleKeys: false,
      slowAround: 8,
      marks: [{ cycle: 12, at: { x: 3, y: 2 }, name: 'the front' }],
    } as const;
    const storage = memory();
    save(storage, state);
    const kept = load(storage);
    expect(kept).toEqual({
      ...USUAL_VIEW,
      config,
      layer: 'latency',
      on: ['path'],
      theme: 'dark',
      phoneTab: 'inspect',
      dockTab: 'physics',
      describe: false,
      dockHeight: 300,
      dockOpen: false,
      setupOpen: true,
      singleKeys: false,
      slowAround: 8,
      marks: state.marks,
    });
    expect(serialise({ ...state, ...kept })).toBe(serialise(state));
  });

  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['a number', '7'],
    ['null', 'null'],
    ['wrong types', '{"link":7,"theme":"pink","dockHeight":"tall","describe":1}'],
  ])('%s in the storage gives the defaults', (_, text) => {
    expect(deserialise(text)).toMatchObject({ config: INITIAL.config, theme: 'system', dockHeight: INITIAL.dockHeight, describe: true });
  });

  it('a storage that throws is an empty one and is not written', () => {
    const refuse = (): never => {
      throw new Error('denied');
    };
    const storage = { getItem: refuse, setItem: refuse };
    expect(load(storage).theme).toBe('system');
    expect(() => save(storage, INITIAL)).not.toThrow();
  });

  it('a dock is at least 120 and at most 640 pixels high', () => {
    expect([fitDock(0), fitDock(9999), fitDock(Number.NaN), fitDock(250.4)]).toEqual([120, 640, 224, 250]);
  });
});
