/** Damaged trace files: every cut and every flipped byte is one WeftError that names the field and the byte. */
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { ByteWriter, ColumnWriter } from '../../src/trace/bytes.ts';
import { openTrace } from '../../src/trace/open.ts';
import { TRACE_VERSION } from '../../src/trace/schema.ts';
import { sampleProgram } from '../drivers/sample-run.ts';
import { written } from '../drivers/trace-file.ts';

const { bytes: FILE } = written(sampleProgram({ ...sampleSmall() }), createWaveletEngine, 1000);

function sampleSmall() {
  return { width: 2, height: 1, columns: 1, blocks: 1, block: 4, machine: sampleProgram().machine };
}

/** The error of opening these bytes; anything else that is thrown fails the test. */
function fault(bytes: Uint8Array): WeftError {
  try {
    openTrace(bytes);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error('the file opened');
}

const changed = (at: number, value: number): Uint8Array => {
  const bytes = FILE.slice();
  bytes[at] = value;
  return bytes;
};

/** Where the header ends, its check included. */
const headerEnd = (): number => {
  const view = new DataView(FILE.buffer, FILE.byteOffset);
  return 20 + view.getUint32(12, true) + view.getUint32(16, true) + 8;
};

/** The header, then sections made here: table, rows, payload. */
function crafted(...sections: ReadonlyArray<readonly [number, number, Uint8Array]>): Uint8Array {
  const out = new ByteWriter();
  out.raw(FILE.subarray(0, headerEnd()));
  for (const [table, rows, payload] of sections) {
    const section = new ByteWriter();
    section.u8(table);
    section.u32(rows);
    section.u32(payload.length);
    section.raw(payload);
    section.check();
    out.raw(section.bytes());
  }
  return out.bytes().slice();
}

/** A payload of five columns with one value each. */
function oneRow(...values: readonly number[]): Uint8Array {
  const out = new ByteWriter();
  for (const value of values) {
    const column = new ColumnWriter();
    column.put(value);
    out.sized(column.take());
  }
  return out.bytes().slice();
}

describe('a damaged trace file', () => {
  it('opens when it is whole', () => {
    expect(openTrace(FILE).trace.width).toBe(2);
  });

  it('cut at every byte says at which byte it ends and to copy it again', () => {
    for (let size = 0; size < FILE.length; size++) {
      const { message, fixes, field } = fault(FILE.slice(0, size));
      expect(message, `cut to ${size} bytes`).toMatch(new RegExp(`^at byte \\d+: .*(ends at|at) byte ${size}\\b`));
      expect([field, fixes.length], `cut to ${size} bytes`).toEqual([expect.stringMatching(/^(magic|header|chunk\[\d\] or trailer)$/), 1]);
    }
  });

  it('with any one byte inverted, or one bit of it changed, is refused with the byte', () => {
    for (let at = 0; at < FILE.length; at++) {
      for (const mask of [255, 1 << (at % 8)]) expect(fault(changed(at, FILE[at] ^ mask)).message, `byte ${at}`).toMatch(/^at byte \d+: /);
    }
  });

  it('of a newer version says so and nothing else, even when it is cut', () => {
    const newer = changed(8, TRACE_VERSION + 1);
    for (const bytes of [newer, newer.slice(0, 12)]) {
      const { field, message, fixes } = fault(bytes);
      expect([field, message, fixes]).toEqual([
        'version',
        `at byte 8: the file is of version ${TRACE_VERSION + 1}, this Weft reads version ${TRACE_VERSION}`,
        ['open it with a newer Weft'],
      ]);
    }
  });

  it('that is another file is refused by its first 8 bytes', () => {
    expect(fault(new TextEncoder().encode('GGUF and so on, and so on'))).toMatchObject({
      field: 'magic',
      message: "at byte 0: the file does not begin with 'WEFTRACE'",
    });
  });

  it('that goes on after its trailer is refused at the first byte too many', () => {
    const bytes = new Uint8Array(FILE.length + 1);
    bytes.set(FILE);
    expect(fault(bytes)).toMatchObject({ field: 'file.size', message: `at byte ${FILE.length}: the file goes on after its trailer` });
  });
});

describe('a trace file whose checks hold but whose rows lie', () => {
  const end = headerEnd();
  it.each([
    ['lane 36 of 18', 'chunk[0].intervals.lane', crafted([1, 1, oneRow(72, 0, 0, 1, 0)])],
    ['lane -1', 'chunk[0].intervals.lane', crafted([1, 1, oneRow(1, 0, 0, 1, 0)])],
    ['kind 8 of 8', 'chunk[0].intervals', crafted([1, 1, oneRow(0, 8, 0, 1, 0)])],
    ['an end after tick 2^31', 'chunk[0].intervals', crafted([1, 1, oneRow(0, 0, 2 ** 31, 1, 0)])],
    ['a run to tick 2^40', 'chunk[0].uses', crafted([3, 1, oneRow(0, 0, 0, 2 ** 31, 2 ** 9)])],
    ['two rows where one is', 'chunk[0].intervals.lane', crafted([1, 2, oneRow(0, 0, 0, 1, 0)])],
    ['no rows', 'chunk[0].rows', crafted([1, 0, oneRow(0, 0, 0, 1, 0)])],
    ['table 8 of 7', 'chunk[0].table', crafted([8, 1, oneRow(0, 0, 0, 1, 0)])],
    ['six columns', 'chunk[0].intervals', crafted([1, 1, oneRow(0, 0, 0, 1, 0, 0)])],
    ['a trailer of no rows after one', 'trailer.intervals', crafted([1, 1, oneRow(0, 0, 0, 1, 0)], [0, 0, new Uint8Array(16)])],
    ['a trailer with another hash', 'trailer.hash', crafted([0, 0, new Uint8Array(16)])],
  ])('with %s is refused at %s', (_, field, bytes) => {
    const error = fault(bytes);
    expect(error.field).toBe(field);
    expect(Number(/^at byte (\d+)/.exec(error.message)?.[1])).toBeGreaterThanOrEqual(end);
  });
});
