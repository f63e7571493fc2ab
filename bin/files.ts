/**
 * Files as the command line reads and writes them. Output is written beside its place under another name and moved there
 * when it is whole, so a command that fails or is stopped never leaves half a file.
 */
import { constants, createReadStream, openAsBlob, rmSync } from 'node:fs';
import { access, type FileHandle, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { WeftError } from '../src/base/error.ts';

/** Why the system refused, in words; the code for what has none here. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EEXIST: 'a file of that name is in the way',
};

const reason = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code || String(error));
};

/** The status of a path that must be a readable regular file. */
async function readable(flag: string, path: string): Promise<{ readonly size: number }> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw new WeftError(flag, `'${path}' is a folder, not a file`, ['give the path of a file']);
    if (!status.isFile()) throw new WeftError(flag, `'${path}' is not a regular file`, ['give the path of a file']);
    await access(path, constants.R_OK);
    return status;
  } catch (error) {
    if (error instanceof WeftError) throw error;
    throw new WeftError(flag, `'${path}' cannot be read: ${reason(error)}`, ['check the path']);
  }
}

/** A model file, read in ranges as needed. Throws WeftError on `flag`. */
export async function openModelFile(flag: string, path: string): Promise<Blob> {
  await readable(flag, path);
  return openAsBlob(path);
}

/** The bytes of a file, piece by piece. Throws WeftError on `flag`, while it is read too. */
export async function readPieces(flag: string, path: string): Promise<AsyncIterable<Uint8Array>> {
  await readable(flag, path);
  return pieces(flag, path);
}

async function* pieces(flag: string, path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) yield piece as Uint8Array;
  } catch (error) {
    throw error instanceof WeftError ? error : new WeftError(flag, `'${path}' cannot be read: ${reason(error)}`, ['check the path']);
  }
}

/** Little-endian f32 values. Throws WeftError on `flag` unless the file holds whole rows of `k` values, at least one. */
export async function readRows(flag: string, path: string, k: number): Promise<Float32Array> {
  const { size } = await readable(flag, path);
  if (size === 0 || size % (4 * k) !== 0) {
    const problem = `'${path}' has ${size} bytes, which is not a whole number of rows of K = ${k} f32 values (${4 * k} bytes)`;
    throw new WeftError(flag, problem, [`give N rows of ${k} little-endian f32 values, one token after the other`]);
  }
  const bytes = await readFile(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Largest text file that is read, bytes. */
const MOST_TEXT = 2 ** 24;

/** The lines of a text file in UTF-8. Throws WeftError on `flag` for other bytes, and for more than 16 MiB. */
export async function readLines(flag: string, path: string): Promise<string[]> {
  const { size } = await readable(flag, path);
  if (size > MOST_TEXT) throw new WeftError(flag, `'${path}' has ${size} bytes, at most ${MOST_TEXT} are read`, ['give a smaller file']);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)).split(/\r\n|\r|\n/);
  } catch (error) {
    const why = error instanceof TypeError ? 'is no text in UTF-8' : `cannot be read: ${reason(error)}`;
    throw new WeftError(flag, `'${path}' ${why}`, ['give a text file, one sentence a line']);
  }
}

/** f32 values as little-endian bytes. */
export function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/**
 * Checks before any work that a file can be written at `path`: its folder, or the nearest one above that exists, is writable,
 * the path is no folder, and the file is none of `inputs`. Throws WeftError on `flag`.
 */
export async function checkWritable(flag: string, path: string, inputs: readonly string[]): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw new WeftError(flag, `'${path}' is a folder`, ['give the path of a file']);
  const real = await realpath(path).catch(() => resolve(path));
  for (const input of inputs) {
    if ((await realpath(input).catch(() => resolve(input))) === real) throw new WeftError(flag, `'${path}' would overwrite an input`, ['give another path']);
  }
  await checkFolder(flag, dirname(resolve(path)), false);
}

/** The same for a file that is read again before it is done: no device, no pipe. */
export async function checkFile(flag: string, path: string, inputs: readonly string[]): Promise<void> {
  await checkWritable(flag, path, inputs);
  const target = await stat(path).catch(() => undefined);
  if (target && !target.isFile()) throw new WeftError(flag, `'${path}' is not a regular file`, ['give the path of a file']);
}

/** The same for a folder that is made when it is not there (`make`), or must be there. */
export async function checkFolder(flag: string, folder: string, make: boolean): Promise<void> {
  const path = resolve(folder);
  try {
    if (!(await stat(path)).isDirectory()) throw new WeftError(flag, `'${path}' is not a folder`, ['give the path of a folder']);
    await access(path, constants.W_OK);
  } catch (error) {
    if (error instanceof WeftError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && make && dirname(path) !== path) return checkFolder(flag, dirname(path), true);
    throw new WeftError(flag, `cannot write into '${path}': ${missing ? 'there is no such folder' : reason(error)}`, [
      'choose a folder that can be written to',
    ]);
  }
}

/** Names under which output is being written; removed if the process ends before they get their place. */
const unfinished = new Set<string>();

/** Removes what a stopped command would leave behind; call when the process exits. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
}

/** A file that appears under its name only when it is complete. Devices and pipes are written directly. */
export class OutputFile {
  private readonly flag: string;
  private readonly path: string;
  private readonly place: string;
  private readonly file: FileHandle;

  private constructor(flag: string, path: string, place: string, file: FileHandle) {
    this.flag = flag;
    this.path = path;
    this.place = place;
    this.file = file;
  }

  /** Opens a new file beside `path`, in a folder that is made if it is missing. */
  static async create(flag: string, path: string): Promise<OutputFile> {
    try {
      const target = await stat(path).catch(() => undefined);
      if (target !== undefined && !target.isFile()) return new OutputFile(flag, path, path, await open(path, 'w'));
      // A symbolic link keeps pointing where it points: the file behind it is replaced.
      const real = await realpath(path).catch(() => resolve(path));
      await mkdir(dirname(real), { recursive: true });
      const place = join(dirname(real), `.${basename(real).slice(0, 200)}.${process.pid}.part`);
      unfinished.add(place);
      return new OutputFile(flag, real, place, await open(place, 'w'));
    } catch (error) {
      throw refused(flag, path, error);
    }
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    try {
      await this.file.writeFile(bytes);
    } catch (error) {
      throw refused(this.flag, this.path, error);
    }
  }

  /** What was written so far, where it stands now. */
  read(): AsyncIterable<Uint8Array> {
    return pieces(this.flag, this.place);
  }

  /** Moves the file to its place. */
  async finish(): Promise<void> {
    try {
      await this.file.close();
      if (this.place !== this.path) await rename(this.place, this.path);
      unfinished.delete(this.place);
    } catch (error) {
      throw refused(this.flag, this.path, error);
    }
  }

  /** Forgets what was written. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    if (this.place !== this.path) await rm(this.place, { force: true });
    unfinished.delete(this.place);
  }
}

/** What the system refused, as an error on the flag. */
export const refused = (flag: string, path: string, error: unknown): WeftError =>
  new WeftError(flag, `'${path}' cannot be written: ${reason(error)}`, ['choose a place that can be written to']);

export interface Output {
  readonly flag: string;
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** Writes all of them, or none: every file is complete before the first gets its name. */
export async function writeAll(outputs: readonly Output[]): Promise<void> {
  const files: OutputFile[] = [];
  try {
    for (const { flag, path, content } of outputs) {
      const file = await OutputFile.create(flag, path);
      files.push(file);
      await file.write(content);
    }
    for (const file of files) await file.finish();
  } catch (error) {
    await Promise.all(files.map((file) => file.discard()));
    throw error;
  }
}
