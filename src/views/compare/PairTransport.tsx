/** Play, step, jump for both runs; the cycle is that of A. */
import { compare, playPair, rangeOf, seekPair, stepPair } from '../../store/compare.ts';
import { SPEEDS } from '../../store/playback.ts';
import { Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { Back, First, Forward, Last, Pause, PlayBack, PlayIcon } from '../icons.tsx';
import { speedName, TRANSPORT_TEXT } from '../transport/strings.ts';
import { Control } from '../transport/Transport.tsx';
import { useCompare } from './context.ts';
import { COMPARE_TEXT } from './strings.ts';

/** Cycles of A a second. */
export function PairSpeed() {
  const speed = useCompare((s) => s.speed);
  return (
    <Select label={TRANSPORT_TEXT.speed} ghost value={String(speed)} onChange={(value) => compare.setState({ speed: Number(value) })}>
      {SPEEDS.map((s) => (
        <option key={s} value={s}>
          {speedName(s)}
        </option>
      ))}
    </Select>
  );
}

/** The phone shows it without reverse play, which keeps its key, and has the speed elsewhere. */
export function PairTransport({ phone = false }: { phone?: boolean }) {
  const none = useCompare((s) => s.a.reader === null || s.b.reader === null);
  const forward = useCompare((s) => s.playing && s.direction === 1);
  const backward = useCompare((s) => s.playing && s.direction === -1);
  const cycle = useCompare((s) => Math.floor(s.t));
  const from = useCompare((s) => rangeOf(s)[0]);
  const to = useCompare((s) => rangeOf(s)[1]);
  return (
    <fieldset className="transport" aria-label={TRANSPORT_TEXT.playback}>
      <Control {...TRANSPORT_TEXT.first} disabled={none} onPress={() => seekPair(from)}>
        <First />
      </Control>
      {!phone && (
        <Control {...(backward ? TRANSPORT_TEXT.pauseBack : TRANSPORT_TEXT.playBack)} disabled={none} onPress={() => playPair(-1)}>
          {backward ? <Pause /> : <PlayBack />}
        </Control>
      )}
      <Control {...TRANSPORT_TEXT.back} disabled={none} onPress={() => stepPair(-1)}>
        <Back />
      </Control>
      <Control {...(forward ? TRANSPORT_TEXT.pause : TRANSPORT_TEXT.play)} main disabled={none} onPress={() => playPair(1)}>
        {forward ? <Pause /> : <PlayIcon />}
      </Control>
      <Control {...TRANSPORT_TEXT.forward} disabled={none} onPress={() => stepPair(1)}>
        <Forward />
      </Control>
      <Control {...TRANSPORT_TEXT.last} disabled={none} onPress={() => seekPair(to)}>
        <Last />
      </Control>
      <span className="cycle">
        <span className="t2" aria-hidden="true">
          {TRANSPORT_TEXT.cycle}
        </span>
        <NumberInput label={COMPARE_TEXT.cycleOfA} value={cycle} min={from} max={to} onCommit={(value) => seekPair(value ?? from)} />
      </span>
      {!phone && <PairSpeed />}
    </fieldset>
  );
}
