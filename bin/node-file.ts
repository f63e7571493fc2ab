/** A file on disk as a RangeReader (src/model/range.ts): reads ranges, is closed by its opener. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { WeftError } from '../src/base/error.ts';
import type { RangeReader } from '../src/model/range.ts';

/** An open file; `close` must be called, `withNodeFile` does it. */
export interface NodeFile extends RangeReader {
  close(): Promise<void>;
}

/** Opens `path`. Throws WeftError on `field` (the flag that named the file) when it cannot be opened or is no file. */
export async function openNodeFile(path: string, field = '--model'): Promise<NodeFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const status = await handle.stat();
    if (!status.isFile()) throw new WeftError(field, `'${path}' is not a file`);
    return nodeFile(handle, status.size, basename(path));
  } catch (cause) {
    await handle?.close();
    if (cause instanceof WeftError) throw cause;
    const why = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'does not exist' : `cannot be opened (${String(cause)})`;
    throw new WeftError(field, `'${path}' ${why}`, ['Check the path']);
  }
}

/** Opens `path`, hands it to `use` and closes it whatever happens. */
export async function withNodeFile<T>(path: string, use: (file: NodeFile) => Promise<T>, field = '--model'): Promise<T> {
  const file = await openNodeFile(path, field);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function nodeFile(handle: FileHandle, size: number, name: string): NodeFile {
  return {
    size,
    name,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      // One read may return less than asked (signals, network file systems); none at all means the file was cut.
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled).catch((cause: unknown) => {
          throw new WeftError('file', `bytes ${offset} to ${offset + length} of '${name}' could not be read (${String(cause)})`);
        });
        if (bytesRead === 0) return bytes.subarray(0, filled);
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
