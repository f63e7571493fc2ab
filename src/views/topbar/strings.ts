/** The English of the bar on top: the ways it offers, the help, the menu of files. */
import type { ExportFormat } from '../../api/protocol.ts';
import { megabytes, percent } from '../format.ts';

export const TOPBAR_TEXT = {
  synthetic: 'Synthetic matrix',
  theme: (now: string, next: string) => `Theme: ${now}. Change to ${next}`,
  compareThis: 'Compare this run',
  menu: 'Pages and export',
  help: 'Help and keys',
  helpHint: 'Help and keys (?)',
} as const;

export const HELP_TEXT = {
  title: 'Weft in short',
  intro:
    'Weft multiplies a quantised matrix with activations on a simulated wafer of small processors. Every number travels as a wavelet, every cycle is counted, and the results are compared bit by bit with a plain loop. Choose a model, a kernel and a machine at the left, press Run, and move the playhead.',
  singleKeys: 'Keys of a single character work (never while you type in a field)',
} as const;

const FORMATS: Readonly<Record<ExportFormat, string>> = {
  html: 'Report, HTML',
  markdown: 'Report, Markdown',
  json: 'Report, JSON',
  trace: 'Trace (.weft-trace)',
  chrome: 'Trace, Chrome JSON',
  perfetto: 'Trace, Perfetto',
  ndjson: 'Trace, NDJSON',
  csv: 'Trace, CSV',
};

export const EXPORT_TEXT = {
  export: 'Export',
  formats: FORMATS,
  progress: 'Progress of the export',
  writing: (what: string, share: number | null, bytes: number) => `${what}: ${share === null ? 'writing' : `${percent(share, 0)}, ${megabytes(bytes)}`}`,
  project: 'Project (.weft.json)',
  openInPerfetto: 'Open in Perfetto ↗',
  inPerfetto: 'The trace is open in Perfetto.',
  fabric: 'Fabric',
  noFabric: 'The fabric is not on screen.',
  chart: (name: string) => `Chart: ${name}`,
  chartIn: (name: string, span: string) => `${name}, ${span}`,
  chartOf: (run: string, chart: string) => `${run} · ${chart}`,
  /** What files of a run are called: its kernel, or that it is a trace. */
  stem: (kernel: string | null, hash: string) => `weft-${kernel ?? 'trace'}-${hash}`,
  fabricStem: (stem: string, layer: string, cycle: number) => `${stem}-fabric-${layer}-${cycle}`,
  perfetto: {
    closed: "Perfetto's window was closed before the trace was there",
    silent: (address: string) => `${address} did not answer`,
    noWindow: 'the browser did not open a window',
    fixes: ['allow pop-ups for this page', 'save the trace for Perfetto and open the file there'],
  },
} as const;
