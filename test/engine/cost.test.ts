/**
 * What a run costs in memory: nothing is allocated in any cycle, and few bytes of state lie beside the PEs' own memory.
 * Bytes are counted, not timed; speed is bench/engine.ts.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { stateBytesPerPe } from '../../bench/state.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import type { Growth } from '../drivers/heap-growth.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the heap', () => {
  let growths: Growth[];
  beforeAll(async () => {
    const outDir = 'dist/heap-growth';
    await build({
      configFile: false,
      root: ROOT,
      logLevel: 'error',
      build: { ssr: 'test/drivers/heap-growth.ts', outDir, target: 'node20', copyPublicDir: false },
    });
    // Code is compiled where it is due, not when another thread has time: the counts repeat on a busy machine.
    growths = JSON.parse(execFileSync(process.execPath, ['--no-concurrent-recompilation', `${outDir}/heap-growth.js`], { cwd: ROOT, encoding: 'utf8' }));
  });

  // The least object is 16 B, so 2 B a cycle is far below one object a cycle, let alone one a PE.
  it.each([
    ['streaming', 'streaming, K = 4096, N = 12', 300_000],
    ['stationary', 'stationary, K = 4096, N = 24', 300_000],
    ['chain', 'a chain reduce of B = 11 000', 11_000],
  ])('grows by less than 2 B a cycle while 64 PEs run %s: %s', (id, _, least) => {
    const growth = growths.find(({ name }) => name === id);
    expect(growth?.cycles).toBeGreaterThan(least);
    expect(growth?.bytes).toBeLessThan(2);
  });
});

it.each(['streaming', 'stationary'])('a broadcast GEMV on 32 x 32 PEs keeps at most 400 B of state a PE beside its memory: %s', (kernel) => {
  const gemm = synthetic(1024, 256, 1, 7);
  const program = KERNELS[kernel].build(KERNELS[kernel].plan(gemm, WSE2, { width: 32, height: 32 }), gemm);
  const engine = createWaveletEngine(program);
  engine.advance(Number.MAX_SAFE_INTEGER);
  expect(stateBytesPerPe(engine, program)).toBeLessThanOrEqual(400);
});
