/** What the export worker does: one file of a run, as a Blob, which crosses to the page without a copy. */
import type { ExportAid } from './export.ts';
import { writeRun } from './export.ts';
import { outcome } from './outcome.ts';
import type { ExportFormat, ExportProgress, Outcome, Traced } from './protocol.ts';

export interface Exporter {
  write(run: Traced, format: ExportFormat, aid: ExportAid, onProgress: (progress: ExportProgress) => void): Promise<Outcome<Blob>>;
}

export const createExporter = (): Exporter => ({
  write: (run, format, aid, onProgress) =>
    outcome(async () => {
      // Each a Blob at once: the browser may keep those on disk.
      const parts: Blob[] = [];
      let bytes = 0;
      await writeRun(run, format, aid, (piece, share) => {
        const part = new Blob([piece]);
        parts.push(part);
        bytes += part.size;
        onProgress({ share, bytes });
      });
      return new Blob(parts);
    }),
});
