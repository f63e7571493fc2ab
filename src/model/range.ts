/**
 * Where a model file's bytes come from: something that can read a range. Memory, a Blob or a File (on Node
 * fs.openAsBlob makes one of a path). A model may be larger than memory, so nothing in this room ever reads a whole file.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';

/** Random access to `size` bytes. */
export interface RangeReader {
  /** Bytes in all. */
  readonly size: number;
  /** File name for messages and reports, when there is one. */
  readonly name?: string;
  /** Exactly the bytes [offset, offset + length), which the caller keeps inside `size`. Rejects with WeftError when they cannot be read. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** The part of the DOM's Blob and File that is used (the core is compiled without the DOM library). */
export interface BlobLike {
  readonly size: number;
  readonly name?: string;
  slice(start: number, end: number): BlobLike;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Reads from memory. The ranges are views, not copies: do not write to them. */
export function fromBytes(data: Uint8Array | ArrayBuffer, name?: string): RangeReader {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return {
    size: bytes.length,
    ...(name === undefined ? {} : { name }),
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Reads slices of a Blob or File; only the ranges asked for are ever loaded. */
export function fromBlob(blob: BlobLike, name: string | undefined = blob.name): RangeReader {
  return {
    size: blob.size,
    ...(name === undefined ? {} : { name }),
    read: async (offset, length) => {
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        // A browser refuses when the file changed or vanished after it was chosen.
        throw unreadable(offset, length, cause);
      }
    },
  };
}

/** The error for a range that the browser would not give. */
function unreadable(offset: number, length: number, cause: unknown): WeftError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new WeftError('file', `bytes ${grouped(offset)} to ${grouped(offset + length)} could not be read (${why})`, ['Choose the file again']);
}

/** `reader.read`, checked: a reader that returns fewer bytes (a file cut while open) is an error, not silently short data. */
export async function readExactly(reader: RangeReader, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await reader.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new WeftError(
    'file',
    `asked for ${grouped(length)} bytes at byte ${grouped(offset)}, got ${grouped(bytes.length)}; the file changed while it was open`,
    ['Choose the file again'],
  );
}
