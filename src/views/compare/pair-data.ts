/** The numbers of two runs in words and as tables: the legend's, and those of every PE or link. */
import { LINK_PORTS } from '../../analysis/magnitudes.ts';
import { pairGrid, type SideValues } from '../../analysis/pair-map.ts';
import { grouped } from '../../base/numbers.ts';
import { PORT_NAMES } from '../../machine/fabric.ts';
import type { CompareState, SideId } from '../../store/compare.ts';
import { IDLE } from '../../trace/reader.ts';
import { KINDS } from '../../trace/schema.ts';
import type { Scene } from '../canvas/scene.ts';
import { differenceShort, differenceText, magnitudeText, TOLD, unitOf } from '../fabric/layer.ts';
import { FABRIC_TEXT, MAGNITUDE_TITLES } from '../fabric/strings.ts';
import { LAYER_NAMES, STAGE_NAMES } from '../strings.ts';
import type { Cell, ChartData, Column } from '../table/chart-data.ts';
import { subtracted } from './pair-values.ts';
import type { Delta } from './sheet.ts';
import { COMPARE_TEXT } from './strings.ts';
import type { PairLegend } from './view.ts';

/** What the numbers of a layer are, with the stage of a latency. */
export function layerTitle({ layer, stage, window }: Pick<PairLegend, 'layer' | 'stage' | 'window'>): string {
  const title = MAGNITUDE_TITLES[subtracted(layer)](window);
  return layer === 'latency' ? COMPARE_TEXT.untilStage(title, STAGE_NAMES[stage]) : title;
}

/** What is subtracted, in words. */
export const differenceTitle = (legend: PairLegend): string =>
  legend.layer === 'links' || legend.layer === 'demand' ? COMPARE_TEXT.byLink(layerTitle(legend)) : layerTitle(legend);

/** Numbers that large leave no room for others between them. */
const LONG = 10_000;

/**
 * Numbers at the ends, the quarters and the middle of the scale of differences, which goes as the square root; no quarters between whole
 * numbers, or where there is no room for them.
 */
export function differenceLabels({ layer, scale: { limit } }: PairLegend): readonly string[] {
  const of = subtracted(layer);
  const hasQuarters = unitOf(of) === 'share' || (limit >= 4 && limit < LONG);
  const quarter = (share: number): readonly string[] => (hasQuarters ? [differenceShort(of, share * limit)] : []);
  return [differenceShort(of, -limit), ...quarter(-1 / 4), '0', ...quarter(1 / 4), differenceShort(of, limit)];
}

/** Why a cell has no difference. */
export const MISSING = ['onlyA', 'onlyB', 'neither'] as const;

/** How many cells have no difference, by why; nothing on layers where every PE has a value. */
export function missingCounts({ layer, facts }: PairLegend): readonly { readonly id: (typeof MISSING)[number]; readonly text: string }[] {
  if (!['latency', 'queues', 'demand'].includes(layer)) return [];
  return MISSING.map((id) => ({ id, text: COMPARE_TEXT.missingValue[id](grouped(facts[id])) }));
}

const columnOf = (name: string, side: string, layer: PairLegend['layer'], show?: Column['show']): Column => {
  const unit = unitOf(subtracted(layer));
  return { name: COMPARE_TEXT.inUnit(name, unit), key: `${side}_${unit}`, ...(show && { show }) };
};

/** What the legend says, as tables. */
export function legendTables(legend: PairLegend): readonly ChartData[] {
  const { layer, a, b, facts } = legend;
  const of = subtracted(layer);
  const t = FABRIC_TEXT.magnitude.summary;
  const value = (v: number): string => magnitudeText(of, v);
  const first = { name: FABRIC_TEXT.table.columns.ofAll, key: 'of' };
  const sides: ChartData = {
    title: layerTitle(legend),
    columns: [first, columnOf('A', 'a', layer, value), columnOf('B', 'b', layer, value)],
    rows: TOLD.map((told) => [t[told], a?.[told] ?? null, b?.[told] ?? null]),
  };
  const differences: ChartData = {
    title: COMPARE_TEXT.captionDifference(differenceTitle(legend)),
    columns: [first, columnOf(COMPARE_TEXT.minus, 'difference', layer, (v) => differenceText(of, v))],
    rows: (['max', 'mean', 'min'] as const).map((told) => [t[told], facts.both === 0 ? null : facts[told]]),
  };
  const cells: ChartData = {
    title: COMPARE_TEXT.pesCompared,
    columns: [
      { name: COMPARE_TEXT.minus, key: 'difference' },
      { name: FABRIC_TEXT.table.columns.pes, key: 'pes' },
    ],
    rows: [[COMPARE_TEXT.alike, facts.both - facts.differ], [COMPARE_TEXT.differ, facts.differ], ...MISSING.map((id) => [COMPARE_TEXT.noValue[id], facts[id]])],
  };
  return [...(a === null && b === null ? [] : [sides]), differences, cells];
}

/** Every cell of both runs: its place, A, B and B - A; on layers of links every link that carried or was asked to carry anything. */
export function differenceData(
  { layer }: CompareState,
  scenes: Readonly<Record<SideId, Scene>>,
  sides: Readonly<Record<SideId, SideValues>>,
  { cells, links }: Delta,
): ChartData {
  const { width } = pairGrid(scenes.a.reader, scenes.b.reader);
  const parts = links === null ? 1 : LINK_PORTS;
  const deltas = links ?? cells;
  const valueAt = (id: SideId, at: number): number | null => {
    const { values, upTo, under } = sides[id];
    const value = values[under[Math.floor(at / parts)] * parts + (at % parts)];
    return value < 0 || (upTo !== null && value > upTo) ? null : value;
  };
  const stateAt = (id: SideId, cell: number): Cell => {
    const kind = scenes[id].states[sides[id].under[cell]];
    return kind === IDLE ? 'idle' : KINDS[kind];
  };
  const states = layer === 'state';
  const rowAt = (at: number): Cell[] => {
    const cell = Math.floor(at / parts);
    const [a, b] = [valueAt('a', at), valueAt('b', at)];
    const what = states ? [stateAt('a', cell), stateAt('b', cell)] : parts > 1 ? [PORT_NAMES[at % parts]] : [];
    return [cell % width, Math.floor(cell / width), ...what, a, b, a === null || b === null ? null : deltas[at]];
  };
  const what = [
    { name: COMPARE_TEXT.stateOf('A'), key: 'a_state' },
    { name: COMPARE_TEXT.stateOf('B'), key: 'b_state' },
  ];
  return {
    title: parts > 1 ? COMPARE_TEXT.linkByLink(LAYER_NAMES[layer]) : COMPARE_TEXT.peByPe(LAYER_NAMES[subtracted(layer)]),
    columns: [
      { name: 'x', key: 'x' },
      { name: 'y', key: 'y' },
      ...(states ? what : []),
      ...(parts > 1 ? [{ name: COMPARE_TEXT.link, key: 'link' }] : []),
      columnOf('A', 'a', layer),
      columnOf('B', 'b', layer),
      columnOf(COMPARE_TEXT.minus, 'difference', layer),
    ],
    /** Made when they are saved: a whole wafer has 745 500 of them. */
    get rows() {
      const rows: Cell[][] = [];
      for (let at = 0; at < deltas.length; at++) if (parts === 1 || valueAt('a', at) || valueAt('b', at)) rows.push(rowAt(at));
      return rows;
    },
  };
}
