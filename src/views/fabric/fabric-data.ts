/** The numbers behind the fabric: PEs by state, what a layer's values come to, wavelets by stream, and every PE with what it shows. */
import { grouped, percent } from '../../base/numbers.ts';
import { IDLE, type TraceReader } from '../../trace/reader.ts';
import { KINDS } from '../../trace/schema.ts';
import type { Scene } from '../canvas/scene.ts';
import { STATE_NAMES } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { LAYER_NAMES, magnitudeOf, magnitudeText, magnitudeTitle } from './layer.ts';
import { stateRows } from './StateLegend.tsx';
import { directionsOf } from './StreamLegend.tsx';
import type { Legend } from './view.ts';

/** PEs by state. */
export function statesData(counts: readonly number[], pes: number, cycle: number): ChartData {
  return {
    title: `${grouped(pes)} PEs at cycle ${grouped(cycle)}`,
    columns: [
      { name: 'State', key: 'state' },
      { name: 'PEs', key: 'pes' },
      { name: 'Share', key: 'share', show: percent },
    ],
    rows: stateRows(counts).map(({ name, count }) => [STATE_NAMES[name], count, count / pes]),
  };
}

/** What the legend beside the fabric says. */
export function legendData(legend: Legend, { program, pes }: TraceReader, cycle: number): readonly ChartData[] {
  const magnitude = magnitudeOf(legend.layer);
  const { summary } = legend;
  const streams: ChartData = {
    title: 'Streams',
    columns: [
      { name: 'Stream', key: 'stream' },
      { name: 'Color', key: 'color' },
      { name: 'Leads', key: 'leads' },
      { name: 'Wavelets on links', key: 'wavelets_on_links' },
    ],
    rows: program.streams.map(({ color, letter, meaning }) => [`${letter}, ${meaning}`, color, directionsOf(program, color), legend.onLinks[color]]),
  };
  const values = (): ChartData[] => {
    if (magnitude === null || summary === null) return [];
    const columns = [
      { name: 'Of all PEs', key: 'of' },
      { name: LAYER_NAMES[legend.layer], key: 'value', show: (v: number) => magnitudeText(magnitude, v) },
    ];
    const rows = (['max', 'p95', 'mean', 'min'] as const).map((of) => [
      { max: 'maximum', p95: '95th percentile', mean: 'mean', min: 'minimum' }[of],
      summary[of],
    ]);
    return [{ title: magnitudeTitle(magnitude, legend.window), columns, rows }];
  };
  return [statesData(legend.counts, pes, cycle), ...values(), streams];
}

/** Every PE: its place, its state, and the value of the layer if that has one. */
export function pesData({ reader, states, values }: Scene): ChartData {
  const { width } = reader.trace;
  const nameOf = (kind: number): string => (kind === IDLE ? 'idle' : KINDS[kind]);
  const value = values === null ? [] : [{ name: 'Value', key: 'value' }];
  return {
    title: 'PEs now',
    columns: [{ name: 'x', key: 'x' }, { name: 'y', key: 'y' }, { name: 'State', key: 'state' }, ...value],
    /** Made when they are saved: a whole wafer has 745 500 of them. */
    get rows() {
      return Array.from(states, (kind, pe) => {
        const own = values === null ? [] : [values.perPe[pe] < 0 ? null : values.perPe[pe]];
        return [pe % width, Math.floor(pe / width), nameOf(kind), ...own];
      });
    },
  };
}
