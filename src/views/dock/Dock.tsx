/** The dock: what happened over time, what was computed, whether it is sound. */
import { type ReactNode, useEffect, useRef } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { lab } from '../../store/lab.ts';
import type { TimeSpan } from '../../store/span.ts';
import { type DockTab, hasValues, type TimedRun } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { sharesIn } from '../derived.ts';
import { useLab, useSelectedInView, useSpan, useToggle } from '../hooks.ts';
import { useArea } from '../inspector/Area.tsx';
import { DOCK_TABS, TEXT, TIME_TABS } from '../strings.ts';
import { TableToggle } from '../table/TableToggle.tsx';
import { NoRun } from '../verdict/Verdict.tsx';
import { ComputeResults } from './ComputeResults.tsx';
import { EstimateTab } from './EstimateTab.tsx';
import { EventsTab } from './EventsTab.tsx';
import { LanesTab, MOST_LANES } from './LanesTab.tsx';
import { LatencyTab } from './LatencyTab.tsx';
import { LinksTab } from './LinksTab.tsx';
import { NumericsTab } from './NumericsTab.tsx';
import { PathTab } from './PathTab.tsx';
import { PhysicsTab } from './PhysicsTab.tsx';
import { SpanTools } from './SpanTools.tsx';
import { StudyTab } from './StudyTab.tsx';
import { DOCK_TEXT } from './strings.ts';
import { UtilisationTab } from './UtilisationTab.tsx';
import { followTime } from './zoom.ts';

/** Tabs that are charts and so have a table. */
const CHARTS: readonly DockTab[] = ['utilisation', 'latency', 'lanes', 'links', 'study'];

/** What the chart shows, in a line. */
function caption(tab: DockTab, reader: TraceReader, span: TimeSpan, isArea: boolean): string {
  if (tab === 'utilisation') return DOCK_TEXT.sharesCaption(reader.pes, sharesIn(reader, span).bucketCycles);
  if (tab === 'latency') return DOCK_TEXT.latencyCaption(reader.pes);
  if (tab === 'lanes' && isArea) return TEXT.areaLanes(MOST_LANES);
  if (tab === 'lanes') return DOCK_TEXT.lanesCaption;
  return '';
}

function Content({ tab, table, result, reader }: { tab: DockTab; table: boolean; result: TimedRun | null; reader: TraceReader }) {
  if (tab === 'utilisation') return <UtilisationTab reader={reader} table={table} />;
  if (tab === 'latency') return <LatencyTab reader={reader} table={table} />;
  if (tab === 'lanes') return <LanesTab reader={reader} table={table} />;
  if (tab === 'links') return <LinksTab reader={reader} table={table} />;
  if (tab === 'events') return <EventsTab reader={reader} />;
  if (tab === 'path') return <PathTab reader={reader} />;
  if (result === null) return <p className="empty">{TEXT.noNumbers}</p>;
  if (tab === 'numerics') return hasValues(result) ? <NumericsTab result={result} /> : <ComputeResults result={result} />;
  if (tab === 'estimate') return <EstimateTab result={result} />;
  if (tab === 'study') return <StudyTab result={result} table={table} />;
  return <PhysicsTab result={result} />;
}

function Tools({ tab, reader, phone }: { tab: DockTab; reader: TraceReader; phone: boolean }) {
  const span = useSpan();
  const isArea = useArea(reader) !== null;
  return (
    <>
      {!phone && <span className="t11 t3 dock-caption">{caption(tab, reader, span, isArea)}</span>}
      {TIME_TABS.includes(tab) && <SpanTools />}
    </>
  );
}

/** What stands beside the names of the tabs; nothing without a run. */
function RunTools({ tab, phone, children }: { tab: DockTab; phone: boolean; children: ReactNode }) {
  const reader = useLab((s) => s.reader);
  return (
    reader && (
      <>
        <Tools tab={tab} reader={reader} phone={phone} />
        {children}
      </>
    )
  );
}

function Panel({ tab, table }: { tab: DockTab; table: boolean }) {
  const result = useLab((s) => s.result);
  const reader = useLab((s) => s.reader);
  if (reader) return <Content tab={tab} table={table} result={result} reader={reader} />;
  return (
    <div style={{ padding: 12 }}>
      <NoRun />
    </div>
  );
}

/** The tabs themselves know no run: they do not render again with each of them. */
export function Dock({ phone = false }: { phone?: boolean }) {
  const tab = useLab((s) => s.dockTab);
  const [table, setTable] = useToggle('dock-table');
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => (ref.current === null ? undefined : followTime(ref.current)), []);
  const list = useRef<HTMLDivElement>(null);
  useSelectedInView(list, tab);
  const isChart = CHARTS.includes(tab);
  return (
    <Tabs ref={ref} className="rac-tabs" selectedKey={tab} onSelectionChange={(key) => lab.setState({ dockTab: key as DockTab })}>
      <div className="ph">
        <TabList ref={list} className="tabs" aria-label={DOCK_TEXT.tabs}>
          {DOCK_TABS.map(({ id, name }) => (
            <Tab key={id} id={id}>
              {name}
            </Tab>
          ))}
        </TabList>
        <span className="sp" />
        <RunTools tab={tab} phone={phone}>
          {isChart && <TableToggle table={table} onChange={setTable} short={phone} />}
        </RunTools>
      </div>
      {DOCK_TABS.map(({ id }) => (
        <TabPanel key={id} id={id} className="body">
          <Panel tab={id} table={table && isChart} />
        </TabPanel>
      ))}
    </Tabs>
  );
}
