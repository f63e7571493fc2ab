/** Runs the built command line as a shell would, in a folder of its own. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
const HOST = join(ROOT, 'test', 'cli', 'host.mjs');

export const GOLDEN = join(ROOT, 'test', 'golden', 'q4_k');
export const TINY = join(GOLDEN, 'tiny-llama-public.gguf');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built entry; a clear failure where it has not been built. */
export function entry(): string {
  if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is missing: run npm test, or npm run build:cli before vitest');
  return MAIN;
}

/** Runs `weft` with these arguments in `cwd` to its end, as a process of its own. */
export function weftAlone(args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry(), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }));
  });
}

let host: ChildProcess | undefined;
let asked = 0;

/**
 * The same in one process for all commands of a test file, one after the other: starting Node, loading and compiling is most of a
 * short command's time. For what is about processes themselves there is `weftAlone`.
 */
export function weft(args: readonly string[], cwd: string): Promise<Ended> {
  host ??= fork(HOST, [entry()], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const child = host;
  const id = asked++;
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => reject(new Error(`weft ${args.join(' ')} took its process along: exit code ${code}`));
    const answered = (answer: Ended & { readonly id: number }): void => {
      if (answer.id !== id) return;
      child.off('message', answered).off('exit', exited);
      const { code, stdout, stderr } = answer;
      resolve({ code, stdout, stderr });
    };
    child.on('message', answered).on('exit', exited);
    child.send({ id, args, cwd });
  });
}

/** Lets the process of this file's commands end, which it does by itself unless something in it is still open. */
async function endHost(): Promise<void> {
  const child = host;
  host = undefined;
  if (child === undefined || child.exitCode !== null) return;
  child.disconnect();
  await once(child, 'exit');
}

/** A new folder that is removed after the file's tests, when no command of theirs runs any more. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'weft-cli-'));
  afterAll(async () => {
    await endHost();
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** A tensor of gguf_index.json, as far as the tests use it. */
export interface GoldenTensor {
  readonly name: string;
  readonly type: string;
  readonly ne: readonly number[];
  readonly offset: number;
  readonly nbytes: number;
  readonly matmul?: { readonly x_offset_f32: number; readonly y_offset: number };
  readonly sha256_dequant_f32le: string;
}

/** What ggml says of tiny-llama-public.gguf. */
export const INDEX: {
  readonly version: number;
  readonly alignment: number;
  readonly data_offset: number;
  readonly n_kv: number;
  readonly matmul_tokens: number;
  readonly tensors: readonly GoldenTensor[];
} = JSON.parse(readFileSync(join(GOLDEN, 'gguf_index.json'), 'utf8'));

/** A golden file as typed numbers. */
export const golden = {
  f32: (name: string): Float32Array => new Float32Array(bytesOf(name)),
  f64: (name: string): Float64Array => new Float64Array(bytesOf(name)),
};

function bytesOf(name: string): ArrayBuffer {
  const bytes = readFileSync(join(GOLDEN, name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
