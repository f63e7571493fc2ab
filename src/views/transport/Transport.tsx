/** Play, step, jump, the cycle as a number, the speed. Keys for all of them: app/shortcuts.ts. */
import type { ReactNode } from 'react';
import { lab } from '../../store/lab.ts';
import { lastCycle, play, SPEEDS, seek, step } from '../../store/playback.ts';
import { Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { useCycle, useLab } from '../hooks.ts';
import { Back, First, Forward, Last, Pause, PlayBack, PlayIcon } from '../icons.tsx';
import { PlaybackOptions } from './PlaybackOptions.tsx';
import { speedName, TRANSPORT_TEXT } from './strings.ts';

export function Control({
  name,
  keys,
  onPress,
  main,
  disabled,
  children,
}: {
  name: string;
  keys: string;
  onPress: () => void;
  main?: boolean;
  disabled: boolean;
  children: ReactNode;
}) {
  return (
    <button type="button" className={`btn i${main ? ' p play' : ''}`} aria-label={name} title={`${name} (${keys})`} disabled={disabled} onClick={onPress}>
      {children}
    </button>
  );
}

/** The buttons; the phone shows them without reverse play, which keeps its key. */
export function TransportButtons({ reverse = true }: { reverse?: boolean }) {
  const none = useLab((s) => s.reader === null);
  const forward = useLab((s) => s.playing && s.direction === 1);
  const backward = useLab((s) => s.playing && s.direction === -1);
  return (
    <>
      <Control {...TRANSPORT_TEXT.first} disabled={none} onPress={() => seek(lab, 0)}>
        <First />
      </Control>
      {reverse && (
        <Control {...(backward ? TRANSPORT_TEXT.pauseBack : TRANSPORT_TEXT.playBack)} disabled={none} onPress={() => play(lab, -1)}>
          {backward ? <Pause /> : <PlayBack />}
        </Control>
      )}
      <Control {...TRANSPORT_TEXT.back} disabled={none} onPress={() => step(lab, -1)}>
        <Back />
      </Control>
      <Control {...(forward ? TRANSPORT_TEXT.pause : TRANSPORT_TEXT.play)} main disabled={none} onPress={() => play(lab, 1)}>
        {forward ? <Pause /> : <PlayIcon />}
      </Control>
      <Control {...TRANSPORT_TEXT.forward} disabled={none} onPress={() => step(lab, 1)}>
        <Forward />
      </Control>
      <Control {...TRANSPORT_TEXT.last} disabled={none} onPress={() => seek(lab, lastCycle(lab.getState()))}>
        <Last />
      </Control>
    </>
  );
}

export function CycleField() {
  const cycle = useCycle();
  const last = useLab(lastCycle);
  return (
    <span className="cycle">
      <span className="t2" aria-hidden="true">
        {TRANSPORT_TEXT.cycle}
      </span>
      <NumberInput label={TRANSPORT_TEXT.cycleField} value={cycle} min={0} max={last} onCommit={(value) => seek(lab, value ?? 0)} />
      <span className="t2">{TRANSPORT_TEXT.of(last)}</span>
    </span>
  );
}

export function SpeedSelect() {
  const speed = useLab((s) => s.speed);
  return (
    <Select label={TRANSPORT_TEXT.speed} ghost value={String(speed)} onChange={(value) => lab.setState({ speed: Number(value) })}>
      {SPEEDS.map((s) => (
        <option key={s} value={s}>
          {speedName(s)}
        </option>
      ))}
    </Select>
  );
}

export function Transport() {
  return (
    <fieldset className="transport" aria-label={TRANSPORT_TEXT.playback}>
      <TransportButtons />
      <CycleField />
      <SpeedSelect />
      <PlaybackOptions />
    </fieldset>
  );
}
