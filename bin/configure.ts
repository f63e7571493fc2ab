/** A run as data from flags: the model opened in the session, the activations read. */
import { basename } from 'node:path';
import { DEMO_TENSOR } from '../src/api/inspect.ts';
import {
  type EngineChoice,
  type KernelOptions,
  type ModelSummary,
  OPTION_IDS,
  type Outcome,
  type RunConfig,
  type Session,
  TUNABLE_IDS,
  type Tuning,
} from '../src/api/protocol.ts';
import { WeftError } from '../src/base/error.ts';
import type { MachineId } from '../src/machine/spec.ts';
import { demoFile } from './demo.ts';
import { fromWire } from './fail.ts';
import { openModelFile, readRows } from './files.ts';

/** The flags of run-flags.ts as parsed. */
export interface ConfigFlags extends KernelOptions, Tuning {
  /** The demo if absent, or a synthetic matrix if there are sizes. */
  readonly model?: string;
  readonly tensor?: string;
  readonly m?: number;
  readonly k?: number;
  readonly n?: number;
  readonly kernel: string;
  readonly machine: MachineId;
  readonly pes?: { readonly width: number; readonly height: number };
  readonly engine?: EngineChoice;
  readonly seed: number;
  readonly format?: string;
  readonly as?: 'q4_k_ix' | 'q4_k_ix_e5m2';
  readonly input?: string;
}

/** Sizes of a synthetic matrix without `--m` and `--k`, as on the page. */
export const SYNTHETIC_SIZES = { m: 64, k: 512 } as const;

/** Sizes without a model ask for a synthetic matrix. */
export const isSynthetic = ({ model, m, k }: ConfigFlags): boolean => model === 'synthetic' || (model === undefined && (m !== undefined || k !== undefined));

/** Throws WeftError on flags of a model for a synthetic matrix, and the other way round. */
export function checkConfigFlags(flags: ConfigFlags): void {
  if (isSynthetic(flags)) {
    if (flags.tensor !== undefined)
      throw new WeftError('--tensor', 'a synthetic matrix has no tensors', ['leave --tensor out', 'give a model file with --model']);
    if (flags.input !== undefined)
      throw new WeftError('--input', 'a synthetic matrix makes its own activations from the seed', ['leave --input out', 'give a model file with --model']);
    return;
  }
  if (flags.format !== undefined)
    throw new WeftError('--format', "the format is the tensor's", ['leave --format out', 'use --as to re-encode it', 'use --model synthetic']);
  for (const size of ['m', 'k'] as const) {
    if (flags[size] !== undefined) throw new WeftError(`--${size}`, "the sizes are the tensor's", [`leave --${size} out`, 'use --model synthetic']);
  }
}

/** The run as data, with the model open in the session and the activations read. */
export async function configure(session: Session, flags: ConfigFlags, entry: string): Promise<RunConfig> {
  const common = commonConfig(flags);
  if (isSynthetic(flags)) return { ...SYNTHETIC_SIZES, model: 'synthetic', tensor: '', ...sizes(flags), ...common };
  const { model: asked = 'demo' } = flags;
  const model = await openNamed(session, asked, entry);
  const layers = await takesLayers(session, flags.kernel);
  if (flags.tensor === undefined && asked !== 'demo' && !layers) {
    throw new WeftError('--tensor', 'which tensor of the file is missing', [`list them with weft inspect '${asked}'`]);
  }
  const wanted = flags.tensor ?? (layers ? 'blk.0' : DEMO_TENSOR);
  const input = flags.input === undefined ? undefined : await readInput(flags, model, wanted);
  return { m: 0, k: 0, ...common, model: model.name, tensor: wanted, ...(input === undefined ? {} : { n: input.n, input: input.x }) };
}

/** What does not depend on where the weights come from. */
export function commonConfig(flags: ConfigFlags): Pick<RunConfig, 'kernel' | 'machine' | 'seed' | 'n'> & Partial<RunConfig> {
  const { kernel, machine, seed, engine, pes, as, format, n = 1 } = flags;
  const [options, tuning] = [given(flags, OPTION_IDS), given(flags, TUNABLE_IDS)];
  return {
    n,
    kernel,
    machine,
    seed,
    ...(engine && { engine }),
    ...(as && { as }),
    ...(format && { format }),
    ...(pes === undefined ? {} : { pes }),
    ...(options === undefined ? {} : { options }),
    ...(tuning === undefined ? {} : { tuning }),
  };
}

/** Where the file of a model lies: the demo's, or the path itself. */
export const modelPath = (asked: string, entry: string): string => (asked === 'demo' ? demoFile(entry) : asked);

/** Opens the demo or a file in the session. */
export async function openNamed(session: Session, asked: string, entry: string): Promise<ModelSummary> {
  const path = modelPath(asked, entry);
  const name = asked === 'demo' ? asked : sessionName(path);
  return value(await session.openModel({ kind: 'file', file: await openModelFile('--model', path), name }));
}

/** Those flags of `ids` that were given, if any. */
function given<Id extends keyof ConfigFlags>(flags: ConfigFlags, ids: readonly Id[]): { readonly [K in Id]?: ConfigFlags[K] } | undefined {
  const pairs = ids.filter((id) => flags[id] !== undefined).map((id) => [id, flags[id]]);
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

export async function takesLayers(session: Session, kernel: string): Promise<boolean> {
  return value(await session.kernels()).find(({ id }) => id === kernel)?.takes === 'layer';
}

const sizes = ({ m, k }: ConfigFlags): Partial<Pick<RunConfig, 'm' | 'k'>> => ({ ...(m === undefined ? {} : { m }), ...(k === undefined ? {} : { k }) });

/** A file called like one of the built-in models keeps its own name by its path. */
export function sessionName(path: string): string {
  const name = basename(path);
  return name === 'demo' || name === 'synthetic' ? `./${name}` : name;
}

/** The activations and how many rows they are. */
async function readInput(flags: ConfigFlags, model: ModelSummary, wanted: string): Promise<{ readonly x: Float32Array; readonly n: number } | undefined> {
  const tensor = model.tensors.find((t) => t.name === wanted) ?? model.tensors.find((t) => t.name === `${wanted}.weight`);
  const k = /^blk\.\d+$/.test(wanted) ? model.layers?.hidden : tensor?.shape[0];
  // An unknown tensor is the session's to report, with the closest names.
  if (k === undefined || flags.input === undefined) return undefined;
  const x = await readRows('--input', flags.input, k);
  const n = x.length / k;
  if (flags.n !== undefined && flags.n !== n) {
    throw new WeftError('--n', `${flags.n} is not the number of rows in '${flags.input}', which holds ${n}`, ['leave --n out', `write --n ${n}`]);
  }
  return { x, n };
}

/** The value of an outcome, or its error as fail.ts ends it. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw fromWire(outcome.error);
  return outcome.value;
}
