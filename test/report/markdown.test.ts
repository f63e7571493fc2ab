/** The Markdown report and the terminal text: what the first page says, and that names from files cannot break out. */
import { describe, expect, it } from 'vitest';
import { inlineCode, markdown, printable, shellArgument } from '../../src/report/escape.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportData } from '../../src/report/report.ts';
import { toText } from '../../src/report/text.ts';
import { finishedRun } from './fixture.ts';

/** Narrow spaces as plain ones, the minus as a hyphen, for readable expectations. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');
const page = (changes = {}, options = {}): string => plain(toMarkdown(reportData(finishedRun(changes), options)));

describe('the Markdown report', () => {
  it.each([
    '# blk.0.ffn_up, 2 × 256, 1 token, streaming',
    '| Simulated cycles | **100** | not included: load 2, host in 6, host out 1 |',
    '| Time | **118 ns** | at 850 MHz |',
    '| Closed form | **98** | -2 cycles (-2.0 %) |',
    '| Lower bound | **80** | 1.25× the bound (issue cycles of the fullest PE) |',
    '| Utilisation | **76.8 %** | busy 70.0 %, mapping 100.0 % |',
    '| Latency, last row | **100** | first row 96 cycles, mean 98.0 |',
    '| SRAM, fullest PE | **8.8 %** | 4 320 of 49 152 B, 8.8 % |',
    '**Bottleneck.** Compute takes 40.0 % of PE time: a block of 256 weights costs 780 cycles to multiply and add, 1 000 to unpack.',
    '**Memory.** The fullest PE fits, 44 832 B free; 2 of 2 PEs hold rows, 1 each at most.',
    '**Checks.** Physics: 2 of 2 hold. Results against the plain loop: equal bit for bit; 3.14e-6 at most against float64.',
    'set-up and scalar code, the least certain prices, are 260 of the 1 780 cycles of a block (14.6 %).',
    '| Product | C = A · B; A 2 × 256, B 256 × 1, C 2 × 1 |',
    '| Placement | 2 × 1 PEs, row-major, at most 1 row a PE, 2 PEs with rows |',
    '| column 0 | 0 | 40 | 40 | 40.0 % |',
    '| column 1 | 40 | 100 | 60 | 60.0 % |',
    '| WSE-2 | dequantise | 752 | 108 | 140 | 1 000 |',
    '| Hop latency | 1 cycle | S6; fit of S3 gives 0.99 |',
    '| code and run-time reserve | code | 0 | 4 176 B |',
    '| Free |  |  | 44 832 B |',
    '| multiply-adds = M·N·K | holds | 512 of 512 |',
    '| Trace hash | `0123456789abcdef` |',
    'weft run --model demo --tensor blk.0.ffn_up.weight --kernel streaming --machine wse2 --pes 2x1 --n 1 --seed 7',
  ])('says: %s', (line) => expect(page()).toContain(line));

  it('answers on its first page, before the first section', () => {
    const first = page().split('\n## ')[0];
    for (const answer of ['Simulated cycles', 'Closed form', 'Lower bound', 'Bottleneck', 'Memory', 'Checks', 'Confidence']) expect(first).toContain(answer);
  });

  it('has a section for each kind of evidence', () => {
    const titles = [...page().matchAll(/^## (.*)$/gm)].map((m) => m[1]);
    expect(titles).toEqual([
      'Configuration',
      'Where the cycles go',
      'PEs',
      'What a block costs',
      'Three numbers',
      'Latency',
      'SRAM of the fullest PE',
      'Roofline of a PE',
      'Physics checks',
      'Numbers computed',
      'Host',
      'Known limits of the model',
      'Calibration against published cycles',
      'Definitions',
      'Reproduce',
    ]);
  });

  it('states 109 cycles when load 2, host in 6 and host out 1 are asked for', () => {
    expect(page({}, { includeLoad: true })).toContain('| Cycles with load and host | **109** | 100 cycles simulated, plus load 2, host in 6, host out 1 |');
  });

  it('prints the date only when it is given', () => {
    expect(page()).not.toMatch(/\d{4}-\d\d-\d\d/);
    expect(page({}, { date: '2026-11-22' })).toContain('model version 0.1, 2026-11-22.');
  });

  it('holds C against f32 in ascending k and ggml’s integer dot where there are such', () => {
    expect(page()).toContain('| Against f32, k ascending | equal bit for bit |');
    expect(page()).toContain('| Relative difference from the integer dot | 0.004 |');
    const { errors } = finishedRun();
    const split = page({ errors: { ...errors, vsF32Sequential: 2, relRmsVsF32Sequential: 1.5e-7, maxAbsVsIntegerDot: null, relRmsVsIntegerDot: null } });
    expect(split).toContain('| Against f32, k ascending | 2 results differ, relative RMS 1.50e-7 |');
    expect(split).not.toMatch(/Relative difference from the integer dot \| \d/);
    expect(page({ errors: { ...errors, vsF32Sequential: null, relRmsVsF32Sequential: null } })).not.toMatch(/Against f32, k ascending \| (equal|\d)/);
  });

  it('says which check is broken', () => {
    const text = page({ conservation: [{ name: 'ramps: delivered = consumed', holds: false, detail: '3 queues unbalanced' }] });
    expect(text).toContain('Physics: 0 of 1 hold; broken: ramps: delivered = consumed.');
    expect(text).toContain('| ramps: delivered = consumed | **broken** | 3 queues unbalanced |');
  });

  it('has tables whose rows all have as many cells as their head, even with hostile names', () => {
    const hostile = 'x|y\n# <script>`\u001b[31m';
    const text = page({ title: hostile, config: { model: hostile, tensor: hostile, seed: 1 } });
    const tables = text
      .trimEnd()
      .split('\n\n')
      .filter((block) => block.startsWith('|'));
    expect(tables.length).toBeGreaterThan(10);
    const cells = (row: string): number => row.replace(/\\\|/g, '').split('|').length;
    for (const rows of tables.map((t) => t.split('\n'))) expect(rows.map(cells)).toEqual(rows.map(() => cells(rows[0])));
    expect(text).not.toContain('\u001b');
    // Inside the fenced command everything is literal; the fence itself must be the only one.
    expect(text.match(/^```/gm)).toHaveLength(2);
    expect(text.replace(/^```sh$[\s\S]*?^```$/m, '')).not.toMatch(/(?<!\\)<script/);
  });
});

describe('the verdict in a terminal', () => {
  const text = plain(toText(reportData(finishedRun())));

  it('aligns names and numbers', () => {
    expect(text.split('\n').slice(0, 12)).toEqual([
      'blk.0.ffn_up, 2 × 256, 1 token, streaming',
      '2 × 1 PEs of the WSE-2 preset, 2 × 256 by 256 × 1, Q4_K',
      'Universal Sentence Encoder Lite, Apache-2.0',
      '',
      '  Simulated             100  cycles, 118 ns at 850 MHz; not included: load 2, host in 6, host out 1',
      '  Closed form            98  -2 cycles (-2.0 %)',
      '  Lower bound            80  1.25× the bound (issue cycles of the fullest PE)',
      '  Utilisation        76.8 %  busy 70.0 %, mapping 100.0 %',
      '  Latency, last row     100  first row 96 cycles, mean 98.0',
      '  SRAM, fullest PE    8.8 %  4 320 of 49 152 B, 8.8 %; fits, 44 832 B free',
      '  Results                 2  plain loop: equal bit for bit; 3.14e-6 at most against float64',
      '  Physics checks          2  2 of 2 hold',
    ]);
    expect(text).toContain('trace 0123456789abcdef, state fedcba9876543210, wavelet engine, model version 0.1');
  });

  it('shows control characters of names instead of obeying them', () => {
    const shown = toText(reportData(finishedRun({ title: 'a\u001b]0;owned\u0007\u202eb' })));
    expect(shown.split('\n')[0]).toBe('a\\u{1b}]0;owned\\u{7}\\u{202e}b, streaming');
  });
});

describe('escapes', () => {
  it.each([
    ['blk.0.ffn_up.weight', 'blk.0.ffn_up.weight'],
    ['a|b*c`d', 'a\\|b\\*c\\`d'],
    ['_x_ y', '\\_x\\_ y'],
    ['<img onerror=1>', '\\<img onerror=1\\>'],
    ['- item', '\\- item'],
    ['1. item', '\\1. item'],
    ['[a](b)', '\\[a\\](b)'],
    ['a\r\nb', 'a\\\\u{d}\\\\u{a}b'],
  ])('%j in Markdown is %j', (name, escaped) => expect(markdown(name)).toBe(escaped));

  it('inline code fences longer than any run of backticks inside', () => {
    expect(inlineCode('abc')).toBe('`abc`');
    expect(inlineCode('a``b')).toBe('``` a``b ```');
    expect(inlineCode('')).toBe('`  `');
  });

  it('shows a lone surrogate, a zero-width space and a line separator, and keeps letters of every script', () => {
    expect(printable('\ud800\u200b\u2028')).toBe('\\u{d800}\\u{200b}\\u{2028}');
    expect(printable('Größe 重み 😀')).toBe('Größe 重み 😀');
  });

  it('quotes a shell argument only where needed', () => {
    expect([shellArgument('32x48'), shellArgument('a b'), shellArgument("it's"), shellArgument('')]).toEqual(['32x48', "'a b'", `'it'\\''s'`, "''"]);
  });
});
