/** `weft sweep`: a grid of runs on all cores, with a journal that makes it go on where it stopped. */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { MODEL_VERSION, OPTION_IDS, OPTIONS, type OptionSpec } from '../src/api/protocol.ts';
import { WeftError } from '../src/base/error.ts';
import { Hash } from '../src/base/hash.ts';
import { count } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { gridOf, type ParamKind, type PointConfig, parseParam } from '../src/sweep/grid.ts';
import { isFinal, journalLine, type PointRecord, type PointSetting, pointHash, readJournal } from '../src/sweep/journal.ts';
import { runSweep, type SweepSummary } from '../src/sweep/sweep.ts';
import { type ConfigFlags, checkConfigFlags, commonConfig, isSynthetic, modelPath, SYNTHETIC_SIZES, sessionName } from './configure.ts';
import type { Surroundings } from './demo.ts';
import { Interrupted } from './fail.ts';
import { checkFile, openModelFile } from './files.ts';
import { progressBar, SILENT } from './progress.ts';
import { CSV_HEAD, csvLine } from './sweep-csv.ts';
import { localBackend } from './sweep-pool.ts';

export interface SweepFlags extends ConfigFlags {
  readonly param?: readonly string[];
  readonly out: string;
  readonly csv?: string;
  readonly jobs?: number;
  readonly closedForm?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Parameters by name, options of kernels included. */
const KINDS: ReadonlyMap<string, ParamKind> = new Map<string, ParamKind>([
  ...(['m', 'k', 'n', 'seed'] as const).map((name) => [name, 'number'] as const),
  ...(['kernel', 'machine', 'tensor', 'format', 'as', 'engine'] as const).map((name) => [name, 'text'] as const),
  ['pes', 'rectangle'],
  ...OPTION_IDS.map((id) => [id, (OPTIONS[id] as OptionSpec).values ? 'text' : 'number'] as const),
]);

export async function sweepCommand(flags: SweepFlags, { entry, signal }: Surroundings): Promise<void> {
  const params = (flags.param ?? []).map((text) => parseParam('--param', text, KINDS));
  const sizes = Object.fromEntries(params.filter(({ name }) => name === 'm' || name === 'k').map(({ name, values }) => [name, Number(values[0])]));
  const given = { ...flags, ...sizes };
  checkConfigFlags(given);
  if (flags.input !== undefined) throw new WeftError('--input', 'points of a sweep make their activations from the seed', ['leave --input out']);
  const model = isSynthetic(given) ? undefined : await modelOf(flags, entry);
  const points = gridOf('--param', baseOf(given, model?.name), params);
  const setting: PointSetting = { mode: flags.closedForm ? 'closed-form' : 'simulated', modelVersion: MODEL_VERSION, modelHash: model?.hash ?? '' };
  await checkFile('--out', flags.out, model === undefined ? [] : [model.path]);
  if (flags.csv !== undefined) await checkFile('--csv', flags.csv, [flags.out, ...(model === undefined ? [] : [model.path])]);
  const summary = await compute(flags, points, setting, { entry, signal, model });
  const files = [flags.out, ...(flags.csv === undefined ? [] : [flags.csv])];
  if (flags.json) process.stdout.write(toJson({ ...summary, written: files }));
  else if (!flags.quiet) process.stdout.write(`${printable(`${words(summary)}; ${files.join(', ')}`)}\n`);
  if (!summary.finished) throw new Interrupted();
}

interface Place extends Surroundings {
  readonly model: { readonly path: string; readonly name: string } | undefined;
}

async function compute(flags: SweepFlags, points: readonly PointConfig[], setting: PointSetting, { entry, signal, model }: Place): Promise<SweepSummary> {
  const journal = await Journal.open('--out', flags.out);
  const table = await Table.open(flags.csv, points, setting, journal.records);
  const bar = flags.quiet ? SILENT : await progressBar(process.stderr, 'point');
  const jobs = flags.jobs ?? availableParallelism();
  const backend = localBackend({
    jobs: Math.min(jobs, points.length),
    mode: setting.mode,
    entry,
    ...(model && { model: { path: model.path, name: model.name } }),
  });
  let done = points.filter((config) => journal.records.has(pointHash(config, setting))).length;
  const onRecord = async (record: PointRecord): Promise<void> => {
    await journal.add(record);
    await table?.add(record);
    bar.update({ phase: 'sweeping', cycle: ++done, expected: points.length });
  };
  try {
    return await runSweep({ points, setting, known: journal.records, onRecord, signal }, backend);
  } finally {
    bar.stop();
    await backend.close();
    await journal.close();
    await table?.close();
  }
}

/** What all points share; sizes are the synthetic matrix's. */
function baseOf(flags: ConfigFlags, model: string | undefined): PointConfig {
  const { pes, options = {}, engine, n, seed, kernel, machine, format, as } = commonConfig(flags);
  const { m = SYNTHETIC_SIZES.m, k = SYNTHETIC_SIZES.k, tensor } = flags;
  return {
    ...(model === undefined ? { model: 'synthetic', m, k } : { model, ...(tensor === undefined ? {} : { tensor }) }),
    ...{ n, seed, kernel, machine },
    ...(format === undefined ? {} : { format }),
    ...(as === undefined ? {} : { as }),
    ...(pes === undefined ? {} : { pes: `${pes.width}x${pes.height}` }),
    ...(engine === undefined ? {} : { engine }),
    ...options,
  };
}

/** Bytes at the front of a model file that tell it from others, with its size. */
const TELLING_BYTES = 2 ** 20;

async function modelOf({ model: asked = 'demo', tensor, param = [] }: SweepFlags, entry: string): Promise<{ path: string; name: string; hash: string }> {
  if (tensor === undefined && !param.some((text) => text.startsWith('tensor=')))
    throw new WeftError('--tensor', 'which tensor of the model is missing', ['add --tensor', 'add --param tensor=...', `list them with weft inspect`]);
  const path = modelPath(asked, entry);
  const blob = await openModelFile('--model', path);
  const front = new Uint8Array(await blob.slice(0, TELLING_BYTES).arrayBuffer());
  return { path, name: asked === 'demo' ? asked : sessionName(path), hash: new Hash().wide(blob.size).words(front).hex() };
}

const words = ({ points, computed, known, failed }: SweepSummary): string =>
  `${count(points, 'point')}: ${computed} computed, ${known} known before${failed > 0 ? `, ${failed} of the computed with an error` : ''}`;

/** The journal on disk. */
class Journal {
  readonly records: ReadonlyMap<string, PointRecord>;
  private readonly file: FileHandle;

