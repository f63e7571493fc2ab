/** Play, step, jump for both runs; the cycle is that of A. */
import { compare, playPair, rangeOf, seekPair, stepPair } from '../../store/compare.ts';
import { SPEEDS } from '../../store/playback.ts';
import { Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { speedName } from '../format.ts';
import { Back, First, Forward, Last, Pause, PlayBack, PlayIcon } from '../icons.tsx';
import { Control } from '../transport/Transport.tsx';
import { useCompare } from './context.ts';
import { COMPARE_TEXT } from './strings.ts';

/** The phone shows it without reverse play, which keeps its key. */
export function PairTransport({ reverse = true }: { reverse?: boolean }) {
  const none = useCompare((s) => s.a.reader === null || s.b.reader === null);
  const forward = useCompare((s) => s.playing && s.direction === 1);
  const backward = useCompare((s) => s.playing && s.direction === -1);
  const cycle = useCompare((s) => Math.floor(s.t));
  const from = useCompare((s) => rangeOf(s)[0]);
  const to = useCompare((s) => rangeOf(s)[1]);
  const speed = useCompare((s) => s.speed);
  return (
    <fieldset className="transport" aria-label={COMPARE_TEXT.playback}>
      <Control name={COMPARE_TEXT.firstCycle} keys={COMPARE_TEXT.keyHome} disabled={none} onPress={() => seekPair(from)}>
        <First />
      </Control>
      {reverse && (
        <Control name={backward ? COMPARE_TEXT.pause : COMPARE_TEXT.playBackwards} keys={COMPARE_TEXT.whenRunning} disabled={none} onPress={() => playPair(-1)}>
          {backward ? <Pause /> : <PlayBack />}
        </Control>
      )}
      <Control name={COMPARE_TEXT.oneBack} keys="←" disabled={none} onPress={() => stepPair(-1)}>
        <Back />
      </Control>
      <Control name={forward ? COMPARE_TEXT.pause : COMPARE_TEXT.play} keys={COMPARE_TEXT.keySpace} main disabled={none} onPress={() => playPair(1)}>
        {forward ? <Pause /> : <PlayIcon />}
      </Control>
      <Control name={COMPARE_TEXT.oneForward} keys="→" disabled={none} onPress={() => stepPair(1)}>
        <Forward />
      </Control>
      <Control name={COMPARE_TEXT.lastCycle} keys={COMPARE_TEXT.keyEnd} disabled={none} onPress={() => seekPair(to)}>
        <Last />
      </Control>
      <span className="cycle">
        <span className="t2" aria-hidden="true">
          {COMPARE_TEXT.cycle}
        </span>
        <NumberInput label={COMPARE_TEXT.cycleOfA} value={cycle} min={from} max={to} onCommit={(value) => seekPair(value ?? from)} />
      </span>
      <Select label={COMPARE_TEXT.speed} ghost value={String(speed)} onChange={(value) => compare.setState({ speed: Number(value) })}>
        {SPEEDS.map((s) => (
          <option key={s} value={s}>
            {speedName(s)}
          </option>
        ))}
      </Select>
    </fieldset>
  );
}
