/** Memory per PE as planned, before anything runs, and the estimate; or why the setup cannot be placed. */
import { usedBytes } from '../../machine/memory.ts';
import { Define } from '../controls/Definition.tsx';
import { MemoryBar } from '../controls/MemoryBar.tsx';
import { bytes, grouped, percent } from '../format.ts';
import { useLab } from '../hooks.ts';
import { ErrorBox } from './ErrorBox.tsx';

export function Memory() {
  const plan = useLab((s) => s.plan);
  const error = useLab((s) => s.planError);
  if (error) {
    return (
      <section className="sec">
        <div className="sec-head">
          <h3>Memory per PE</h3>
          <span className="sp" />
          <span className="badge err">{error.field === 'placement' ? 'does not fit' : 'cannot run'}</span>
        </div>
        <ErrorBox error={error} />
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
