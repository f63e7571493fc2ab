/** Runs the sweep of the page over its workers: points come in one by one, and it can be stopped at any time. */
import type { StoreApi } from 'zustand/vanilla';

import { MODEL_VERSION, type ModelSource, type RunConfig } from '../api/protocol.ts';
import { WeftError } from '../base/error.ts';
import type { Backend } from '../sweep/backend.ts';
import { gridOf, type PointConfig, parseParam } from '../sweep/grid.ts';
import { isFinal, type PointRecord, type PointSetting, pointHash } from '../sweep/journal.ts';
import { runSweep } from '../sweep/sweep.ts';
import { RUN_TEXT } from './strings.ts';
import { PARAMS, type SweepSetup, type SweepState } from './sweep.ts';

/** A page is no farm: beyond this the command line does it, with a journal. */
const MOST_POINTS = 5000;

export interface SweepDeps {
  readonly sweep: StoreApi<SweepState>;
  readonly createPool: (size: number, mode: SweepSetup['mode'], model: ModelSource | null) => Backend;
  /** Workers that this computer has room for. */
  readonly cores: number;
  readonly demoUrl: string;
}

export interface SweepActions {
  configure(patch: Partial<SweepSetup>): void;
  run(): Promise<void>;
  stop(): void;
}

export function createSweepActions({ sweep, createPool, cores, demoUrl }: SweepDeps): SweepActions {
  let current: AbortController | null = null;
  /** What was computed on this visit; the same point is not computed twice. */
  const known = new Map<string, PointRecord>();

  async function run(): Promise<void> {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    const { base, x, y, mode } = sweep.getState();
    const points = gridOrError(sweep, base, x, y);
    if (points === null) return;
    sweep.setState({ status: 'running', records: [], points: points.length, asked: { x, y, mode }, error: null });
    const model: ModelSource | null = base.model === 'demo' ? { kind: 'url', url: demoUrl, name: 'demo' } : null;
    const pool = createPool(Math.min(cores, points.length), mode, model);
    const onRecord = async (record: PointRecord): Promise<void> => {
      known.set(record.hash, record);
      if (current === mine) sweep.setState((s) => ({ records: [...s.records, record] }));
    };
    try {
      const setting: PointSetting = { mode, modelVersion: MODEL_VERSION, modelHash: '' };
      sweep.setState({ records: recordsOf(points, known, setting) });
      await runSweep({ points, setting, known, onRecord, signal: mine.signal }, pool);
    } finally {
      await pool.close();
      if (current === mine) sweep.setState({ status: mine.signal.aborted ? 'stopped' : 'done' });
    }
  }

  return { configure: (patch) => sweep.setState(patch), run, stop: () => current?.abort() };
}

/** The points of the grid, or null with the store saying what is wrong. */
function gridOrError(sweep: StoreApi<SweepState>, base: RunConfig, x: SweepSetup['x'], y: SweepSetup['y']): PointConfig[] | null {
  try {
    const params = [x, y]
      .filter(({ name, values }) => name !== '' && values.trim() !== '')
      .map(({ name, values }) => parseParam(name, `${name}=${values}`, PARAMS));
    const points = gridOf('parameters', flat(base), params);
    if (points.length > MOST_POINTS) throw new WeftError('parameters', RUN_TEXT.tooManyPoints(points.length, MOST_POINTS), RUN_TEXT.fewerPoints);
    return points;
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    sweep.setState({ error: { field: error.field, message: error.message, fixes: error.fixes }, status: 'empty' });
    return null;
  }
}

/** A configuration as the flat point of a grid. */
function flat({ model, tensor, m, k, n, seed, kernel, machine, tuning, format, as, pes, options = {} }: RunConfig): PointConfig {
  return {
    ...(model === 'synthetic' ? { model, m, k } : { model, tensor }),
    ...{ n, seed, kernel, machine },
    ...(format === undefined ? {} : { format }),
    ...(as === undefined ? {} : { as }),
    ...(pes === undefined ? {} : { pes: `${pes.width}x${pes.height}` }),
    ...tuning,
    ...options,
  };
}

/** What of the grid is known already. */
function recordsOf(points: readonly PointConfig[], known: ReadonlyMap<string, PointRecord>, setting: PointSetting): PointRecord[] {
  return points.flatMap((config) => {
    const record = known.get(pointHash(config, setting));
    return record && isFinal(record) ? [record] : [];
  });
}
