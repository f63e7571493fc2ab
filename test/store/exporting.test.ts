/** Exports as the store shows them: progress, giving up, a second one in place of the first. */
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Traced } from '../../src/api/protocol.ts';
import type { Waiting } from '../../src/store/deps.ts';
import { createExportActions } from '../../src/store/exporting.ts';
import { INITIAL } from '../../src/store/lab.ts';
import type { LabState } from '../../src/store/types.ts';

const RUN = {} as Traced;
const NOTES = { marks: [], project: '' };

/** Exports that end when `end` is called; they hear that nobody waits any more as the worker's client does. */
function setUp() {
  const lab = createStore<LabState>(() => INITIAL);
  const begun: (Waiting & { readonly end: (file: Blob) => void })[] = [];
  const actions = createExportActions(
    lab,
    (_run, _format, _notes, waiting) =>
      new Promise((end, fail) => {
        waiting.signal.addEventListener('abort', () => fail(waiting.signal.reason));
        begun.push({ ...waiting, end });
      }),
  );
  return { lab, begun, actions };
}

describe('an export', () => {
  it('shows what it writes and how far it is, and gives the file', async () => {
    const { lab, begun, actions } = setUp();
    const file = actions.exportRun(RUN, 'csv', NOTES);
    expect(lab.getState().exporting).toEqual({ format: 'csv', share: null, bytes: 0 });
    begun[0].onProgress({ share: 0.5, bytes: 7 });
    expect(lab.getState().exporting).toEqual({ format: 'csv', share: 0.5, bytes: 7 });
    begun[0].end(new Blob(['abc']));
    expect((await file).size).toBe(3);
    expect(lab.getState().exporting).toBeNull();
  });

  it('that is cancelled says so, and nothing that comes late is shown', async () => {
    const { lab, begun, actions } = setUp();
    const file = actions.exportRun(RUN, 'trace', NOTES);
    actions.cancelExport();
    await expect(file).rejects.toThrow('The export was cancelled; nothing was saved.');
    begun[0].onProgress({ share: 1, bytes: 9 });
    expect(lab.getState().exporting).toBeNull();
  });

  it('is ended by the next one, which alone is shown', async () => {
    const { lab, begun, actions } = setUp();
    const first = actions.exportRun(RUN, 'trace', NOTES);
    const second = actions.exportRun(RUN, 'html', NOTES);
    await expect(first).rejects.toThrow('cancelled');
    expect(lab.getState().exporting).toMatchObject({ format: 'html' });
    begun[1].end(new Blob());
    expect((await second).size).toBe(0);
  });
});
