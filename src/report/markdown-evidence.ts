/** The evidence behind a report's first page, one section a question: configuration, cycles, latency, memory, checks, numbers, limits, definitions. */
import { KIND_DEFINITIONS } from '../analysis/definitions.ts';
import { bytes, count, grouped, percent, real } from '../base/numbers.ts';
import { type Price, priceTotal } from '../machine/price.ts';
import { inlineCode, markdown as text } from './escape.ts';
import { calibration, difference, links, pes, roofline, sensitivity } from './markdown-measures.ts';
import { type Align, table } from './markdown-table.ts';
import type { Report } from './types.ts';
import { formatWord, plainLoopWord } from './words.ts';

/** The sections in order. */
export function evidence(report: Report): string[] {
  return [
    ...configuration(report),
    ...whereCyclesGo(report),
    ...pes(report),
    ...links(report),
    ...facts(report),
    ...prices(report),
    ...latency(report),
    ...memory(report),
    ...roofline(report),
    ...checks(report),
    ...numerics(report),
    ...host(report),
    ...sensitivity(report),
    ...difference(report),
    ...limits(report),
    ...calibration(report),
    ...definitions(report),
    ...reproduction(report),
  ];
}

const LEFT_RIGHT: readonly Align[] = ['left', 'right'];
const right = (n: number): Align[] => ['left', ...Array<Align>(n).fill('right')];

function configuration({ summary, constants, machineName }: Report): string[] {
  const c = summary.config;
  const rows = [
    ['Model', text(c.model)],
    ...(c.tensor === '' ? [] : [['Tensor', text(c.tensor)]]),
    ['Product', `C = A · B; A ${grouped(c.m)} × ${grouped(c.k)}, B ${grouped(c.k)} × ${grouped(c.n)}, C ${grouped(c.m)} × ${grouped(c.n)}`],
    ['Weights', `${formatWord(c.format)}, ${c.activations === 'given' ? 'activations given' : 'activations from the seed'} in f32`],
    ['Kernel', `${c.kernel} (${real(c.macRate, 3)} multiply-adds a cycle)`],
    ...Object.entries(c.options).map(([name, value]) => [`Option ${name}`, text(String(value))]),
    [
      'Placement',
      `${grouped(c.pes.width)} × ${grouped(c.pes.height)} PEs, row-major, at most ${count(c.rowsPerPe, 'row')} a PE, ${count(c.usedPes, 'PE')} with rows`,
    ],
    ['Seed', String(c.seed)],
    ['Engine', `${summary.engine}, model version ${summary.modelVersion}`],
  ];
  return [
    '## Configuration',
    table(['', ''], ['left', 'left'], rows),
    `### Constants of the ${machineName} preset`,
    table(
      ['constant', 'value', 'source'],
      ['left', 'left', 'left'],
      constants.map((k) => [k.name, k.value, text(k.source)]),
    ),
    'Source keys are those of docs/machine.md; *assumed* marks what no source gives.',
  ];
}

function whereCyclesGo({ peCycles, overTime, phases, summary }: Report): string[] {
  const names = overTime.kinds.map((kind) => KIND_DEFINITIONS[kind].name.toLowerCase());
  const rows = overTime.buckets.map((b) => [`${grouped(b.from)} to ${grouped(b.to)}`, ...b.shares.map((share) => percent(share))]);
  return [
    '## Where the cycles go',
    table(
      ['PE time', 'PE-cycles', 'share', 'meaning'],
      ['left', 'right', 'right', 'left'],
      peCycles.filter((kind) => kind.cycles > 0).map((kind) => [kind.name, grouped(kind.cycles), percent(kind.share), KIND_DEFINITIONS[kind.kind].meaning]),
    ),
    ...(phases.length === 0
      ? []
      : [
          'Phases, each from the first PE that works in it to the first that works in the next:',
          table(
            ['phase', 'from', 'to', 'cycles', 'share'],
            right(4),
            phases.map((p) => [text(p.name), grouped(p.begin), grouped(p.end), grouped(p.end - p.begin), percent((p.end - p.begin) / summary.simulatedCycles)]),
          ),
        ]),
    'Share of PE time over the run:',
    table(['cycles', ...names], right(names.length), rows),
  ];
}

function facts({ summary }: Report): string[] {
  const list = summary.facts;
  if (list.length === 0) return [];
  const value = (fact: (typeof list)[number]): string =>
    `${Number.isInteger(fact.value) ? grouped(fact.value) : real(fact.value, 3)} ${text(fact.unit)}`.trim();
  return [
    `## Of the kernel ${text(summary.config.kernel)}`,
    table(
      ['', 'value', 'meaning'],
      ['left', 'right', 'left'],
      list.map((fact) => [text(fact.name), value(fact), text(fact.meaning)]),
    ),
  ];
}

function prices({ prices: list, closedFormTerms, lowerBoundTerms, verdict }: Report): string[] {
  const cells = (p: Price): string[] => [p.element, p.setup, p.scalar, priceTotal(p)].map((n) => grouped(n));
  const rows = list.flatMap(({ name, price }) => [
    [name, 'dequantise', ...cells(price.dequantise)],
    [name, 'row dot', ...cells(price.dot)],
  ]);
  return [
    '## What a block costs',
    'Issue cycles of one block of 256 weights, from the op table of each machine:',
    table(['machine', 'program', 'elements', 'set-up', 'scalar', 'sum'], ['left', ...right(4)], rows),
    '## Three numbers',
    table(['closed form', 'cycles'], LEFT_RIGHT, [
      ...closedFormTerms.map((term) => [text(term.name), grouped(term.cycles)]),
      ['Sum', grouped(closedFormTerms.reduce((sum, term) => sum + term.cycles, 0))],
    ]),
    table(['lower bound', 'cycles'], LEFT_RIGHT, [
      ['Issue cycles of the fullest PE', grouped(lowerBoundTerms.issue)],
      ['Wavelets over the busiest link', grouped(lowerBoundTerms.link)],
      ['Longest path', grouped(lowerBoundTerms.path)],
    ]),
    ...(verdict.lowerBound.violated ? ['**The simulation is below the bound: this is a bug, do not use the numbers.**'] : []),
  ];
}

