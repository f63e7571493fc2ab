/** While something runs: its phase, the cycle reached, a bar where the end is known, Cancel. */
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { useActions, useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.run;

export function RunProgress() {
  const { cancel } = useActions();
  const progress = useLab((s) => s.progress);
  const share = progress && progress.expected > 0 ? Math.min(1, progress.cycle / progress.expected) : 0;
  return (
    <div className="loading">
      <div className="row">
        <strong className="b6">{progress ? t.phases[progress.phase] : t.starting}</strong>
        <span className="t2">{progress && progress.cycle > 0 ? TEXT.cycle(progress.cycle) : ''}</span>
        <span className="sp" />
        <button type="button" className="link" onClick={cancel}>
          {TEXT.cancel}
        </button>
      </div>
      <ProgressBar label={t.progress} done={share * 100} of={100} />
    </div>
  );
}
