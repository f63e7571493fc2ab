/** The run on screen, its report or its trace, saved as a file; nothing is uploaded. */
import { Flyout } from '../controls/Flyout.tsx';
import { useActions, useLab } from '../hooks.ts';

const FORMATS = [
  { id: 'html', name: 'Report, HTML', extension: 'html', type: 'text/html' },
  { id: 'markdown', name: 'Report, Markdown', extension: 'md', type: 'text/markdown' },
  { id: 'json', name: 'Report, JSON', extension: 'json', type: 'application/json' },
  { id: 'trace', name: 'Trace (.weft-trace)', extension: 'weft-trace', type: 'application/octet-stream' },
  { id: 'chrome', name: 'Trace, Chrome JSON', extension: 'trace.json', type: 'application/json' },
  { id: 'perfetto', name: 'Trace, Perfetto', extension: 'pftrace', type: 'application/octet-stream' },
  { id: 'ndjson', name: 'Trace, NDJSON', extension: 'ndjson', type: 'application/x-ndjson' },
  { id: 'csv', name: 'Trace, CSV', extension: 'csv', type: 'text/csv' },
] as const;

/** Hands the pieces of a file to the browser as a download. */
function save(name: string, type: string, pieces: readonly BlobPart[]): void {
  const address = URL.createObjectURL(new Blob([...pieces], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export function ExportMenu() {
  const { exportRun, say } = useActions();
  const result = useLab((s) => s.result);
  const write = async (format: (typeof FORMATS)[number]): Promise<void> => {
    if (result === null) return;
    const name = `weft-${result.plan.kernel}-${result.traceHash.slice(0, 8)}.${format.extension}`;
    save(name, format.type, await exportRun(result, format.id));
    say(`${name} was saved.`);
  };
  return (
    <Flyout face="Export" className="btn" sheetClass="menu" disabled={result === null}>
      {(close) =>
        FORMATS.map((format) => (
          <button key={format.id} type="button" className="btn" onClick={() => void write(format).then(close)}>
            {format.name}
          </button>
        ))
      }
    </Flyout>
  );
}
