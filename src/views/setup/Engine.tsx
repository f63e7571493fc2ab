/** Which engine runs the setup, why, and what it needs of this computer. */
import { MOST_PE_CYCLES } from '../../store/types.ts';
import { Segments } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { grouped, prefixed } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { ENGINE_CHOICES, TEXT } from '../strings.ts';

const megabytes = (bytes: number): string => `${grouped(Math.ceil(bytes / 1e6))}\u202fMB`;

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
        {engine === 'timing' ? TEXT.engineTiming : TEXT.engineWavelet} It needs at most {megabytes(need)} of this computer’s memory.
        {chosen === undefined &&
          engine === 'timing' &&
          ` Auto leaves the values out here: ${prefixed(peCycles)} PE-cycles, and ${megabytes(plan.memory.total)} with them.`}
        {chosen === undefined && engine === 'wavelet' && ` Auto computes values up to ${prefixed(MOST_PE_CYCLES)} PE-cycles; here ${prefixed(peCycles)}.`}
      </p>
      {!fits && (
        <p className="t11">
          <span className="badge err">does not fit</span> {megabytes(plan.memoryFree)} are free. Run says what would fit.
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
        <h3>Engine</h3>
        <Define term="engine" />
      </div>
      <Segments label="Engine" value={value} options={ENGINE_CHOICES} onChange={(id) => configure({ engine: id === 'auto' ? undefined : id })} />
      <Need />
    </section>
  );
}
