/** The line above the fabrics: which two runs, how they are laid over one another, how they are seen. */
import { compare, SIDES, type SideId } from '../../store/compare.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { FIELD_NAMES, MACHINE_NAMES } from '../strings.ts';
import { useCompare, useCompareActions } from './context.ts';
import { differingSettings } from './numbers.ts';
import { SideOptions } from './SideOptions.tsx';
import { ALIGNMENT_NAMES, COMPARE_TEXT, VIEW_NAMES } from './strings.ts';
import { Tag } from './Tag.tsx';

function SidePick({ id }: { id: SideId }) {
  const { configure } = useCompareActions();
  const config = useCompare((s) => s[id].config);
  const kernels = useCompare((s) => s.kernels);
  const list = kernels.length > 0 ? kernels : [{ id: config.kernel }];
  const name = id.toUpperCase();
  return (
    <div className="pick">
      <Tag id={id} />
      {config.scenario === undefined && (
        <Select label={COMPARE_TEXT.labelOf(FIELD_NAMES.kernel, name)} value={config.kernel} onChange={(kernel) => configure(id, { kernel })}>
          {list.map((kernel) => (
            <option key={kernel.id}>{kernel.id}</option>
          ))}
        </Select>
      )}
      <Select
        label={COMPARE_TEXT.labelOf(FIELD_NAMES.machine, name)}
        value={config.machine}
        onChange={(machine) => configure(id, { machine: machine as typeof config.machine })}
      >
        {MACHINE_NAMES.map((machine) => (
          <option key={machine.id} value={machine.id}>
            {machine.name}
          </option>
        ))}
      </Select>
      <SideOptions id={id} />
    </div>
  );
}

function Swap() {
  const { swap } = useCompareActions();
  const busy = useCompare((s) => SIDES.some((id) => s[id].status === 'running'));
  return (
    <button type="button" className="btn i" aria-label={COMPARE_TEXT.swap} title={COMPARE_TEXT.swap} disabled={busy} onClick={swap}>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
        <path d="M2 5.5h11M10.5 3l2.5 2.5L10.5 8M14 10.5H3M5.5 8 3 10.5 5.5 13" />
      </svg>
    </button>
  );
}

/** Settings in which the two runs differ, in words. */
export function Differs() {
  const differs = useCompare((s) => differingSettings(s.a.config, s.b.config));
  return (
    <p className="differs t12" title={differs}>
      {differs === '' ? (
        COMPARE_TEXT.same
      ) : (
        <>
          <span className="t3">{COMPARE_TEXT.differs}</span> {differs}
        </>
      )}
    </p>
  );
}

export function Controls() {
  const align = useCompare((s) => s.align);
  const view = useCompare((s) => s.view);
  return (
    <section className="pair-controls" aria-label={COMPARE_TEXT.controls}>
      <SidePick id="a" />
      <Swap />
      <SidePick id="b" />
      <span className="sp" />
      <div className="labelled">
        <span aria-hidden="true">{COMPARE_TEXT.align}</span>
        <Segments label={COMPARE_TEXT.align} value={align} options={ALIGNMENT_NAMES} onChange={(value) => compare.setState({ align: value })} />
      </div>
      <div className="labelled">
        <span aria-hidden="true">{COMPARE_TEXT.view}</span>
        <Segments label={COMPARE_TEXT.view} value={view} options={VIEW_NAMES} onChange={(value) => compare.setState({ view: value })} />
      </div>
    </section>
  );
}
