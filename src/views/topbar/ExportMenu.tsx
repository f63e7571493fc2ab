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
import { sentence } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { DataRows, MenuItem, type PictureForm, PictureRow, saveCharts, saveDrawings } from '../picture/SavePicture.tsx';
import { DOCK_TABS, PAGE_NAMES, TEXT, TIME_TABS } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { chartData } from '../table/on-screen.ts';
import { peCyclesData, spanText } from '../table/run-data.ts';
import { TABLE_TEXT } from '../table/strings.ts';
import { PE_CYCLES } from '../verdict/StateBar.tsx';
import { useCompareLink } from './compare-link.ts';
import { openInPerfetto } from './perfetto.ts';
import { save } from './save.ts';
import { EXPORT_TEXT, TOPBAR_TEXT } from './strings.ts';

interface Format {
  readonly id: ExportFormat;
  readonly extension: string;
  readonly type: string;
}

/** What only a run with numbers has. */
const REPORTS: readonly Format[] = [
  { id: 'html', extension: 'html', type: 'text/html' },
  { id: 'markdown', extension: 'md', type: 'text/markdown' },
  { id: 'json', extension: 'json', type: 'application/json' },
];
const TRACES: readonly Format[] = [
  { id: 'trace', extension: 'weft-trace', type: 'application/octet-stream' },
  { id: 'chrome', extension: 'trace.json', type: 'application/json' },
  { id: 'perfetto', extension: 'pftrace', type: 'application/octet-stream' },
  { id: 'ndjson', extension: 'ndjson', type: 'application/x-ndjson' },
  { id: 'csv', extension: 'csv', type: 'text/csv' },
];

const isResult = (run: ShownRun): run is TimedRun => 'plan' in run;

/** "weft-streaming-1a2b3c4d": what files of a run are called. */
const stemOf = (run: ShownRun): string => EXPORT_TEXT.stem(isResult(run) ? run.plan.kernel : null, run.traceHash.slice(0, 8));

/** The tab of the dock that is on screen; on the phone it may be none. */
const DOCK = '.dock [role=tabpanel]';

const slug = (name: string): string => name.toLowerCase().replace(/\W+/g, '-');

/** Saves the fabric on screen; returns the file's name. */
async function saveFabric(run: ShownRun, as: PictureForm): Promise<string> {
  const painter = painterOnScreen();
  if (painter === null || painter.scene === null) throw new Error(EXPORT_TEXT.noFabric);
  const { layer } = lab.getState();
  const picture = { scene: painter.scene, layer, title: run.title, viewport: painter.camera.viewport };
  return saveDrawings(EXPORT_TEXT.fabricStem(stemOf(run), layer, picture.scene.frame.cycle), as, ({ fabricDrawing }) => [fabricDrawing(picture)]);
}

/** The dock's tab on screen, and what part of the run it shows if not all. */
function shownChart({ dockTab, span }: LabState): string {
  const name = DOCK_TABS.find(({ id }) => id === dockTab)?.name ?? '';
  return span === null || !TIME_TABS.includes(dockTab) ? name : EXPORT_TEXT.chartIn(name, spanText(span));
}

/** The PEs of the fabric on screen; nothing while it is not. */
function fabricNow(): readonly ChartData[] {
  const scene = painterOnScreen()?.scene ?? null;
  return scene === null ? [] : [pesData(scene, lab.getState().layer)];
}

/** What the PEs of a run with numbers did. */
const statesNow = (run: ShownRun): readonly ChartData[] => (isResult(run) ? [peCyclesData(run.metrics.peCycles)] : []);

function Items({ run, close }: { run: ShownRun; close: () => void }) {
  const { exportRun, say } = useActions();
  const chart = useLab(shownChart);
  /** Does what the item says, then says what was done or what went wrong. */
  const doing = async (work: () => Promise<string>): Promise<void> => {
    close();
    try {
      say(await work());
    } catch (error) {
      say(sentence(error instanceof Error ? error.message : String(error)));
    }
  };
  const saving = (work: () => Promise<string>): void => void doing(async () => TEXT.saved(await work()));
  const write = async ({ id, extension, type }: Format): Promise<string> => {
    const name = `${stemOf(run)}.${extension}`;
    save(name, type, [await exportRun(run, id, notesNow())]);
    return name;
  };
  const perfetto = async (): Promise<string> => {
    await openInPerfetto(run.title, `${stemOf(run)}.pftrace`, () => exportRun(run, 'perfetto', notesNow()));
    return EXPORT_TEXT.inPerfetto;
  };
  return (
    <>
      {[...(hasValues(run) ? REPORTS : []), ...TRACES].map((format) => (
        <MenuItem key={format.id} act={() => saving(() => write(format))}>
          {EXPORT_TEXT.formats[format.id]}
        </MenuItem>
      ))}
      <MenuItem act={() => saving(async () => saveProject())}>{EXPORT_TEXT.project}</MenuItem>
      <MenuItem act={() => void doing(perfetto)}>{EXPORT_TEXT.openInPerfetto}</MenuItem>
      <PictureRow name={EXPORT_TEXT.fabric} write={(as) => saving(() => saveFabric(run, as))} />
      {document.getElementById(PE_CYCLES) !== null && (
        <PictureRow
          name={TABLE_TEXT.peCycles}
          write={(as) =>
            saving(() => saveCharts(`#${PE_CYCLES}`, `${stemOf(run)}-${PE_CYCLES}`, TEXT.pageTitle(EXPORT_TEXT.chartOf(run.title, TABLE_TEXT.peCycles)), as))
          }
        />
      )}
      {document.querySelector(DOCK) !== null && (
        <PictureRow
          name={EXPORT_TEXT.chart(chart)}
          write={(as) => saving(() => saveCharts(DOCK, `${stemOf(run)}-${slug(chart)}`, TEXT.pageTitle(EXPORT_TEXT.chartOf(run.title, chart)), as))}
        />
      )}
      <DataRows stem={stemOf(run)} data={[...fabricNow(), ...statesNow(run), ...chartData()]} write={(act) => saving(async () => act())} />
    </>
  );
}

export function ExportMenu() {
  const run = useLab(shownRun);
  return (
    <Flyout face={EXPORT_TEXT.export} className="btn" sheetClass="menu" menu="export" disabled={run === null}>
      {(close) => run && <Items run={run} close={close} />}
    </Flyout>
  );
}

/** What the wide bar has and the phone's has no room for: the other pages, comparing this run, its files. */
export function PhoneMenu() {
  const run = useLab(shownRun);
  const compare = useCompareLink();
  const places = [
    [TOPBAR_TEXT.compareThis, compare],
    [PAGE_NAMES.sweep, '/sweep/'],
    [PAGE_NAMES.learn, '/learn/'],
    [PAGE_NAMES.model, '/model/'],
    [PAGE_NAMES.examples, '/'],
  ] as const;
  return (
    <Flyout face="⋯" label={TOPBAR_TEXT.menu} className="btn i" sheetClass="menu" menu="export">
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
