/**
 * `npm run bench:cancel [-- NAME ...]`: how long the largest runs keep their thread before they let messages in, in CPU
 * milliseconds: a cancel is heard of after this at most. The longest stretch of each run and the phase in which it began; what
 * compiles code and collects garbage meanwhile is in it. Some minutes for all; NAME is the beginning of a row's name.
 */
import type { Outcome, Progress, RunConfig, Session } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { cpuMs } from './row.ts';

/** What a user is promised. */
const PROMISED_MS = 100;

const COMMON = { model: 'synthetic', tensor: '', seed: 7, machine: 'wse2', n: 1 } as const;
const rows = (side: readonly [number, number], kernel: string, k: number, more: Partial<RunConfig> = {}): RunConfig => ({
  ...COMMON,
  ...{ kernel, m: side[0] * side[1], k, pes: { width: side[0], height: side[1] }, engine: 'timing', ...more },
});
const WAFER = [750, 994] as const;
const SQUARE = [256, 256] as const;

type Way = 'timing' | 'run' | 'runOrTime';
const CASES: ReadonlyArray<readonly [name: string, way: Way, config: RunConfig]> = [
  ['wafer, N = 1, timed', 'timing', rows(WAFER, 'streaming', 4096)],
  ['wafer, N = 64, timed', 'timing', rows(WAFER, 'streaming', 4096, { n: 64 })],
  ['wafer, N = 1, opened on the page', 'runOrTime', rows(WAFER, 'streaming', 4096)],
  ['wafer, N = 64, opened on the page', 'runOrTime', rows(WAFER, 'streaming', 4096, { n: 64 })],
  ['wafer, drain column, N = 2, timed', 'timing', rows(WAFER, 'streaming', 4096, { n: 2, options: { drain: 'column' } })],
  ['layer, h = 4096, timed', 'timing', { ...COMMON, kernel: 'transformer_layer', m: 4096, k: 4096, engine: 'timing' }],
  ['layer, h = 4096, opened on the page', 'runOrTime', { ...COMMON, kernel: 'transformer_layer', m: 4096, k: 4096, engine: 'timing' }],
  ['256 x 256, overlap: a graph of 65,536 PEs', 'timing', rows(SQUARE, 'streaming', 256, { options: { overlap: 'on' } })],
  ['256 x 256, K = 512, values by the wavelet engine', 'runOrTime', rows(SQUARE, 'streaming', 512, { engine: 'wavelet' })],
  ['256 x 256, K = 4096, values by the timing engine', 'run', rows(SQUARE, 'streaming', 4096)],
  ['K = 8192, N = 512: 4 million activations', 'run', rows([4, 4], 'stationary', 8192, { n: 512 })],
  ['4096 x 4096, weight-streaming, N = 4', 'run', { ...COMMON, kernel: 'weight-streaming', m: 4096, k: 4096, n: 4 }],
];

/** A stretch between two turns of the event loop. */
interface Stretch {
  readonly ms: number;
  readonly phase: Progress['phase'] | 'timing';
}

/** The longest stretch while `work` runs. */
async function longest(work: (tell: (phase: Stretch['phase']) => void) => Promise<unknown>): Promise<Stretch> {
  let phase = 'timing' as Stretch['phase'];
  let most: Stretch = { ms: 0, phase };
  let [isOver, begun, since] = [false, phase, cpuMs()];
  const turn = (): void => {
    const ms = cpuMs() - since;
    if (ms > most.ms) most = { ms, phase: begun };
    [begun, since] = [phase, cpuMs()];
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work((next) => {
    phase = next;
  });
  isOver = true;
  await new Promise(setImmediate);
  return most;
}

function run(session: Session, way: Way, config: RunConfig, tell: (phase: Stretch['phase']) => void): Promise<Outcome<unknown>> {
  return way === 'timing' ? session.timing(config, () => {}) : session[way](config, ({ phase }) => tell(phase));
}

const names = process.argv.slice(2);
for (const [name, way, config] of CASES) {
  if (names.length > 0 && !names.some((begin) => name.startsWith(begin))) continue;
  const { ms, phase } = await longest(async (tell) => {
    const outcome = await run(createSession(), way, config, tell);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.error.message}`);
  });
  process.stdout.write(`${ms.toFixed(0).padStart(6)} ms CPU  ${phase.padEnd(10)}  ${name}${ms > PROMISED_MS ? `  (over ${PROMISED_MS})` : ''}\n`);
}
