/** A run whose trace is written to a file while it runs gives what the same run in memory gives. */
import { describe, expect, it } from 'vitest';
import type { RunConfig, TraceFile } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { WeftError } from '../../src/base/error.ts';
import { openTrace } from '../../src/trace/open.ts';
import { encodeTrace } from '../../src/trace/writer.ts';
import { joined } from '../drivers/trace-file.ts';

const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 16, k: 256, n: 2, seed: 7, kernel: 'streaming', machine: 'wse2', pes: { width: 4, height: 4 } };

/** A file in memory. */
function file(): TraceFile & { bytes(): Uint8Array } {
  const pieces: Uint8Array[] = [];
  return {
    write: async (bytes) => {
      pieces.push(bytes);
    },
    async *read() {
      yield* pieces;
    },
    bytes: () => joined(pieces),
  };
}

describe('a session that writes its trace to a file', () => {
  it.each(['wavelet', 'reference'] as const)('gives the result of the run in memory, and the bytes of its export, on the %s engine', async (engine) => {
    const target = file();
    const [plain, filed] = await Promise.all([
      createSession().run({ ...CONFIG, engine }, () => {}),
      createSession().run({ ...CONFIG, engine }, () => {}, target),
    ]);
    if (!plain.ok || !filed.ok) throw new Error('a run failed');
    expect({ ...filed.value, simulationMs: 0 }).toEqual({ ...plain.value, simulationMs: 0 });
    const exported = joined(encodeTrace(plain.value.program, plain.value.trace, plain.value.modelVersion));
    expect(Buffer.compare(target.bytes(), exported)).toBe(0);
    expect(openTrace(target.bytes())).toMatchObject({ traceHash: plain.value.traceHash, modelVersion: plain.value.modelVersion });
  });

  it('of a program that gets stuck writes the trace up to there', async () => {
    const target = file();
    const config = { ...CONFIG, machine: 'teaching', scenario: 'deadlock' } as const;
    const [plain, filed] = [await createSession().run(config, () => {}), await createSession().run(config, () => {}, target)];
    if (plain.ok || filed.ok) throw new Error('a deadlock ended well');
    expect(filed.error).toEqual(plain.error);
    expect(openTrace(target.bytes()).traceHash).toBe(plain.error.failure?.traceHash);
  });

  it('that cannot be written fails with the error of the file', async () => {
    const target = {
      ...file(),
      write: async () => {
        throw new WeftError('--trace', 'no space is left');
      },
    };
    const outcome = await createSession().run(CONFIG, () => {}, target);
    expect(outcome).toMatchObject({ ok: false, error: { field: '--trace', message: 'no space is left' } });
  });
});
