/** The page that answers: five numbers, two sentences, where the cycles go, and what holds it up. */

import { bytes, count, factor, grouped, percent, real, signed } from '../../base/numbers.ts';
import type { Report } from '../types.ts';
import { checksWord, clockWord, closedFormWord, fitsWord, includesWord, placeWord, plainLoopWord, shapeWord, timeWord } from '../words.ts';
import { mapChart, rampChart } from './chart-pes.ts';
import { timeChart, timeLegend } from './chart-time.ts';
import { tornadoChart } from './chart-tornado.ts';
import { h, type Markup } from './markup.ts';
import { columns, figure, mark, picture, right, section, table } from './parts.ts';
import { cyclesUnit, numberAndUnit } from './words.ts';

/** Phases that are listed on the first page; the evidence lists all. */
const PHASES = 8;
/** Constants that are drawn; the evidence lists all. */
const BARS = 6;

/** `fine` is the report's PE time in parts as fine as the chart is wide. */
export function firstPage(report: Report, fine: Report['overTime']): Markup[] {
  return [
    h('h1', {}, report.title),
    h('p', { class: 'lead' }, `${shapeWord(report)} weights, f32 arithmetic. ${placeWord(report)}. ${report.attribution}`.trim()),
    numbers(report),
    h('p', { class: 'verdict' }, `Bottleneck: ${report.verdict.bottleneck.sentence} Confidence: ${report.verdict.confidence.sentence}`),
    section(
      'Where the cycles go',
      timeLegend(report),
      figure((width) => timeChart(fine, width)),
    ),
    columns(phases(report), finish(report)),
    columns(configuration(report), checks(report)),
    ...(report.sensitivity === null ? [] : [sensitivity(report.sensitivity)]),
  ];
}

function numbers(report: Report): Markup {
  const { verdict, summary } = report;
  const { closedForm, lowerBound, sram } = verdict;
  const cell = (name: string, value: string, more: string): Markup => h('div', {}, h('dt', {}, name), h('dd', { class: 'big' }, value), h('dd', {}, more));
  return h(
    'dl',
    { class: 'numbers' },
    cell(summary.includesLoad ? 'With load and host' : 'Simulated', grouped(verdict.cycles), cyclesUnit(verdict.cycles)),
    cell(`At ${clockWord(report)}`, ...numberAndUnit(timeWord(report))),
    cell('Lower bound', factor(lowerBound.factor), `${grouped(lowerBound.cycles)} cycles, ${percent(1 / lowerBound.factor)}`),
    cell('Closed form', signed(closedForm.difference), `${grouped(closedForm.cycles)} cycles, ${signed(closedForm.share * 100, 1)}\u202f%`),
    cell('SRAM, fullest PE', percent(sram.share), `${sram.fits ? 'fits' : 'does not fit'}, ${grouped(sram.usedBytes)} of ${bytes(sram.capacityBytes)}`),
  );
}

function phases({ phases: list, summary }: Report): Markup {
  const cycles = summary.simulatedCycles;
  const row = (p: Report['phases'][number]): string[] => [p.name, grouped(p.end - p.begin), percent((p.end - p.begin) / cycles)];
  const before = list.length > 0 && list[0].begin > 0 ? [['before the first phase', grouped(list[0].begin), percent(list[0].begin / cycles)]] : [];
  const all = [...before, ...list.map(row)];
  const shown = all.length > PHASES ? [...all.slice(0, PHASES - 2), [`${all.length - PHASES + 1} more, see Phases`, '', ''], all[all.length - 1]] : all;
  return section('Phases', table(['', 'cycles', 'share'], right(2), [...shown, ['Total', grouped(cycles), '']], 'Phases, in short'));
}

function finish({ peFinish, summary }: Report): Markup {
  const { distribution: d, map } = peFinish;
  if (d === null) return section('When each PE finishes', h('p', {}, 'No PE sends results of its own.'));
  const rows = [
    ['first', grouped(d.min)],
    ['mean', grouped(d.mean)],
    ['95th percentile', grouped(d.p95)],
    ['last', grouped(d.max)],
    ['PEs with results', grouped(d.count)],
  ];
  const scale = rampChart(grouped(d.min), `${grouped(d.max)} cycles`, 140);
  const chart = h('div', {}, picture(mapChart(map, { min: d.min, max: d.max }, 'Cycle in which each PE finishes', 140)), scale);
  const share = summary.config.usedPes / (summary.config.pes.width * summary.config.pes.height);
  const note = h(
    'p',
    { class: 'note' },
    `${percent(share)} of the PEs hold rows. A cell is ${map.block === 1 ? 'a PE' : `${map.block} × ${map.block} PEs, the last of them`}.`,
  );
  return section('When each PE finishes', h('div', { class: 'beside' }, chart, h('div', {}, table([], right(1), rows, 'Finish'), note)));
}

function configuration(report: Report): Markup {
  const { config } = report.summary;
  const options = Object.entries(config.options)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const rows = [
    ['Kernel', config.kernel],
    ...(options === '' ? [] : [['Options', options]]),
    ['Rows', `${count(config.rowsPerPe, 'row')} on the fullest PE`],
    ['Multiply-adds a cycle', real(config.macRate, 3)],
    ['Included', includesWord(report)],
  ];
  return section('Configuration', table([], right(1), rows, 'Configuration'));
}

function checks(report: Report): Markup {
  const { conservation } = report.summary;
  const rows = conservation.map((check) => [check.name, mark(check.holds, check.holds ? 'holds' : 'broken')]);
  return section(
    'Checks',
    table(
      [],
      right(1),
      [
        ...rows,
        ['Results against the plain loop', mark(report.summary.errors.vsPlainLoop === 0, plainLoopWord(report))],
        ['Largest error against float64', real(report.summary.errors.maxAbsVsF64, 3)],
      ],
      'Checks',
    ),
    h('p', { class: 'note' }, `Physics: ${checksWord(report)}. The fullest PE ${fitsWord(report)}. Closed form: ${closedFormWord(report)}.`),
  );
}

function sensitivity(s: NonNullable<Report['sensitivity']>): Markup {
  const title = h('h2', {}, 'Sensitivity ', h('small', {}, 'one constant at a time, change of the time'));
  return h(
    'section',
    {},
    title,
    figure((width) => tornadoChart({ ...s, bars: s.bars.slice(0, BARS) }, width)),
  );
}
