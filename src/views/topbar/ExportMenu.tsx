/** The run on screen, its report, its trace, its pictures, saved as files; nothing is uploaded. */
import { Link } from 'wouter';
import type { ExportFormat } from '../../api/protocol.ts';
import { lab } from '../../store/lab.ts';
import { type ShownRun, shownRun } from '../../store/shown.ts';
import { hasValues, type LabState, type TimedRun } from '../../store/types.ts';
import { notesNow, saveProject } from '../app/project.ts';
import { Flyout } from '../controls/Flyout.tsx';
import { pesData } from '../fabric/fabric-data.ts';
import { painterOnScreen } from '../fabric/on-screen.ts';
import { useActions, useLab } from '../hooks.ts';
import { DataRows, MenuItem, type PictureForm, PictureRow, saveCharts, saveDrawings } from '../picture/SavePicture.tsx';
import { DOCK_TABS, TIME_TABS } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { chartData } from '../table/on-screen.ts';
import { spanText } from '../table/run-data.ts';
import { compareLink } from './compare-link.ts';
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

const isResult = (run: ShownRun): run is TimedRun => 'plan' in run;

/** "weft-streaming-1a2b3c4d": what files of a run are called. */
const stemOf = (run: ShownRun): string => `weft-${isResult(run) ? run.plan.kernel : 'trace'}-${run.traceHash.slice(0, 8)}`;

/** The tab of the dock that is on screen; on the phone it may be none. */
const DOCK = '.dock [role=tabpanel]';

const slug = (name: string): string => name.toLowerCase().replace(/\W+/g, '-');

/** Saves the fabric on screen; returns the file's name. */
async function saveFabric(run: ShownRun, as: PictureForm): Promise<string> {
  const painter = painterOnScreen();
  if (painter === null || painter.scene === null) throw new Error('The fabric is not on screen.');
  const { layer } = lab.getState();
  const picture = { scene: painter.scene, layer, title: run.title, viewport: painter.camera.viewport };
  return saveDrawings(`${stemOf(run)}-fabric-${layer}-${picture.scene.frame.cycle}`, as, ({ fabricDrawing }) => [fabricDrawing(picture)]);
}

/** The dock's tab on screen, and what part of the run it shows if not all. */
function shownChart({ dockTab, span }: LabState): string {
  const name = DOCK_TABS.find(({ id }) => id === dockTab)?.name ?? '';
  return span === null || !TIME_TABS.includes(dockTab) ? name : `${name}, ${spanText(span)}`;
}

/** The PEs of the fabric on screen; nothing while it is not. */
function fabricNow(): readonly ChartData[] {
  const scene = painterOnScreen()?.scene ?? null;
  return scene === null ? [] : [pesData(scene)];
}

function Items({ run, close }: { run: ShownRun; close: () => void }) {
  const { exportRun, say } = useActions();
  const chart = useLab(shownChart);
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
    save(name, type, await exportRun(run, id, notesNow()));
    return name;
  };
  const perfetto = async (): Promise<string> => {
    await openInPerfetto(run.title, `${stemOf(run)}.pftrace`, () => exportRun(run, 'perfetto', notesNow()));
    return 'The trace is open in Perfetto.';
  };
  return (
    <>
      {[...(hasValues(run) ? REPORTS : []), ...TRACES].map((format) => (
        <MenuItem key={format.id} act={() => saving(() => write(format))}>
          {format.name}
        </MenuItem>
      ))}
      <MenuItem act={() => saving(async () => saveProject())}>Project (.weft.json)</MenuItem>
      <MenuItem act={() => void doing(perfetto)}>Open in Perfetto ↗</MenuItem>
      <PictureRow name="Fabric" write={(as) => saving(() => saveFabric(run, as))} />
      {document.querySelector(DOCK) !== null && (
        <PictureRow
          name={`Chart: ${chart}`}
          write={(as) => saving(() => saveCharts(DOCK, `${stemOf(run)}-${slug(chart)}`, `${run.title} · ${chart} · Weft`, as))}
        />
      )}
      <DataRows stem={stemOf(run)} data={[...fabricNow(), ...chartData()]} write={(act) => saving(async () => act())} />
    </>
  );
}

export function ExportMenu() {
  const run = useLab(shownRun);
  return (
    <Flyout face="Export" className="btn" sheetClass="menu" menu="export" disabled={run === null}>
      {(close) => run && <Items run={run} close={close} />}
    </Flyout>
  );
}

/** What the wide bar has and the phone's has no room for: the other pages, comparing this run, its files. */
export function PhoneMenu() {
  const run = useLab(shownRun);
  const compare = useLab(compareLink);
  const places = [
    ['Compare this run', compare],
    ['Sweep', '/sweep/'],
    ['Learn', '/learn/'],
    ['Model', '/model/'],
    ['Examples', '/'],
  ] as const;
  return (
    <Flyout face="⋯" label="Pages and export" className="btn i" sheetClass="menu" menu="export">
      {(close) => (
        <>
          {places.map(([name, href]) => (
            <Link key={name} className="btn" href={href}>
              {name}
            </Link>
          ))}
          {run && <Items run={run} close={close} />}
        </>
      )}
    </Flyout>
  );
}
