/** Which engine runs the setup, why, and what it needs of this computer. */
import { MOST_PE_CYCLES } from '../../store/types.ts';
import { Segments } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { megabytes } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { ENGINE_CHOICES, FIELD_NAMES, TEXT } from '../strings.ts';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.engine;

/** What the choice comes to, and what it needs before anything starts. */
function Need() {
  const plan = useLab((s) => s.plan);
  const chosen = useLab((s) => s.config.engine);
  if (plan === null) return null;
  const { rectangle } = plan.plan;
  const engine = chosen === 'wavelet' || chosen === 'timing' ? chosen : plan.auto;
  const peCycles = rectangle.width * rectangle.height * plan.estimate.closedForm.cycles;
  const need = engine === 'timing' ? plan.timedMemory : plan.memory.total;
  const fits = need <= plan.memoryFree;
  return (
    <>
      <p className="t11 t3" data-testid="engine-need" style={{ marginTop: 6 }}>
        {engine === 'timing' ? TEXT.engineTiming : TEXT.engineWavelet} {t.needs(megabytes(need))}
        {chosen === undefined && ` ${engine === 'timing' ? t.valuesLeftOut(peCycles, megabytes(plan.memory.total)) : t.valuesUpTo(MOST_PE_CYCLES, peCycles)}`}
        {engine === 'timing' &&
          ` ${plan.resultsMemory <= plan.memoryFree ? t.results(megabytes(plan.resultsMemory)) : t.noResults(megabytes(plan.resultsMemory))}`}
      </p>
      {!fits && (
        <p className="t11">
          <span className="badge err">{TEXT.doesNotFit}</span> {t.free(megabytes(plan.memoryFree))}
        </p>
      )}
    </>
  );
}

export function Engine() {
  const { configure } = useActions();
  const engine = useLab((s) => s.config.engine);
  const value = engine === 'wavelet' || engine === 'timing' ? engine : 'auto';
  return (
    <section className="sec">
      <div className="sec-head">
        <h3>{FIELD_NAMES.engine}</h3>
        <Define term="engine" />
      </div>
      <Segments label={FIELD_NAMES.engine} value={value} options={ENGINE_CHOICES} onChange={(id) => configure({ engine: id === 'auto' ? undefined : id })} />
      <Need />
    </section>
  );
}