  private constructor(records: ReadonlyMap<string, PointRecord>, file: FileHandle) {
    this.records = records;
    this.file = file;
  }

  /** Reads what is there and cuts off a line that was never finished. */
  static async open(flag: string, path: string): Promise<Journal> {
    const exists = (await stat(path).catch(() => undefined)) !== undefined;
    const text = exists ? await readFile(path, 'utf8') : '';
    const { records, whole } = readJournal(flag, basename(path), text);
    const file = await open(path, 'a');
    if (whole < text.length) await file.truncate(Buffer.byteLength(text.slice(0, whole)));
    return new Journal(records, file);
  }

  async add(record: PointRecord): Promise<void> {
    await this.file.appendFile(journalLine(record));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The points of this grid as a table: those known from the journal first, then each when it is done. */
class Table {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  static async open(
    path: string | undefined,
    points: readonly PointConfig[],
    setting: PointSetting,
    records: ReadonlyMap<string, PointRecord>,
  ): Promise<Table | undefined> {
    if (path === undefined) return undefined;
    const known = new Set(points.map((config) => pointHash(config, setting)));
    const rows = [...known].flatMap((hash) => records.get(hash) ?? []).filter(isFinal);
    const file = await open(path, 'w');
    await file.appendFile(CSV_HEAD + rows.map(csvLine).join(''));
    return new Table(file);
  }

  async add(record: PointRecord): Promise<void> {
    await this.file.appendFile(csvLine(record));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
