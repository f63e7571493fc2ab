/** What playing can do beyond the buttons: steps between changes and events, slow motion around events. All have keys or are kept. */
import { lab } from '../../store/lab.ts';
import { SLOW_AROUND, SLOW_SPEED } from '../../store/playback.ts';
import { stepEvent, stepPhase } from '../app/shortcuts.ts';
import { Select } from '../controls/Choice.tsx';
import { Flyout } from '../controls/Flyout.tsx';
import { useLab } from '../hooks.ts';
import { TRANSPORT_TEXT } from './strings.ts';

const STEPS = [
  { ...TRANSPORT_TEXT.steps.changeBefore, act: () => stepPhase(-1) },
  { ...TRANSPORT_TEXT.steps.changeAfter, act: () => stepPhase(1) },
  { ...TRANSPORT_TEXT.steps.eventBefore, act: () => stepEvent(-1) },
  { ...TRANSPORT_TEXT.steps.eventAfter, act: () => stepEvent(1) },
] as const;

function Sheet() {
  const slow = useLab((s) => s.slowAround);
  const none = useLab((s) => s.reader === null);
  return (
    <span className="play-options">
      {STEPS.map(({ name, keys, act }) => (
        <button key={name} type="button" className="btn s" disabled={none} onClick={act}>
          {name} <kbd>{keys}</kbd>
        </button>
      ))}
      <span className="t12">{TRANSPORT_TEXT.slowAt(SLOW_SPEED)}</span>
      <Select label={TRANSPORT_TEXT.slow} value={String(slow)} onChange={(value) => lab.setState({ slowAround: Number(value) })}>
        {SLOW_AROUND.map((n) => (
          <option key={n} value={n}>
            {n === 0 ? TRANSPORT_TEXT.slowOff : TRANSPORT_TEXT.slowAround(n)}
          </option>
        ))}
      </Select>
    </span>
  );
}

export function PlaybackOptions() {
  return (
    <Flyout face={<span aria-hidden="true">⋯</span>} label={TRANSPORT_TEXT.options} className="btn i">
      {() => <Sheet />}
    </Flyout>
  );
}
