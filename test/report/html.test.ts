/** The HTML report: nothing from outside, nothing executed that a file names, the film as it was, the bundled script current. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { replayBins } from '../../src/analysis/replay-bins.ts';
import { openFilm } from '../../src/replayer/film.ts';
import { csvFiles } from '../../src/report/csv.ts';
import { packFilm } from '../../src/report/html/film.ts';
import { h } from '../../src/report/html/markup.ts';
import { cividis } from '../../src/report/html/ramp.ts';
import { toHtml } from '../../src/report/html/sheet.ts';
import { overTime, reportData } from '../../src/report/report.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { sampleRun } from '../drivers/sample-run.ts';
import { finishedRun } from './fixture.ts';

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;

function page(title = 'a tensor'): string {
  const run = finishedRun({ title, attribution: title });
  const reader = new TraceReader(run.program, run.trace);
  return toHtml(reportData({ ...run, config: { ...run.config, model: title, tensor: title } }, { date: '2026-01-02' }), {
    fine: overTime(reader, 100, 100),
    film: replayBins(reader, 100),
  });
}

describe('the HTML report', () => {
  const text = page();

  it('answers first: cycles, time, bound, closed form, memory, bottleneck, confidence', () => {
    const plain = text.replace(/<[^>]*>/g, ' ').replaceAll('\u202f', ' ');
    for (const word of ['100 cycles', '118 ns', '1.25×', '80 cycles', '−2', '8.8 %', 'Bottleneck: Compute takes 40.0 %', 'Confidence: 9 of 17'])
      expect(plain.replace(/\s+/g, ' ')).toContain(word);
  });

  it('has a section for each kind of evidence', () => {
    const titles = [...text.matchAll(/<h2>([^<]*)/g)].map((m) => m[1].trim());
    for (const title of [
      'Where the cycles go',
      'Replay',
      'Configuration and assumptions',
      'PE time',
      'PEs',
      'SRAM of the fullest PE',
      'Roofline of a PE',
      'Latency',
    ])
      expect(titles).toContain(title);
    for (const title of [
      'Physics checks',
      'Numbers against references',
      'Known limits of the model',
      'Calibration against published cycles',
      'Definitions',
      'Reproduce',
    ])
      expect(titles).toContain(title);
  });

  it('asks nobody for anything: no address but its own names, and a policy that forbids the rest', () => {
    expect(text).toContain('http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;');
    expect(text.match(/\b(src|href|action|data)="|url\(|@import|\bfetch\(|XMLHttpRequest|import\(/g) ?? []).toEqual([]);
  });

  it('shows names from files as text and runs none', () => {
    const evil = page(EVIL);
    expect(evil).not.toContain('<script>alert');
    expect(evil).not.toContain('<img');
    expect(evil).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(evil.match(/<script/g)).toHaveLength(text.match(/<script/g)?.length ?? 0);
  });

  it('is well-formed where SVG needs it: every element is closed', () => {
    for (const [svg] of text.matchAll(/<svg[\s\S]*?<\/svg>/g)) {
      const open: string[] = [];
      for (const [tag, slash, name] of svg.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
        if (slash === '/') expect(open.pop()).toBe(name);
        else if (!tag.endsWith('/>')) open.push(name);
      }
      expect(open).toEqual([]);
    }
  });

  it('has the script and the styles of src/replayer as they are now (else: npm run build:report)', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    expect(spawnSync(process.execPath, ['scripts/build-report.mjs', '--check'], { cwd: root, encoding: 'utf8' })).toMatchObject({ status: 0 });
  });
});

describe('a film in a report', () => {
  it('comes out as it went in', () => {
    const reader = sampleRun();
    const film = replayBins(reader, reader.trace.cycles);
    const opened = openFilm(packFilm(film));
    const cells = film.width * film.height;
    const bytes = Array.from({ length: film.data.length }, (_, i) => {
      const [bin, cell] = [Math.floor(i / cells), i % cells];
      return opened.stateOf(bin, cell) | (Math.round(opened.busyOf(bin, cell) * 15) << 4);
    });
    expect(bytes).toEqual([...film.data]);
  });
});

describe('markup', () => {
  it('escapes text and attributes, leaves out what is undefined or null, and rounds numbers', () => {
    expect(h('p', { title: `"a"`, id: undefined, x: 1.23456 }, '<b>', null, [h('br', {}), 3]).text).toBe(
      '<p title="&#34;a&#34;" x="1.23">&#60;b&#62;<br/>3</p>',
    );
  });

  it('has a ramp from dark blue to yellow', () => {
    expect([cividis(-1), cividis(0), cividis(1), cividis(2)]).toEqual(['#00224e', '#00224e', '#fee838', '#fee838']);
  });
});

describe('the CSV bundle', () => {
  it('quotes what needs it and lets no spreadsheet compute a name', () => {
    const files = csvFiles(reportData(finishedRun({ config: { model: '=1+1', tensor: 'a,"b"', seed: 7 } })));
    const summary = files.find(({ name }) => name === 'summary.csv')?.content ?? '';
    expect(summary).toContain("model,'=1+1\r\n");
    expect(summary).toContain('tensor,"a,""b"""\r\n');
    expect(summary).toContain('cycles,100\r\n');
  });

  it('has in every file as many cells in each row as in the header', () => {
    for (const { content } of csvFiles(reportData(finishedRun()))) {
      const cells = content
        .trimEnd()
        .split('\r\n')
        .map((line) => line.replace(/"(?:[^"]|"")*"/g, 'q').split(',').length);
      expect(new Set(cells).size).toBe(1);
    }
  });
});
