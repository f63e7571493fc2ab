/** The numbers behind the fabric: PEs by state, what a layer's values come to, wavelets by stream, and every PE with what it shows. */
import { percent } from '../../base/numbers.ts';
import type { Layer } from '../../store/types.ts';
import { IDLE, type TraceReader } from '../../trace/reader.ts';
import { KINDS } from '../../trace/schema.ts';
import type { Scene } from '../canvas/scene.ts';
import { LAYER_NAMES, STATE_NAMES } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { magnitudeOf, magnitudeText, TOLD, unitOf } from './layer.ts';
import { stateRows } from './StateLegend.tsx';
import { directionsOf } from './StreamLegend.tsx';
import { FABRIC_TEXT, MAGNITUDE_TITLES } from './strings.ts';
import type { Legend } from './view.ts';

const t = FABRIC_TEXT.table;

/** PEs by state. */
export function statesData(counts: readonly number[], pes: number, cycle: number): ChartData {
  return {
    title: t.at(pes, cycle),
    columns: [
      { name: t.columns.state, key: 'state' },
      { name: t.columns.pes, key: 'pes' },
      { name: t.columns.share, key: 'share', show: percent },
    ],
    rows: stateRows(counts).map(({ name, count }) => [STATE_NAMES[name], count, count / pes]),
  };
}

/** What the legend beside the fabric says. */
export function legendData(legend: Legend, { program, pes }: TraceReader, cycle: number): readonly ChartData[] {
  const magnitude = magnitudeOf(legend.layer);
  const { summary } = legend;
  const streams: ChartData = {
    title: t.streams,
    columns: [
      { name: t.columns.stream, key: 'stream' },
      { name: t.columns.color, key: 'color' },
      { name: t.columns.leads, key: 'leads' },
      { name: t.columns.onLinks, key: 'wavelets_on_links' },
    ],
    rows: program.streams.map(({ color, letter, meaning }) => [`${letter}, ${meaning}`, color, directionsOf(program, color), legend.onLinks[color]]),
  };
  const values = (): ChartData[] => {
    if (magnitude === null || summary === null) return [];
    const columns = [
      { name: t.columns.ofAll, key: 'of' },
      { name: LAYER_NAMES[legend.layer], key: 'value', show: (v: number) => magnitudeText(magnitude, v) },
    ];
    const rows = TOLD.map((of) => [FABRIC_TEXT.magnitude.summary[of], summary[of]]);
    return [{ title: MAGNITUDE_TITLES[magnitude](legend.window), columns, rows }];
  };
  return [statesData(legend.counts, pes, cycle), ...values(), streams];
}

/** Every PE: its place, its state, and the value of the layer if that has one. */
export function pesData({ reader, states, values }: Scene, layer: Layer): ChartData {
  const { width } = reader.trace;
  const nameOf = (kind: number): string => (kind === IDLE ? 'idle' : KINDS[kind]);
  const magnitude = magnitudeOf(layer);
  const hasValues = values !== null && magnitude !== null;
  const value = hasValues ? [{ name: t.columns.value(LAYER_NAMES[layer], unitOf(magnitude)), key: `${layer}_${unitOf(magnitude)}` }] : [];
  return {
    title: t.now,
    columns: [{ name: 'x', key: 'x' }, { name: 'y', key: 'y' }, { name: t.columns.state, key: 'state' }, ...value],
    /** Made when they are saved: a whole wafer has 745 500 of them. */
    get rows() {
      return Array.from(states, (kind, pe) => {
        const own = !hasValues ? [] : [values.perPe[pe] < 0 ? null : values.perPe[pe]];
        return [pe % width, Math.floor(pe / width), nameOf(kind), ...own];
      });
    },
  };
}
