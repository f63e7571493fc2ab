/** Writing a run as a file: one at a time, how far it is, and giving it up. A second export ends the first, as a second run does. */
import type { StoreApi } from 'zustand/vanilla';
import type { ExportFormat, Traced } from '../api/protocol.ts';
import type { Notes } from '../report/trace/notes.ts';
import type { Deps } from './deps.ts';
import { RUN_TEXT } from './strings.ts';
import type { LabState } from './types.ts';

export interface ExportActions {
  /** The file of a run. Throws what is wrong with it, or that it was cancelled. */
  exportRun(run: Traced, format: ExportFormat, notes: Notes): Promise<Blob>;
  cancelExport(): void;
}

export function createExportActions(lab: StoreApi<LabState>, write: Deps['exportRun']): ExportActions {
  let current = new AbortController();
  const cancelExport = (): void => current.abort(new Error(RUN_TEXT.exportCancelled));
  return {
    cancelExport,
    async exportRun(run, format, notes) {
      cancelExport();
      const mine = new AbortController();
      current = mine;
      const show = (progress: { share: number | null; bytes: number }): void => {
        if (!mine.signal.aborted) lab.setState({ exporting: { format, ...progress } });
      };
      show({ share: null, bytes: 0 });
      try {
        const file = await write(run, format, notes, { onProgress: show, signal: mine.signal });
        mine.signal.throwIfAborted();
        return file;
      } finally {
        if (current === mine) lab.setState({ exporting: null });
      }
    },
  };
}
