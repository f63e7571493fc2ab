/** The measured evidence with its charts: PEs, links, memory, roofline. */
import { bytes, count, grouped, percent, real } from '../../base/numbers.ts';
import type { Report } from '../types.ts';
import { linksChart } from './chart-links.ts';
import { histogramChart, mapChart, rampChart } from './chart-pes.ts';
import { rooflineChart } from './chart-roofline.ts';
import { sramChart } from './chart-sram.ts';
import { h, type Markup } from './markup.ts';
import { columns, figure, picture, right, section, table } from './parts.ts';

export function pes({ peBusy, peFinish }: Report): Markup {
  const busy = peBusy.distribution;
  const finish = peFinish.distribution;
  const share = (values: readonly number[]): string[] => values.map((v) => percent(v));
  const rows = [
    ...(busy === null ? [] : [['Busy share of a PE', ...share([busy.min, busy.mean, busy.p95, busy.max])]]),
    ...(finish === null ? [] : [['Last result at the edge, cycle', ...[finish.min, finish.mean, finish.p95, finish.max].map((v) => grouped(v))]]),
  ];
  const parts = [
    busy === null
      ? null
      : h(
          'div',
          {},
          h('h3', {}, 'Busy share'),
          picture(histogramChart(busy, '% busy', 326)),
          picture(mapChart(peBusy.map, { min: 0, max: 1 }, 'Busy share of each PE', 240)),
          rampChart('0\u202f%', '100\u202f%', 240),
        ),
    finish === null
      ? null
      : h(
          'div',
          {},
          h('h3', {}, 'Finish'),
          picture(histogramChart(finish, 'cycles', 326)),
          picture(mapChart(peFinish.map, finish, 'Cycle in which each PE finishes', 240)),
          rampChart(grouped(finish.min), `${grouped(finish.max)} cycles`, 240),
        ),
  ];
  return section('PEs', table(['', 'least', 'mean', '95th percentile', 'largest'], right(4), rows, 'Distribution over PEs'), columns(parts));
}

export function links({ links: report }: Report): Markup | null {
  if (report === null) return section('Links', h('p', {}, 'The trace is too long to follow every wavelet here; the physics checks below cover all of them.'));
  const { utilisation: u, demand: d } = report;
  const row = (name: string, v: typeof u): string[] => [name, ...[v.min, v.mean, v.p95, v.max].map((share) => percent(share))];
  return section(
    'Links: demand and utilisation',
    table(['', 'least', 'mean', '95th percentile', 'largest'], right(4), [row('Utilisation', u), row('Demand', d)], 'Links'),
    figure(
      (width) => linksChart(report, width),
      `The ten links with the largest demand of ${count(report.used, 'link')} that carried anything; filled: carried, outline: wanted. Named by the PE whose router sends.`,
    ),
  );
}

export function sram(report: Report): Markup {
  const { usedBytes, capacityBytes } = report.verdict.sram;
  const rows = report.memory.map((a) => [[h('i', { class: `swatch mb-${a.kind}` }), a.name], a.kind, grouped(a.address), bytes(a.bytes)]);
  return section(
    'SRAM of the fullest PE',
    figure((width) => sramChart(report, width)),
    table(
      ['allocation', 'kind', 'address', 'size'],
      ['left', 'left', 'right', 'right'],
      [...rows, ['Sum', '', '', bytes(usedBytes)], ['Free', '', '', bytes(capacityBytes - usedBytes)]],
      'SRAM',
    ),
  );
}

export function roofline({ roofline: r }: Report): Markup {
  const words = r.bound === 'ramp' ? 'the ramp, which delivers a wavelet a cycle, is the lower roof' : 'the row dot is the lower roof';
  return section(
    'Roofline of a PE',
    figure(
      (width) => rooflineChart(r, width),
      `${real(r.achieved, 3)} multiply-adds a cycle on PEs with rows, at ${real(r.intensity, 3)} for each word from the fabric: ${words}. Dashed: what the op table leaves with every block dequantised and set up for every column.`,
    ),
  );
}
