/** What playing can do beyond the buttons: steps between changes and events, slow motion around events. All have keys or are kept. */
import { lab } from '../../store/lab.ts';
import { SLOW_AROUND, SLOW_SPEED } from '../../store/playback.ts';
import { stepEvent, stepPhase } from '../app/shortcuts.ts';
import { Select } from '../controls/Choice.tsx';
import { Flyout } from '../controls/Flyout.tsx';
import { speedName } from '../format.ts';
import { useLab } from '../hooks.ts';

const STEPS = [
  { name: 'Previous change of the PE', keys: 'Shift ←', act: () => stepPhase(-1) },
  { name: 'Next change of the PE', keys: 'Shift →', act: () => stepPhase(1) },
  { name: 'Previous event', keys: ',', act: () => stepEvent(-1) },
  { name: 'Next event', keys: '.', act: () => stepEvent(1) },
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
      <span className="t12">Slow motion at events, {speedName(SLOW_SPEED)}</span>
      <Select label="Slow motion at events" value={String(slow)} onChange={(value) => lab.setState({ slowAround: Number(value) })}>
        {SLOW_AROUND.map((n) => (
          <option key={n} value={n}>
            {n === 0 ? 'off' : `${n} cycles before and after`}
          </option>
        ))}
      </Select>
    </span>
  );
}

export function PlaybackOptions() {
  return (
    <Flyout face={<span aria-hidden="true">⋯</span>} label="Playback options" className="btn i">
      {() => <Sheet />}
    </Flyout>
  );
}
