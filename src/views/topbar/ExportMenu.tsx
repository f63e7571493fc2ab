/** The run on screen, its report, its trace, its pictures, saved as files; nothing is uploaded. */
import type { ReactNode } from 'react';
import type { ExportFormat } from '../../api/protocol.ts';
import { lab } from '../../store/lab.ts';
import { type ShownRun, shownRun } from '../../store/shown.ts';
import type { RunResult } from '../../store/types.ts';
import { saveProject } from '../app/project.ts';
import { Flyout } from '../controls/Flyout.tsx';
import { painterOnScreen } from '../fabric/on-screen.ts';
import { useActions, useLab } from '../hooks.ts';
import { DOCK_TABS } from '../strings.ts';
import { openInPerfetto } from './perfetto.ts';
import { save } from './save.ts';

interface Format {
  readonly id: ExportFormat;
  readonly name: string;
  readonly extension: string;
  readonly type: string;
}

/** What only a run with numbers has. */
const REPORTS: readonly Format[] = [
  { id: 'html', name: 'Report, HTML', extension: 'html', type: 'text/html' },
  { id: 'markdown', name: 'Report, Markdown', extension: 'md', type: 'text/markdown' },
  { id: 'json', name: 'Report, JSON', extension: 'json', type: 'application/json' },
];
const TRACES: readonly Format[] = [
  { id: 'trace', name: 'Trace (.weft-trace)', extension: 'weft-trace', type: 'application/octet-stream' },
  { id: 'chrome', name: 'Trace, Chrome JSON', extension: 'trace.json', type: 'application/json' },
  { id: 'perfetto', name: 'Trace, Perfetto', extension: 'pftrace', type: 'application/octet-stream' },
  { id: 'ndjson', name: 'Trace, NDJSON', extension: 'ndjson', type: 'application/x-ndjson' },
  { id: 'csv', name: 'Trace, CSV', extension: 'csv', type: 'text/csv' },
];
const SCALES = [1, 2, 4] as const;

type Picture = 'svg' | (typeof SCALES)[number];

const isResult = (run: ShownRun): run is RunResult => 'plan' in run;

/** "weft-streaming-1a2b3c4d": what files of a run are called. */
const stemOf = (run: ShownRun): string => `weft-${isResult(run) ? run.plan.kernel : 'trace'}-${run.traceHash.slice(0, 8)}`;

/** Saves the fabric on screen; returns the file's name. */
async function saveFabric(run: ShownRun, as: Picture): Promise<string> {
  const painter = painterOnScreen();
  if (painter === null || painter.scene === null) throw new Error('The fabric is not on screen.');
  const { fabricPng, fabricSvg } = await import('../picture/fabric-picture.ts');
  const { layer } = lab.getState();
  const picture = { scene: painter.scene, layer, title: run.title, viewport: painter.camera.viewport };
  return saveAs(`${stemOf(run)}-fabric-${layer}-${picture.scene.frame.cycle}`, as, as === 'svg' ? await fabricSvg(picture) : await fabricPng(picture, as));
}

/** Saves what a panel shows as charts; returns the file's name. */
async function saveChart(run: ShownRun, name: string, as: Picture): Promise<string> {
  const panel = document.querySelector('.dock [role=tabpanel]');
  if (panel === null) throw new Error('The timeline is not on screen.');
  const { chartPicture, rasterise } = await import('../picture/chart-picture.ts');
  const chart = chartPicture(panel, `${run.title} · ${name} · Weft`);
  return saveAs(`${stemOf(run)}-${name.toLowerCase().replace(/\W+/g, '-')}`, as, as === 'svg' ? chart.svg : await rasterise(chart, as));
}

function saveAs(stem: string, as: Picture, content: BlobPart): string {
  const name = as === 'svg' ? `${stem}.svg` : `${stem}@${as}x.png`;
  save(name, as === 'svg' ? 'image/svg+xml' : 'image/png', [content]);
  return name;
}

function Item({ act, label, children }: { act: () => void; label?: string; children: ReactNode }) {
  return (
    <button type="button" className="btn" aria-label={label} onClick={act}>
      {children}
    </button>
  );
}

/** One picture in its four forms. */
function PictureRow({ name, write }: { name: string; write: (as: Picture) => void }) {
  return (
    <span className="menu-row">
      <span className="t2">{name}</span>
      <span className="sp" />
      <Item label={`${name}, SVG`} act={() => write('svg')}>
        SVG
      </Item>
      <span className="t11 t3">PNG</span>
      {SCALES.map((scale) => (
        <Item key={scale} label={`${name}, PNG ${scale}x`} act={() => write(scale)}>
          {scale}×
        </Item>
      ))}
    </span>
  );
}

function Items({ run, close }: { run: ShownRun; close: () => void }) {
  const { exportRun, say } = useActions();
  const chart = useLab((s) => DOCK_TABS.find(({ id }) => id === s.dockTab)?.name ?? '');
  /** Does what the item says, then says what was done or what went wrong. */
  const doing = async (work: () => Promise<string>): Promise<void> => {
    try {
      say(await work());
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    close();
  };
  const saving = (work: () => Promise<string>): void => void doing(async () => `${await work()} was saved.`);
  const write = async ({ id, extension, type }: Format): Promise<string> => {
    const name = `${stemOf(run)}.${extension}`;
    save(name, type, await exportRun(run, id));
    return name;
  };
  const perfetto = async (): Promise<string> => {
    await openInPerfetto(run.title, `${stemOf(run)}.pftrace`, () => exportRun(run, 'perfetto'));
    return 'The trace is open in Perfetto.';
  };
  return (
    <>
      {[...(isResult(run) ? REPORTS : []), ...TRACES].map((format) => (
        <Item key={format.id} act={() => saving(() => write(format))}>
          {format.name}
        </Item>
      ))}
      <Item act={() => saving(async () => saveProject())}>Project (.weft.json)</Item>
      <Item act={() => void doing(perfetto)}>Open in Perfetto ↗</Item>
      <PictureRow name="Fabric" write={(as) => saving(() => saveFabric(run, as))} />
      <PictureRow name={`Chart: ${chart}`} write={(as) => saving(() => saveChart(run, chart, as))} />
    </>
  );
}

export function ExportMenu() {
  const run = useLab(shownRun);
  return (
    <Flyout face="Export" className="btn" sheetClass="menu" disabled={run === null}>
      {(close) => run && <Items run={run} close={close} />}
    </Flyout>
  );
}
