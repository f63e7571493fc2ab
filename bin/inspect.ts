/** `weft inspect`: what a GGUF file says of itself, for people or as JSON. */
import { basename } from 'node:path';
import { inspectModel, type JsonValue, type ModelInspection } from '../src/api/inspect.ts';
import { bytes, grouped } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { columns } from './columns.ts';
import { openModelFile } from './files.ts';

/** Elements of an array, and characters of a text, that a person sees; JSON has them all. */
const SHOWN_ITEMS = 6;
const SHOWN_CHARACTERS = 100;

export async function inspectCommand(path: string, flags: { readonly json?: boolean }): Promise<void> {
  const model = await inspectModel(await openModelFile('FILE', path), basename(path));
  process.stdout.write(flags.json ? toJson(model) : describe(model));
}

function describe(model: ModelInspection): string {
  const head = `${model.file}: GGUF version ${model.version}, ${bytes(model.bytes)}, alignment ${bytes(model.alignment)}, data from byte ${grouped(model.dataOffset)}`;
  const metadata = Object.entries(model.metadata).map(([key, value]) => [key, short(value)]);
  const tensors = model.tensors.map((t) => [t.name, t.type, t.shape.map((n) => grouped(n)).join(' × '), grouped(t.offset), bytes(t.bytes)]);
  const lines = [
    head,
    '',
    `${grouped(metadata.length)} metadata`,
    ...columns(metadata, 0),
    '',
    `${grouped(tensors.length)} tensors: name, type, shape (first is contiguous), offset in the data, size`,
    ...columns(tensors, 2),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function short(value: JsonValue): string {
  if (typeof value === 'string') return value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}… (${grouped(value.length)} characters)` : value;
  if (!Array.isArray(value)) return String(value);
  const items = value.slice(0, SHOWN_ITEMS).map((item) => short(item));
  return `[${items.join(', ')}${value.length > SHOWN_ITEMS ? `, … ${grouped(value.length)} in all` : ''}]`;
}
