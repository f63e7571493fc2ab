/** The fabrics of both runs: A, B and their difference beside one another, or one picture of both. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { type CompareState, compare, cycleIn, cycleOf, hoverPair, SIDES, type SideId, type Spot } from '../../store/compare.ts';
import { chooseFile } from '../app/files.ts';
import { Segments } from '../controls/Choice.tsx';
import { Flyout } from '../controls/Flyout.tsx';
import type { Camera } from '../fabric/camera.ts';
import { statesData } from '../fabric/fabric-data.ts';
import { ZOOM_STEP, ZoomTools } from '../fabric/ZoomTools.tsx';
import { grouped, sentence } from '../format.ts';
import { useLab } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import type { Drawing } from '../picture/fabric-picture.ts';
import { type Offered, SaveMenu, saveDrawings } from '../picture/SavePicture.tsx';
import { FixList } from '../setup/ErrorBox.tsx';
import { TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Tables } from '../table/Tables.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { Differs } from './Controls.tsx';
import { useCompare, useCompareActions, useTable } from './context.ts';
import { Legend } from './Legend.tsx';
import type { PairPainter, PaneId } from './painter.ts';
import { legendTables } from './pair-data.ts';
import { PairTip, SelectedPe } from './SpotWords.tsx';
import { seenGrid } from './spot.ts';
import { COMPARE_TEXT, LAYER_OPTIONS } from './strings.ts';
import { Tag } from './Tag.tsx';
import { pairView } from './view.ts';

/** What stands above a fabric: tag, kernel, cycles, what it does now or why it is not there. */
function SideHead({ id }: { id: SideId }) {
  const kernel = useCompare((s) => s[id].result?.plan.kernel ?? (s[id].failure ?? s[id].program)?.title ?? s[id].config.kernel);
  const cycles = useCompare((s) => s[id].reader?.trace.cycles);
  const status = useCompare((s) => s[id].status);
  const progress = useCompare((s) => s[id].progress);
  const at = useCompare((s) => Math.floor(cycleOf(s, id)));
  const before = at < 0 ? COMPARE_TEXT.beginsIn(grouped(-at)) : cycles !== undefined && at > cycles ? COMPARE_TEXT.endedAgo(grouped(at - cycles)) : '';
  const running = COMPARE_TEXT.runningAt(grouped(progress?.cycle ?? 0));
  return (
    <header className="pane-head">
      <Tag id={id} />
      <strong>{kernel}</strong>
      <span className="t2">{status === 'running' ? running : cycles === undefined ? '' : COMPARE_TEXT.cyclesOf(grouped(cycles), before)}</span>
    </header>
  );
}

function PairHead({ kind }: { kind: 'difference' | 'overlay' }) {
  const byShare = useCompare(
    (s) =>
      s.a.reader !== null && s.b.reader !== null && (s.a.reader.trace.width !== s.b.reader.trace.width || s.a.reader.trace.height !== s.b.reader.trace.height),
  );
  return (
    <header className="pane-head">
      {kind === 'overlay' ? (
        <>
          <Tag id="a" />
          <Tag id="b" />
          <span className="t2">{COMPARE_TEXT.overlay}</span>
        </>
      ) : (
        <strong>{COMPARE_TEXT.minus}</strong>
      )}
      {byShare && (
        <Flyout face={<span>?</span>} label={COMPARE_TEXT.byShareLabel} className="q">
          {() => <span role="status">{COMPARE_TEXT.byShare}</span>}
        </Flyout>
      )}
    </header>
  );
}

