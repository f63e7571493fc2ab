/** A run whose program failed: where it stopped, who waits for whom, what would mend it. The fabric shows the same waits. */
import { lab } from '../../store/lab.ts';
import { lastCycle, seek } from '../../store/playback.ts';
import type { Failure, Wait } from '../../store/types.ts';
import { Fold } from '../controls/Fold.tsx';
import { fabricView } from '../fabric/view.ts';
import { grouped, sentence } from '../format.ts';
import { useLab } from '../hooks.ts';
import { Fixes } from '../setup/ErrorBox.tsx';
import { VERDICT_TEXT } from './strings.ts';

const t = VERDICT_TEXT.stopped;

/** Longer lists are told by their two ends. */
const LISTED = 12;

/** Whether the last wait is for the first. */
const isCircle = (waits: readonly Wait[]): boolean => waits.at(-1)?.next !== undefined;

/** "Nothing can move any more: 4 waits in a circle." or, without waits, the message itself. */
export function stoppedSentence({ waits, message }: Failure): string {
  if (waits.length === 0) return sentence(message);
  return isCircle(waits) ? t.circle(waits.length) : t.chain(waits.length);
}

/** Shows a wait on the fabric: its PE, at the end of the run, where the waits are drawn. */
function show(pe: number): void {
  seek(lab, lastCycle(lab.getState()));
  lab.setState({ pe });
  fabricView.setState({ cursor: pe });
}

function WaitItem({ wait, number }: { wait: Wait; number: number }) {
  const selected = useLab((s) => s.pe === wait.pe);
  return (
    <li>
      <button type="button" className="wait" aria-pressed={selected} onClick={() => show(wait.pe)}>
        <span className="wait-number">{number}</span>
        <span>{wait.text}</span>
      </button>
    </li>
  );
}

/** The waits in order, numbered as on the fabric; each button selects its PE. */
export function WaitList({ waits }: { waits: readonly Wait[] }) {
  const hidden = waits.length > LISTED ? waits.length - LISTED : 0;
  const shown = waits.map((wait, i) => ({ wait, number: i + 1 })).filter(({ number }) => number <= LISTED / 2 || number > LISTED / 2 + hidden);
  return (
    <ol className="waits" aria-label={t.waits}>
      {shown.map(({ wait, number }) => [
        hidden > 0 && number === LISTED / 2 + hidden + 1 && (
          <li key="between" className="t3 between">
            {t.more(hidden)}
          </li>
        ),
        <WaitItem key={number} wait={wait} number={number} />,
      ])}
      {isCircle(waits) && <li className="t3 between">{t.closes(waits.length)}</li>}
    </ol>
  );
}

/** The panel of a failed run. */
export function Stopped({ failure }: { failure: Failure }) {
  const { trace, waits, message, fixes } = failure;
  return (
    <section className="sec" aria-label={VERDICT_TEXT.name}>
      <div className="sec-head" style={{ marginBottom: 2 }}>
        <h2 style={{ font: 'inherit' }}>{VERDICT_TEXT.name}</h2>
        <span className="sp" />
        <span className="badge err">{waits.length > 0 ? t.stuck : t.error}</span>
      </div>
      <p className="headline">
        <b data-testid="stopped-at">{grouped(trace.cycles)}</b>
        <span className="t2">{t.after(trace.cycles)}</span>
      </p>
      <div className="error-box" data-testid="stopped">
        <strong>{stoppedSentence(failure)}</strong>
        <Fixes fixes={fixes} />
      </div>
      {waits.length > 0 && (
        <>
          <WaitList waits={waits} />
          <Fold id="error" summary={t.inFull}>
            <p className="t12 t2">{sentence(message)}</p>
          </Fold>
        </>
      )}
    </section>
  );
}
