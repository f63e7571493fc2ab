/** `weft micro`: small measured programs beside their models; one line each, or one JSON object with --json. */
import * as api from '../src/api/micro.ts';
import { breathe, inSlices } from '../src/api/slices.ts';
import { WeftError } from '../src/base/error.ts';
import { count, grouped, signed } from '../src/base/numbers.ts';
import type { MachineId } from '../src/machine/spec.ts';
import { toJson } from '../src/report/json.ts';
import { Interrupted, RunFailed } from './fail.ts';

/** Flags that every program has. */
export interface CommonFlags {
  readonly machine: MachineId;
  readonly json?: boolean;
}
export interface RowFlags extends CommonFlags {
  readonly pes: number;
  readonly wavelets: number;
}
export interface ReduceFlags extends RowFlags {
  readonly algo: api.ReduceId;
  readonly group?: number;
  readonly descriptors?: api.Descriptors;
}
export interface AllReduceFlags extends RowFlags {
  readonly algo: api.AllReduceId;
}
export interface VecopFlags extends CommonFlags {
  readonly op: string;
  readonly n: number;
  readonly bankConflict?: boolean;
  readonly window?: api.Window;
  readonly scalarChain?: number;
}
export interface RelayFlags extends CommonFlags {
  readonly stages: number;
  readonly wavelets: number;
}
export interface MatvecFlags extends CommonFlags {
  readonly size: number;
}
export interface MessageFlags extends CommonFlags {
  readonly wavelets: number;
}

/** By subcommand; each throws what fail.ts knows how to end. */
export const MICRO = {
  async reduce({ json, ...flags }: ReduceFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.reducing(flags));
    const group = result.group === undefined ? '' : ` in groups of ${grouped(result.group)}`;
    const what = `${flags.algo} reduce of ${count(flags.wavelets, 'wavelet')} over ${count(flags.pes, 'PE')}${group}`;
    print(`${what}: ${besides(result)}; ${grouped(result.startUp)} of them start-up`, { program: 'reduce', ...flags, ...result }, json);
  },
  async 'all-reduce'({ json, ...flags }: AllReduceFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.reducingAll(flags));
    const what = `${flags.algo} all-reduce of ${count(flags.wavelets, 'wavelet')} over ${count(flags.pes, 'PE')}`;
    print(`${what}: ${besides(result)}; ${grouped(result.startUp)} of them start-up`, { program: 'all-reduce', ...flags, ...result }, json);
  },
  async broadcast({ json, ...flags }: RowFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.broadcasting(flags));
    const what = `broadcast of ${count(flags.wavelets, 'wavelet')} over ${count(flags.pes, 'PE')}`;
    print(`${what}: ${besides(result)}; start-up of ${grouped(result.startUp)} not counted`, { program: 'broadcast', ...flags, ...result }, json);
  },
  async vecop({ json, bankConflict = false, scalarChain = 0, ...flags }: VecopFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.operating({ ...flags, conflict: bankConflict, chain: scalarChain }));
    const windows = Object.entries(result.windows).map(([name, cycles]) => `${name} ${grouped(cycles)}`);
    const what = `${result.op} of ${count(flags.n, 'element')}${bankConflict ? ', banks in conflict' : ''}, window ${result.window}`;
    print(`${what}: ${besides(result)} (${windows.join(', ')})`, { program: 'vecop', ...flags, bankConflict, scalarChain, ...result }, json);
  },
  async relay({ json, ...flags }: RelayFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.relaying(flags));
    const what = `relay of ${count(flags.wavelets, 'wavelet')} over ${count(flags.stages, 'stage')}`;
    print(`${what}: ${besides(result)}`, { program: 'relay', ...flags, ...result }, json);
  },
  async matvec({ json, ...flags }: MatvecFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.multiplying(flags));
    print(`matrix-vector product ${flags.size} × ${flags.size} on one PE: ${besides(result)}`, { program: 'matvec', ...flags, ...result }, json);
  },
  async message({ json, ...flags }: MessageFlags, signal: AbortSignal) {
    const result = await flagged(signal, api.sending(flags));
    const what = `message of ${count(flags.wavelets, 'wavelet')} over one hop: first on the link after ${count(result.link, 'cycle')}, received after`;
    print(`${what} ${besides(result)}`, { program: 'message', ...flags, ...result }, json);
  },
} as const;

const besides = ({ cycles, model }: api.MicroResult): string => `${count(cycles, 'cycle')}, model ${grouped(model)} (${signed(cycles - model)})`;

function print(line: string, result: object, json: boolean | undefined): void {
  process.stdout.write(json ? toJson(result) : `${line}\n`);
  if ('exact' in result && !result.exact) throw new RunFailed('what the PEs hold at the end differs from the plain loop. Please report it.');
}

/** Runs until somebody interrupts. Errors of the user's input name the flag; those of the simulated program are failed runs. */
async function flagged<T>(signal: AbortSignal, work: Generator<void, T>): Promise<T> {
  const pause = async (): Promise<void> => {
    await breathe();
    if (signal.aborted) throw new Interrupted();
  };
  try {
    return await inSlices(work, pause);
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    if (error.field === 'program') throw new RunFailed(error.oneLine());
    throw new WeftError(`--${error.field}`, error.message, error.fixes);
  }
}