/** Why there is no fabric; nothing while there is one. */
function Missing({ id }: { id: SideId }) {
  const { configure } = useCompareActions();
  const { status, error, config } = useCompare((s) => s[id]);
  const kernels = useCompare((s) => s.kernels);
  if (status === 'failed' && error) {
    return (
      <div className="error-box" role="alert">
        <strong>
          {id.toUpperCase()}: {sentence(error.message)}
        </strong>
        <FixList fixes={error.fixes} config={config} kernels={kernels} configure={(patch) => configure(id, patch)} />
      </div>
    );
  }
  if (status !== 'missing') return null;
  return (
    <div className="empty">
      {COMPARE_TEXT.missing(config.model)}{' '}
      <button type="button" className="link" onClick={chooseFile}>
        {TEXT.openIt}
      </button>
    </div>
  );
}

interface PaneProps {
  readonly id: PaneId;
  readonly painter: PairPainter;
  readonly label: string;
  readonly onCamera?: (camera: Camera | null) => void;
  readonly children: ReactNode;
}

function Pane({ id, painter, label, onCamera, children }: PaneProps) {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (stage.current === null || canvas.current === null) return;
    const { camera, detach } = painter.attach(id, stage.current, canvas.current);
    onCamera?.(camera);
    return () => {
      detach();
      onCamera?.(null);
    };
  }, [id, painter, onCamera]);
  const [over, setOver] = useState(false);
  const spotAt = ({ nativeEvent }: React.MouseEvent<HTMLCanvasElement>): Spot | null => painter.spotAt(id, nativeEvent.offsetX, nativeEvent.offsetY);
  const select = (event: React.MouseEvent<HTMLCanvasElement>): void => {
    const spot = spotAt(event);
    if (spot !== null) compare.setState({ spot });
  };
  const hover = (event: React.PointerEvent<HTMLCanvasElement>): void => {
    setOver(true);
    hoverPair(event.pointerType === 'touch' || event.buttons !== 0 ? null : spotAt(event));
  };
  const leave = (): void => {
    setOver(false);
    hoverPair(null);
  };
  return (
    <section className="pane-pair" aria-label={label}>
      {children}
      <div className="pair-stage" ref={stage}>
        <canvas ref={canvas} role="img" aria-label={COMPARE_TEXT.canvas(label)} onClick={select} onPointerMove={hover} onPointerLeave={leave} data-pane={id} />
        {over && <PairTip id={id} painter={painter} />}
      </div>
    </section>
  );
}

export function Panes({ painter }: { painter: PairPainter }) {
  const [table, setTable] = useTable('fabrics');
  const layer = useCompare((s) => s.layer);
  const [camera, setCamera] = useState<Camera | null>(null);
  const singleKeys = useLab((s) => s.singleKeys);
  const box = useKeptFocus<HTMLElement>();
  const onKey = (event: React.KeyboardEvent): void => {
    if (!singleKeys || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest('input, select, .pop')) return;
    if (event.key === '+' || event.key === '=') camera?.zoomBy(ZOOM_STEP);
    else if (event.key === '-') camera?.zoomBy(1 / ZOOM_STEP);
    else if (event.key === '0') camera?.fit();
  };
  return (
    <section ref={box} className="pair-panes" aria-label={COMPARE_TEXT.fabrics} onKeyDown={onKey}>
      <div className="pair-tools">
        <div className="labelled">
          <span aria-hidden="true">{COMPARE_TEXT.layer}</span>
          <Segments
            label={COMPARE_TEXT.layer}
            value={layer === 'demand' ? 'links' : layer}
            options={LAYER_OPTIONS}
            onChange={(value) => compare.setState({ layer: value })}
          />
        </div>
        <Differs />
        <PanesMenu painter={painter} />
        <TableToggle table={table} onChange={setTable} of={COMPARE_TEXT.fabrics} short />
        <ZoomTools camera={camera} />
      </div>
      <SelectedPe />
      <Legend />
      {table ? <PanesTable /> : <PaneGrid painter={painter} setCamera={setCamera} />}
    </section>
  );
}

