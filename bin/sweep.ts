/** `weft sweep`: a grid of runs on all cores, with a journal that makes it go on where it stopped. */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { DEMO_TENSOR } from '../src/api/inspect.ts';
import { POINT_KINDS } from '../src/api/point.ts';
import { MODEL_VERSION } from '../src/api/protocol.ts';
import { WeftError } from '../src/base/error.ts';
import { Hash } from '../src/base/hash.ts';
import { count } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { gridOf, type PointConfig, parseParam } from '../src/sweep/grid.ts';
import { isFinal, journalLine, type PointRecord, type PointSetting, pointHash, readJournal } from '../src/sweep/journal.ts';
import { runSweep, type SweepSummary } from '../src/sweep/sweep.ts';
import { type ConfigFlags, checkConfigFlags, commonConfig, isSynthetic, modelPath, SYNTHETIC_SIZES, sessionName } from './configure.ts';
import type { Surroundings } from './demo.ts';
import { Interrupted } from './fail.ts';
import { checkFile, openModelFile, refused } from './files.ts';
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

export async function sweepCommand(flags: SweepFlags, { entry, signal }: Surroundings): Promise<void> {
  const params = (flags.param ?? []).map((text) => parseParam('--param', text, POINT_KINDS));
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
  const { records, file: journal } = await openJournal(flags.out);
  const table = flags.csv === undefined ? undefined : await openTable(flags.csv, points, setting, records);
  const bar = flags.quiet ? SILENT : await progressBar(process.stderr, 'point');
  const jobs = flags.jobs ?? availableParallelism();
  const backend = localBackend({
    jobs: Math.min(jobs, points.length),
    mode: setting.mode,
    entry,
    ...(model && { model: { path: model.path, name: model.name } }),
  });
  let done = points.filter((config) => records.has(pointHash(config, setting))).length;
  const onRecord = async (record: PointRecord): Promise<void> => {
    await journal.add(journalLine(record));
    await table?.add(csvLine(record));
    bar.update({ phase: 'sweeping', cycle: ++done, expected: points.length });
  };
  try {
    return await runSweep({ points, setting, known: records, onRecord, signal }, backend);
  } finally {
    bar.stop();
    await backend.close();
    await journal.close();
    await table?.close();
  }
}

/** What all points share; sizes are the synthetic matrix's. */
function baseOf(flags: ConfigFlags, model: string | undefined): PointConfig {
  const { pes, options, tuning, engine, n, seed, kernel, machine, format, as } = commonConfig(flags);
  const { m = SYNTHETIC_SIZES.m, k = SYNTHETIC_SIZES.k, tensor = model === 'demo' ? DEMO_TENSOR : undefined } = flags;
  return {
    ...(model === undefined ? { model: 'synthetic', m, k } : { model, ...(tensor === undefined ? {} : { tensor }) }),
    ...{ n, seed, kernel, machine },
    ...(format === undefined ? {} : { format }),
    ...(as === undefined ? {} : { as }),
    ...(pes === undefined ? {} : { pes: `${pes.width}x${pes.height}` }),
    ...(engine === undefined ? {} : { engine }),
    ...tuning,
    ...options,
  };
}

/** Bytes at the front of a model file that tell it from others, with its size. */
const TELLING_BYTES = 2 ** 20;

async function modelOf({ model: asked = 'demo', tensor, param = [] }: SweepFlags, entry: string): Promise<{ path: string; name: string; hash: string }> {
  if (tensor === undefined && asked !== 'demo' && !param.some((text) => text.startsWith('tensor=')))
    throw new WeftError('--tensor', 'which tensor of the model is missing', ['add --tensor', 'add --param tensor=...', `list them with weft inspect`]);
  const path = modelPath(asked, entry);
  const blob = await openModelFile('--model', path);
  const front = new Uint8Array(await blob.slice(0, TELLING_BYTES).arrayBuffer());
  return { path, name: asked === 'demo' ? asked : sessionName(path), hash: new Hash().wide(blob.size).words(front).hex() };
}

const words = ({ points, computed, known, failed }: SweepSummary): string =>
  `${count(points, 'point')}: ${computed} computed, ${known} known before${failed > 0 ? `, ${failed} of the computed with an error` : ''}`;

/** A file that is appended to; what the system refuses is an error on the flag. */
class Appended {
  private readonly flag: string;
  private readonly path: string;
  private readonly file: FileHandle;

  private constructor(flag: string, path: string, file: FileHandle) {
    [this.flag, this.path, this.file] = [flag, path, file];
  }

  /** `size` cuts the file first; 0 begins it anew. */
  static async open(flag: string, path: string, size: number): Promise<Appended> {
    try {
      const file = await open(path, 'a');
      const status = await file.stat();
      if (status.size > size) await file.truncate(size);
      return new Appended(flag, path, file);
    } catch (error) {
      throw refused(flag, path, error);
    }
  }

  async add(text: string): Promise<void> {
    try {
      await this.file.appendFile(text);
    } catch (error) {
      throw refused(this.flag, this.path, error);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

interface Journal {
  readonly records: ReadonlyMap<string, PointRecord>;
  readonly file: Appended;
}

/** Reads what is there and cuts off a line that was never finished. */
async function openJournal(path: string): Promise<Journal> {
  const exists = (await stat(path).catch(() => undefined)) !== undefined;
  const text = exists ? await readFile(path, 'utf8') : '';
  const { records, whole } = readJournal('--out', basename(path), text);
  return { records, file: await Appended.open('--out', path, Buffer.byteLength(text.slice(0, whole))) };
}

/** The points of this grid as a table: those known from the journal first. */
async function openTable(path: string, points: readonly PointConfig[], setting: PointSetting, records: Journal['records']): Promise<Appended> {
  const hashes = new Set(points.map((config) => pointHash(config, setting)));
  const rows = [...hashes].flatMap((hash) => records.get(hash) ?? []).filter(isFinal);
  const file = await Appended.open('--csv', path, 0);
  await file.add(CSV_HEAD + rows.map(csvLine).join(''));
  return file;
}
