/** Memory per PE as planned, before anything runs, and the estimate. Why a setup cannot be placed stands above the Run button. */
import { usedBytes } from '../../machine/memory.ts';
import { Define } from '../controls/Definition.tsx';
import { MemoryBar } from '../controls/MemoryBar.tsx';
import { bytes, percent } from '../format.ts';
import { useLab } from '../hooks.ts';
import { DEFINITIONS, TEXT } from '../strings.ts';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.memory;

export function Memory() {
  const plan = useLab((s) => s.plan);
  const error = useLab((s) => s.planError);
  if (error) {
    return (
      <section className="sec">
        <div className="sec-head" style={{ marginBottom: 0 }}>
          <h3>{DEFINITIONS.memory[0]}</h3>
          <Define term="memory" />
          <span className="sp" />
          <span className="badge err">{error.field === 'placement' ? TEXT.doesNotFit : t.notPlaced}</span>
        </div>
      </section>
    );
  }
  if (plan === null) return null;
  const { memory, machine } = plan.plan;
  const used = usedBytes(memory);
  return (
    <section className="sec">
      <div className="sec-head">
        <h3>{DEFINITIONS.memory[0]}</h3>
        <Define term="memory" />
        <span className="sp" />
        <span className="badge ok">{TEXT.fits}</span>
      </div>
      <MemoryBar memory={memory} capacity={machine.sramBytes} />
      <div className="row t11" style={{ marginTop: 6 }}>
        <span>{bytes(used)}</span>
        <span className="sp" />
        <span className="t3">{t.share(percent(used / machine.sramBytes), bytes(machine.sramBytes))}</span>
      </div>
      <p className="t11 t3" style={{ marginTop: 6 }}>
        {t.estimate(plan.estimate.closedForm.cycles, plan.estimate.lowerBound.cycles)}
      </p>
    </section>
  );
}