/** The fabrics as pictures, and their PEs by state as numbers. */
function PanesMenu({ painter }: { painter: PairPainter }) {
  const { say } = useCompareActions();
  const view = useCompare((s) => s.view);
  const ids: readonly PaneId[] = view === 'side' ? ['a', 'b', 'difference'] : [view];
  const drawn = (id: PaneId): Drawing => {
    const drawing = painter.drawing(id);
    if (drawing === null) throw new Error(COMPARE_TEXT.noFabric);
    return drawing;
  };
  const picture = (name: string, stem: string, of: readonly PaneId[]): Offered => ({
    name,
    write: async (as) => saveDrawings(`weft-compare-${stem}`, as, () => of.map(drawn)),
  });
  const nameOf = (id: PaneId): string => (id === 'a' || id === 'b' ? COMPARE_TEXT.fabricOf(id.toUpperCase()) : COMPARE_TEXT.pictureOf[id]);
  const all = ids.length > 1 ? [picture(COMPARE_TEXT.allFabrics, 'pair', ids)] : [];
  const pictures = [...all, ...ids.map((id) => picture(nameOf(id), id, [id]))];
  const data = (): readonly ChartData[] => [...panesData(), painter.differenceData()].filter((one) => one !== null);
  return <SaveMenu of={COMPARE_TEXT.fabrics} stem="weft-compare" pictures={pictures} data={data} say={say} />;
}

/** PEs by state of both runs at their cycles of the common clock, and what the layer's values come to. */
function panesData(): readonly ChartData[] {
  const state = compare.getState();
  const { counts, legend } = pairView.getState();
  const states = SIDES.flatMap((id) => {
    const own = counts[id];
    const { reader } = state[id];
    if (own === null || reader === null) return [];
    const data = statesData(own, reader.pes, Math.floor(cycleIn(state, id)));
    return [{ ...data, title: `${id.toUpperCase()}: ${data.title}` }];
  });
  return legend === null ? states : [...states, ...legendTables(legend)];
}

function PanesTable() {
  // Follows the playhead at the pace of the numbers above the fabrics.
  useStore(pairView);
  return (
    <div className="panes tables">
      <Tables label={TEXT.statesNow} data={panesData()} />
    </div>
  );
}

/** Height of the fabrics in their width. */
function aspectOf(state: CompareState): number {
  const grid = seenGrid(state);
  return grid === null ? 1 : grid.height / grid.width;
}

function PaneGrid({ painter, setCamera }: { painter: PairPainter; setCamera: (camera: Camera | null) => void }) {
  const view = useCompare((s) => s.view);
  const aspect = useCompare(aspectOf);
  return (
    <div className={`panes ${view}`} style={{ '--aspect': aspect } as React.CSSProperties}>
      {view === 'side' && (
        <>
          <Pane id="a" painter={painter} label={COMPARE_TEXT.fabricOf('A')} onCamera={setCamera}>
            <SideHead id="a" />
            <Missing id="a" />
          </Pane>
          <Pane id="b" painter={painter} label={COMPARE_TEXT.fabricOf('B')}>
            <SideHead id="b" />
            <Missing id="b" />
          </Pane>
          <Pane id="difference" painter={painter} label={COMPARE_TEXT.pairOf.difference}>
            <PairHead kind="difference" />
          </Pane>
        </>
      )}
      {(view === 'a' || view === 'b') && (
        <Pane key={view} id={view} painter={painter} label={COMPARE_TEXT.fabricOf(view.toUpperCase())} onCamera={setCamera}>
          <SideHead id={view} />
          <Missing id={view} />
        </Pane>
      )}
      {(view === 'overlay' || view === 'difference') && (
        <Pane key={view} id={view} painter={painter} label={COMPARE_TEXT.pairOf[view]} onCamera={setCamera}>
          <div className="pair-heads">
            <SideHead id="a" />
            <SideHead id="b" />
            <PairHead kind={view} />
          </div>
          <Missing id="a" />
          <Missing id="b" />
        </Pane>
      )}
    </div>
  );
}
