/** The line at the bottom: where the playhead is in the machine's life, and what was last worth saying. */
import { phaseRange } from '../../analysis/phases.ts';
import { shownRun } from '../../store/shown.ts';
import { type Failure, isVisitable, type OpenedTrace, type TimedRun } from '../../store/types.ts';
import { encodeLink } from '../../store/url.ts';
import { Following } from '../app/Following.tsx';
import { prefixed, shortHash } from '../format.ts';
import { useCycle, useLab, useSaid } from '../hooks.ts';
import { STATE_NAMES, type StateName, TEXT } from '../strings.ts';
import { programSentence } from '../verdict/Ended.tsx';
import { stoppedSentence } from '../verdict/Stopped.tsx';
import { STATUS_TEXT } from './strings.ts';

/** Above this many PEs the phase is not worth a look at each of them in every frame. */
const MOVING_PES = 20_000;

function Phase() {
  const reader = useLab((s) => s.reader);
  const playing = useLab((s) => s.playing);
  const cycle = useCycle();
  const range = reader && !(playing && reader.pes > MOVING_PES) ? phaseRange(reader, cycle) : null;
  if (!range) return null;
  return <span>{STATUS_TEXT.phase(range.name, range.from, range.to)}</span>;
}

function StateHash() {
  const known = useLab((s) => s.stateHash);
  const cycle = useCycle();
  const playing = useLab((s) => s.playing);
  const text = known?.cycle === cycle ? shortHash(known.hash) : playing ? STATUS_TEXT.moving : '…';
  return (
    <span title={STATUS_TEXT.stateMeaning}>
      {STATUS_TEXT.state}{' '}
      <span className="mono" data-testid="state-hash">
        {text}
      </span>
    </span>
  );
}

/** Of a run without values, which has no state: the hash of everything that happened, and when. */
function TraceHash({ hash }: { hash: string }) {
  return (
    <span title={STATUS_TEXT.traceMeaning}>
      {STATUS_TEXT.trace}{' '}
      <span className="mono" data-testid="trace-hash">
        {shortHash(hash)}
      </span>
    </span>
  );
}

/** PE-cycles simulated a second. */
const rate = (r: TimedRun): string => prefixed((r.trace.width * r.trace.height * r.trace.cycles) / Math.max(0.001, r.simulationMs / 1000));

function Physics({ result }: { result: TimedRun }) {
  const holds = result.conservation.filter((c) => c.holds).length;
  const all = result.conservation.length;
  return (
    <span>
      <span className={`dot${holds === all ? '' : ' bad'}`} />
      {STATUS_TEXT.checks(holds, all)}
    </span>
  );
}

/** "Run finished: 12 345 cycles, 71 % multiply-add utilisation, most of the PE time in compute." */
export function finishedSentence(result: TimedRun): string {
  const { cycles, utilisation, peCycles } = result.metrics;
  const [most] = Object.entries(peCycles).sort((a, b) => b[1] - a[1])[0];
  return STATUS_TEXT.finished(cycles, utilisation.mac, STATE_NAMES[most as StateName]);
}

/** "The run stopped at cycle 41. Nothing can move any more: 4 waits in a circle." */
const stoppedAloud = (failure: Failure): string => STATUS_TEXT.stopped(failure.trace.cycles, stoppedSentence(failure));

/** "a.weft-trace is open: 7 246 cycles of 24 PEs on WSE-2." */
const openedAloud = ({ file, trace, program }: OpenedTrace): string => STATUS_TEXT.opened(file, trace.cycles, trace.width * trace.height, program.machine.name);

/** The run on screen, as its link names it; tests wait for it. */
const runKey = ({ config }: Pick<TimedRun, 'config'>): string => encodeLink({ config });

/** What is said aloud: the last message, or the end of a run. */
export function Announcer() {
  const message = useLab((s) => s.message);
  const status = useLab((s) => s.status);
  const result = useLab((s) => s.result);
  const failure = useLab((s) => s.failure);
  const program = useLab((s) => s.program);
  const opened = useLab((s) => s.opened);
  const run = result ?? failure ?? program;
  const end =
    opened !== null
      ? openedAloud(opened)
      : status === 'done' && result
        ? finishedSentence(result)
        : status === 'done' && program
          ? programSentence(program)
          : status === 'failed' && failure
            ? stoppedAloud(failure)
            : '';
  const text = useSaid(message, status === 'running' ? STATUS_TEXT.running : end);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer" data-status={status} data-run={run ? runKey(run) : ''}>
      {text}
    </div>
  );
}

export function StatusBar() {
  const result = useLab((s) => s.result);
  const run = useLab(shownRun);
  const opened = useLab((s) => s.opened);
  const message = useLab((s) => s.message);
  return (
    <footer className="status">
      {run && opened === null && (result === null || isVisitable(result) ? <StateHash /> : <TraceHash hash={result.traceHash} />)}
      <Following>
        <Phase />
      </Following>
      {result && <span>{STATUS_TEXT.speed(STATUS_TEXT.engine[result.engine], rate(result))}</span>}
      {result && <Physics result={result} />}
      {message && <span className="msg b5">{message}</span>}
      <span className="sp" />
      {result?.attribution && <span className="msg t3">{result.attribution}</span>}
      {run && <span>{STATUS_TEXT.model(run.modelVersion)}</span>}
      <span>{TEXT.privacy}</span>
    </footer>
  );
}
