/** `weft dequantize`: a tensor's weights as little-endian f32, row after row. */
import { basename } from 'node:path';
import { dequantiseTensor, type TensorEntry } from '../src/api/inspect.ts';
import { bytes, grouped } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { Interrupted } from './fail.ts';
import { checkWritable, littleEndian, OutputFile, openModelFile } from './files.ts';

export interface DequantizeFlags {
  readonly tensor: string;
  readonly output: string;
  readonly json?: boolean;
}

export async function dequantizeCommand(path: string, flags: DequantizeFlags, signal: AbortSignal): Promise<void> {
  const blob = await openModelFile('FILE', path);
  await checkWritable('--output', flags.output, [path]);
  const file = await OutputFile.create('--output', flags.output);
  let entry: TensorEntry;
  try {
    entry = await dequantiseTensor(blob, basename(path), flags.tensor, async (values) => {
      if (signal.aborted) throw new Interrupted();
      await file.write(littleEndian(values));
    });
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
  const values = entry.shape.reduce((product, n) => product * n, 1);
  const { name, type, shape } = entry;
  const said = `wrote ${flags.output}: ${name}, ${type}, ${shape.map((n) => grouped(n)).join(' × ')} as f32, ${bytes(4 * values)}`;
  process.stdout.write(flags.json ? toJson({ tensor: name, type, shape, values, bytes: 4 * values, written: [flags.output] }) : `${printable(said)}\n`);
}
