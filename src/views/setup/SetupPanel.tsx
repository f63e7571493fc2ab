/** Everything that defines a run, and the button that starts it. */
import { configOf, shownRun } from '../../store/shown.ts';
import { useActions, useLab } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { TEXT } from '../strings.ts';
import { Engine } from './Engine.tsx';
import { ErrorBox } from './ErrorBox.tsx';
import { Machine } from './Machine.tsx';
import { Mapping } from './Mapping.tsx';
import { Memory } from './Memory.tsx';
import { RunProgress } from './RunProgress.tsx';
import { isStale } from './stale.ts';
import { SETUP_TEXT } from './strings.ts';
import { Workload } from './Workload.tsx';

const t = SETUP_TEXT.run;

function RunButton() {
  const { run } = useActions();
  const planError = useLab((s) => s.planError);
  const ready = useLab((s) => s.modelStatus === 'ready');
  const reason = planError ? t.cannotPlace : ready ? t.key : t.noModel;
  const disabled = planError !== null || !ready;
  return (
    <button type="button" className="btn p main-action" aria-disabled={disabled} title={reason} onClick={() => !disabled && void run()}>
      {t.run} <span className="k">{t.keyShort}</span>
    </button>
  );
}

export function RunBox() {
  const status = useLab((s) => s.status);
  const error = useLab((s) => s.error);
  const result = useLab((s) => s.result);
  const run = useLab(shownRun);
  const ran = run && configOf(run);
  const config = useLab((s) => s.config);
  const planError = useLab((s) => s.planError);
  const box = useKeptFocus<HTMLElement>();
  return (
    <section ref={box} className="sec stack" style={{ borderTop: '1px solid var(--line-1)' }}>
      {planError && <ErrorBox error={planError} />}
      {status === 'failed' && error?.failure && (
        <div className="error-box">
          <strong>{t.stopped(error.failure.trace.cycles)}</strong> {TEXT.stopped}
        </div>
      )}
      {status === 'failed' && error && !error.failure && !error.cancelled && <ErrorBox error={error} kept={result ? TEXT.sorry : undefined} />}
      {status === 'failed' && error?.cancelled && <p className="notice">{run ? `${t.cancelled} ${t.earlier}` : t.cancelled}</p>}
      {status !== 'running' && ran && isStale(config, ran) && <p className="t11 t3">{TEXT.stale}</p>}
      {status === 'running' ? <RunProgress /> : <RunButton />}
    </section>
  );
}

/** Whose weights these are; the licence asks for it wherever they are shown. */
function Attribution() {
  const text = useLab((s) => s.model?.attribution);
  return text ? <p className="sec t11 t3">{text}</p> : null;
}

export function SetupPanel() {
  const scenario = useLab((s) => s.config.scenario !== undefined);
  return (
    <aside className="panel setup" aria-label={SETUP_TEXT.title}>
      <div className="ph">
        <h2>{SETUP_TEXT.title}</h2>
      </div>
      <div className="scroll" tabIndex={-1}>
        <Workload />
        {!scenario && <Mapping />}
        <Machine />
        {!scenario && <Engine />}
        <Memory />
        {!scenario && <Attribution />}
      </div>
      <RunBox />
    </aside>
  );
}
