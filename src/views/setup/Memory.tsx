/** Memory per PE as planned, before anything runs, and the estimate. Why a setup cannot be placed stands above the Run button. */
import { usedBytes } from '../../machine/memory.ts';
import { Define } from '../controls/Definition.tsx';
import { MemoryBar } from '../controls/MemoryBar.tsx';
import { bytes, grouped, percent } from '../format.ts';
import { useLab } from '../hooks.ts';

export function Memory() {
  const plan = useLab((s) => s.plan);
  const error = useLab((s) => s.planError);
  if (error) {
    return (
      <section className="sec">
        <div className="sec-head" style={{ marginBottom: 0 }}>
          <h3>Memory per PE</h3>
          <Define term="memory" />
          <span className="sp" />
          <span className="badge err">{error.field === 'placement' ? 'does not fit' : 'not placed'}</span>
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
        <h3>Memory per PE</h3>
        <Define term="memory" />
        <span className="sp" />
        <span className="badge ok">✓ fits</span>
      </div>
      <MemoryBar memory={memory} capacity={machine.sramBytes} />
      <div className="row t11" style={{ marginTop: 6 }}>
        <span>{bytes(used)}</span>
        <span className="sp" />
        <span className="t3">
          {percent(used / machine.sramBytes)} of {bytes(machine.sramBytes)}
        </span>
      </div>
      <p className="t11 t3" style={{ marginTop: 6 }}>
        Estimate {grouped(plan.estimate.closedForm.cycles)} cycles, at least {grouped(plan.estimate.lowerBound.cycles)}
      </p>
    </section>
  );
}
