/** Converted traces are valid files of their formats, as independent readers see them, and hold every row. */
import { describe, expect, it } from 'vitest';
import { convertTrace } from '../../src/api/trace-convert.ts';
import { WeftError } from '../../src/base/error.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import type { Program } from '../../src/machine/program.ts';
import { projectIn, projectLine, readProject } from '../../src/store/project.ts';
import { KINDS, type Runs, type Trace } from '../../src/trace/schema.ts';
import { TABLES } from '../../src/trace/tables.ts';
import { encodeTrace } from '../../src/trace/writer.ts';
import { converted, type Drawn, readChrome, readCsv, readPerfetto } from '../drivers/converted.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { sampleProgram, sampleRun } from '../drivers/sample-run.ts';
import { inMemory, MODEL } from '../drivers/trace-file.ts';

const SAMPLE = sampleRun();
const CASES: readonly (readonly [string, Program, Trace])[] = [
  ['the sample', SAMPLE.program, SAMPLE.trace],
  ...Array.from({ length: 12 }, (_, seed) => {
    const program = randomProgram(seed, true);
    return [`random program ${seed}`, program, inMemory(program, createWaveletEngine)] as const;
  }),
];

const RUN_TABLES = ['moves', 'uses', 'sends', 'hostIn', 'hostOut'] as const;
const rowCount = (trace: Trace): number =>
  trace.intervals.pe.length + trace.hostSteps.step.length + RUN_TABLES.reduce((sum, table) => sum + trace[table].lane.length, 0);
const words = (runs: Runs): number => runs.count.reduce((sum, n) => sum + n, 0);
const sorted = (drawn: readonly Drawn[]): string[] => drawn.map((slice) => JSON.stringify(Object.entries(slice).sort())).sort();

describe('Chrome JSON', () => {
  it.each(CASES)('of %s has valid events that nest on every track, a slice a row, and all wavelets', async (_, program, trace) => {
    const drawn = readChrome(await converted(program, trace, 'chrome'));
    expect(drawn).toHaveLength(rowCount(trace));
    for (const { process, track } of drawn) expect([typeof process, typeof track]).toEqual(['string', 'string']);
    for (const table of RUN_TABLES) {
      const shown = drawn.filter(({ category }) => category === table).reduce((sum, { args }) => sum + Number(args.wavelets), 0);
      expect(shown, table).toBe(words(trace[table]));
    }
    const busy = drawn.filter(({ category }) => category === 'intervals').reduce((sum, { begin, end }) => sum + end - begin, 0);
    expect(busy).toBe(trace.intervals.end.reduce((sum, end, i) => sum + end - trace.intervals.begin[i], 0));
  });

  it('names tracks by PE, slices by what is done, and gives the digits of marks', async () => {
    const drawn = readChrome(await converted(SAMPLE.program, SAMPLE.trace, 'chrome'));
    expect(drawn).toContainEqual(
      expect.objectContaining({ process: 'row 0', track: 'PE 3,0 main', category: 'intervals', name: 'dequantise', args: { column: 1, block: 1 } }),
    );
    expect(drawn).toContainEqual(expect.objectContaining({ process: 'row 2', track: 'PE 0,2 FIFO north, x', category: 'moves', name: 'x to east + ramp' }));
    expect(drawn).toContainEqual(expect.objectContaining({ process: 'host', track: 'sink y, row 1', category: 'hostOut', name: 'y' }));
  });

  it('draws a run that begins in the last cycle of the one before, where two words went, from the end of that on', async () => {
    // Words taken in cycles 4, 5, 5, 6, 7 of one queue.
    const uses: Runs = {
      lane: Uint32Array.of(0, 0),
      tx: Uint8Array.of(0, 0),
      begin: Uint32Array.of(4, 5),
      count: Uint32Array.of(2, 3),
      period: Uint32Array.of(1, 1),
    };
    const trace = { ...SAMPLE.trace, uses };
    const [first, second] = readChrome(await converted(SAMPLE.program, trace, 'chrome')).filter(({ category }) => category === 'uses');
    expect([first.begin, first.end, second.begin, second.end]).toEqual([4, 6, 6, 8]);
    expect([first.args, second.args]).toEqual([
      { wavelets: 2, period: 1 },
      { wavelets: 3, period: 1, begin: 5 },
    ]);
    expect(sorted(readPerfetto(await converted(SAMPLE.program, trace, 'perfetto')))).toEqual(
      sorted(readChrome(await converted(SAMPLE.program, trace, 'chrome'))),
    );
  });
});

describe("Perfetto's file", () => {
  it.each(CASES)('of %s, read by another decoder, is balanced and holds the slices of Chrome JSON', async (_, program, trace) => {
    const perfetto = readPerfetto(await converted(program, trace, 'perfetto'));
    expect(sorted(perfetto)).toEqual(sorted(readChrome(await converted(program, trace, 'chrome'))));
  });
});

