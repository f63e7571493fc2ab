/** Of a run that is timed only: what its results would need here, and the button that computes them. */
import type { TimedRun } from '../../store/types.ts';
import { megabytes } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { RunProgress } from '../setup/RunProgress.tsx';
import { TEXT } from '../strings.ts';
import { DOCK_TEXT } from './strings.ts';

const t = DOCK_TEXT.compute;

export function ComputeResults({ result }: { result: TimedRun }) {
  const { computeResults } = useActions();
  const isRunning = useLab((s) => s.status === 'running');
  const { m, k, n, layer } = result.plan.shape;
  const { memory, free } = result.toCompute ?? { memory: 0, free: 0 };
  const fits = memory <= free;
  return (
    <div className="sec stack t12">
      <p>{t.timedOnly}</p>
      <p className="t2">
        {layer ? t.resultsOfLayer(m * n) : t.results(m * n, m * k * n)} {t.needs(megabytes(memory), megabytes(free))}
      </p>
      {!fits && (
        <p>
          <span className="badge err">{TEXT.doesNotFit}</span> {layer ? t.tooLargeLayer : t.tooLarge}
        </p>
      )}
      {fits && (isRunning ? <RunProgress /> : <ComputeButton onClick={computeResults} />)}
    </div>
  );
}

const ComputeButton = ({ onClick }: { onClick: () => Promise<void> }) => (
  <button type="button" className="btn p" style={{ justifySelf: 'start' }} onClick={() => void onClick()}>
    {t.button}
  </button>
);
