/** What is refused to be written as a file, before anything is made of it. */
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../src/api/export.ts';
import type { Traced } from '../../src/api/protocol.ts';
import type { RunColumns, SharedColumns } from '../../src/trace/shared-columns.ts';
import { sampleRun } from '../drivers/sample-run.ts';

/** Lanes that all have one shape of a thousand rows. */
function columns(lanes: number): RunColumns {
  const column = new Int32Array(1000);
  const shapes = { what: new Uint8Array(1000), begin: column, extent: column, extra: column, first: Int32Array.of(0, 0, 1000), floats: new Uint8Array(2) };
  return { shapes, lanes: { shape: new Int32Array(lanes).fill(1), begin: new Int32Array(lanes) } };
}

describe('a trace whose PEs share their rows', () => {
  it.each(['trace', 'chrome', 'perfetto', 'csv'] as const)(
    'is not written out as %s from 25 million rows on, and says how many there would be',
    async (format) => {
      const { program, trace } = sampleRun();
      const [none, many] = [columns(0), columns(26_000)];
      const shared: SharedColumns = { ...trace, spans: { shapes: none.shapes, parts: [] }, moves: many, uses: none, sends: none, hostIn: none, hostOut: none };
      const run = { program, trace: shared, title: 'a wafer', modelVersion: '0', traceHash: '' } satisfies Traced;
      await expect(exportRun(run, format)).rejects.toThrow('written out the trace has 26 million rows, which do not fit here');
    },
  );
});
