/** While something runs: its phase, the cycle reached, a bar where the end is known, Cancel. */
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
      <div className="progress" role="progressbar" aria-label={t.progress} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
        <i style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