describe('NDJSON and CSV', () => {
  it.each(CASES)('of %s hold the same records, which hold the trace', async (_, program, trace) => {
    const lines = (await converted(program, trace, 'ndjson'))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [header, end] = [lines.shift(), lines.pop()];
    expect(header).toMatchObject({ table: 'header', modelVersion: MODEL, machine: program.machine.id, width: program.width, height: program.height });
    expect(end).toMatchObject({ table: 'end', cycles: trace.cycles });
    expect(lines).toHaveLength(rowCount(trace));
    const [columns, ...cells] = readCsv(await converted(program, trace, 'csv'));
    expect(cells).toEqual(lines.map((record) => columns.map((column) => String(record[column] ?? ''))));
    const intervals = lines
      .filter(({ table }) => table === 'intervals')
      .map((r) => `${r.y * program.width + r.x} ${r.event} ${r.begin} ${r.end} ${r.mark ?? -1}`);
    const { pe, kind, begin, end: ends, mark } = trace.intervals;
    expect(intervals.sort()).toEqual(Array.from(pe, (p, i) => `${p} ${KINDS[kind[i]]} ${begin[i]} ${ends[i]} ${mark[i]}`).sort());
    for (const table of RUN_TABLES) {
      const runs = lines.filter((record) => record.table === table).map((r) => `${r.begin} ${r.count} ${r.period}`);
      expect(runs.sort()).toEqual(
        Array.from(trace[table].lane, (_, i) => `${trace[table].begin[i]} ${trace[table].count[i]} ${trace[table].period[i]}`).sort(),
      );
    }
  });
});

describe('what was noted beside a run', () => {
  const evil = '=x"},\n\u001b"traceEvents":[\ud800 é';
  const marks = [
    { cycle: 7, at: { x: 3, y: 2 }, name: evil, digit: 4 },
    { cycle: 12, end: 20, at: null, name: '' },
  ];
  const content = { title: 'Mine', lab: 'v=1&n=2', marks };
  const notes = { marks, project: projectLine(content) };
  const noted = { '7': { pe: '3,2', key: 4 }, '12': { end: 20 } };

  it.each(['chrome', 'perfetto'] as const)('is in %s as events, and as a project that is found at its beginning and read back', async (to) => {
    const read = to === 'chrome' ? readChrome : readPerfetto;
    const file = await converted(SAMPLE.program, SAMPLE.trace, to, notes);
    const drawn = read(file);
    const events = drawn.filter(({ category, name }) => category === 'marks' && name !== 'project');
    expect(Object.fromEntries(events.map(({ begin, args }) => [begin, args]))).toEqual(noted);
    expect(events[1].name).toBe('cycles 12 to 20');
    expect(sorted(drawn.filter(({ category }) => category !== 'marks'))).toEqual(sorted(read(await converted(SAMPLE.program, SAMPLE.trace, to))));
    const line = projectIn(file.subarray(0, 4000).toString());
    expect(readProject(line ?? '', 'x')).toMatchObject(content);
    expect(projectIn((await converted(SAMPLE.program, SAMPLE.trace, to)).subarray(0, 4000).toString())).toBeNull();
  });

  it('stands in otherData, where other readers find it', async () => {
    const { otherData } = JSON.parse((await converted(SAMPLE.program, SAMPLE.trace, 'chrome', notes)).toString());
    expect(otherData).toMatchObject({ format: 'weft-trace', project: { weft: 'project', marks } });
  });
});

describe('names from files', () => {
  const evil = '=HYPERLINK("a"),\u001b[31m\n';
  const program: Program = {
    ...sampleProgram(),
    streams: [{ color: 0, letter: evil, meaning: evil }],
    sources: sampleProgram().sources.map((source) => ({ ...source, name: '-1+1' })),
    marks: [{ name: '</script>"', size: 2 }],
  };

  it('cannot break a line, a cell or a string, nor be computed by a spreadsheet', async () => {
    readChrome(await converted(program, SAMPLE.trace, 'chrome'));
    readPerfetto(await converted(program, SAMPLE.trace, 'perfetto'));
    const [, ...rows] = readCsv(await converted(program, SAMPLE.trace, 'csv'));
    const texts = new Set(rows.flat());
    expect(texts).toContain('\'=HYPERLINK("a"),\\u{1b}[31m\\u{a}');
    for (const text of texts) expect(text).not.toMatch(/^[=+@]|^-[^0-9]|\p{Cc}/u);
  });
});

describe('converting', () => {
  const file = encodeTrace(SAMPLE.program, SAMPLE.trace, MODEL);

  it("to Weft's own format copies the bytes and reads them to the end", async () => {
    const pieces: Uint8Array[] = [];
    const scanned = await convertTrace(file, { to: 'weft' }, (piece) => void pieces.push(piece as Uint8Array));
    expect(Buffer.concat(pieces).equals(Buffer.concat(file))).toBe(true);
    expect(scanned).toMatchObject({ cycles: SAMPLE.trace.cycles, modelVersion: MODEL });
    expect(Object.keys(scanned.rows)).toEqual([...TABLES]);
  });

  it('writes the tables that are asked for, and refuses a part of a file of our own', async () => {
    const pieces: string[] = [];
    await convertTrace(file, { to: 'csv', tables: ['hostOut'] }, (piece) => void pieces.push(piece as string));
    const [, ...rows] = readCsv(Buffer.from(pieces.join('')));
    expect(new Set(rows.map(([table]) => table))).toEqual(new Set(['hostOut']));
    await expect(convertTrace(file, { to: 'weft', tables: ['moves'] }, () => undefined)).rejects.toThrow(WeftError);
  });

  it('of a damaged file fails before its end', async () => {
    const damaged = Buffer.concat(file);
    damaged[damaged.length - 20] ^= 1;
    await expect(convertTrace([damaged], { to: 'chrome' }, () => undefined)).rejects.toMatchObject({ field: 'trailer.check' });
  });

  it('makes pieces of one chunk, however much of the file comes at once', async () => {
    const program = sampleProgram();
    const trace = inMemory(program, createWaveletEngine);
    let largest = 0;
    await convertTrace([Buffer.concat(encodeTrace(program, trace, MODEL))], { to: 'ndjson' }, (piece) => {
      largest = Math.max(
        largest,
        new Set(
          (piece as string)
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line).table),
        ).size,
      );
    });
    expect(largest).toBe(1);
  });
});