function latency({ stages, wavelets }: Report): string[] {
  return [
    '## Latency',
    'Cycles since the first activation entered the fabric, over the PEs that reach the stage:',
    table(
      ['stage', 'PEs', 'first', 'mean', '95th percentile', 'last'],
      right(5),
      stages.map((s) => [s.name, grouped(s.count), grouped(s.first), grouped(s.mean, 1), grouped(s.p95), grouped(s.last)]),
    ),
    `Traffic: ${grouped(wavelets.hops)} wavelet-hops over links, ${grouped(wavelets.ramp)} ramp deliveries, ${grouped(wavelets.used)} wavelets consumed.`,
  ];
}

function memory({ memory: allocations, verdict }: Report): string[] {
  const { usedBytes, capacityBytes } = verdict.sram;
  const rows = allocations.map((a) => [text(a.name), a.kind, grouped(a.address), bytes(a.bytes)]);
  return [
    '## SRAM of the fullest PE',
    table(
      ['allocation', 'kind', 'address', 'size'],
      ['left', 'left', 'right', 'right'],
      [...rows, ['Sum', '', '', bytes(usedBytes)], ['Free', '', '', bytes(capacityBytes - usedBytes)]],
    ),
  ];
}

function checks({ summary }: Report): string[] {
  const rows = summary.conservation.map((check) => [text(check.name), check.holds ? 'holds' : '**broken**', text(check.detail)]);
  return ['## Physics checks', table(['check', 'result', 'detail'], ['left', 'left', 'left'], rows)];
}

function numerics(report: Report): string[] {
  const { errors } = report.summary;
  const { definitions } = report;
  const row = (key: string, value: string): string[] => [definitions[key].name, value];
  return [
    '## Numbers computed',
    table(['C', 'result'], LEFT_RIGHT, [
      row('errors.vsPlainLoop', plainLoopWord(report)),
      ...sequentialRows(report),
      row('errors.maxAbsVsF64', real(errors.maxAbsVsF64, 3)),
      row('errors.relRmsVsF64', real(errors.relRmsVsF64, 3)),
      row('errors.maxRelVsSumAbs', real(errors.maxRelVsSumAbs, 3)),
      row('errors.relRmsVsUnquantised', errors.relRmsVsUnquantised === null ? 'unquantised weights not known' : real(errors.relRmsVsUnquantised, 3)),
      ...integerRows(report),
    ]),
  ];
}

/** Against f32 in ascending k, where C is one product. */
function sequentialRows({ summary, definitions }: Report): string[][] {
  const { vsF32Sequential: unequal, relRmsVsF32Sequential: relRms } = summary.errors;
  if (unequal === null || relRms === null) return [];
  const word = unequal === 0 ? 'equal bit for bit' : `${grouped(unequal)} results differ, relative RMS ${real(relRms, 3)}`;
  return [[definitions['errors.vsF32Sequential'].name, word]];
}

/** Against ggml's integer dot product, for Q4_K. */
function integerRows({ summary, definitions }: Report): string[][] {
  const { maxAbsVsIntegerDot: maxAbs, relRmsVsIntegerDot: relRms } = summary.errors;
  if (maxAbs === null || relRms === null) return [];
  return [
    [definitions['errors.maxAbsVsIntegerDot'].name, real(maxAbs, 3)],
    [definitions['errors.relRmsVsIntegerDot'].name, real(relRms, 3)],
  ];
}

function host({ summary }: Report): string[] {
  return [
    '## Host',
    table(['transfer', 'cycles'], LEFT_RIGHT, [
      ['Load of the weights', grouped(summary.loadCycles)],
      ['Activations in', grouped(summary.hostInCycles)],
      ['Results out', grouped(summary.hostOutCycles)],
    ]),
    summary.includesLoad
      ? 'All three are part of the cycles on the first page.'
      : 'None of the three is part of the cycles on the first page; `--include-load` adds them.',
  ];
}

const limits = ({ limits: list }: Report): string[] => ['## Known limits of the model', list.map((limit) => `- ${text(limit)}`).join('\n')];

function definitions({ definitions: all }: Report): string[] {
  const rows = Object.values(all).map((d) => [text(d.name), d.unit, text(d.meaning)]);
  return ['## Definitions', table(['number', 'unit', 'meaning'], ['left', 'left', 'left'], rows)];
}

function reproduction({ reproduce, summary }: Report): string[] {
  return [
    '## Reproduce',
    `\`\`\`sh\n${reproduce.command}\n\`\`\``,
    `${text(reproduce.note)}`,
    table(
      ['', ''],
      ['left', 'left'],
      [
        ['Model version', summary.modelVersion],
        ['Engine', summary.engine],
        ['Trace hash', inlineCode(summary.traceHash)],
        ['State hash', inlineCode(summary.stateHash)],
        ...(reproduce.link === '' ? [] : [['Link', inlineCode(reproduce.link)]]),
      ],
    ),
  ];
}
