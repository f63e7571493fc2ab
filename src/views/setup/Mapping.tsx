/** How it is laid out: kernel and rectangle. */
import type { Actions } from '../../store/actions.ts';
import { LIMITS, WAFER } from '../../store/url.ts';
import { Select } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { useActions, useLab } from '../hooks.ts';
import { FIELD_NAMES } from '../strings.ts';
import { Options } from './Options.tsx';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.mapping;

function RectangleFields() {
  const { configure } = useActions();
  const pes = useLab((s) => s.config.pes);
  const planned = useLab((s) => s.plan?.plan.rectangle);
  /** One side given needs the other: the plan's stands in. */
  const set = (side: 'width' | 'height', value: number | null): void => {
    const rest = pes ?? planned ?? { width: 1, height: 1 };
    configure({ pes: value === null ? undefined : { ...rest, [side]: value } });
  };
  const field = (side: 'width' | 'height') => (
    <NumberInput
      label={FIELD_NAMES[side]}
      value={pes?.[side] ?? null}
      placeholder={planned ? String(planned[side]) : ''}
      {...LIMITS[side]}
      clearable
      onCommit={(v) => set(side, v)}
    />
  );
  return (
    <div className="grid-field">
      {field('width')}
      <span className="t3">×</span>
      {field('height')}
    </div>
  );
}

/** A row on every usable PE of a wafer, one token: by Auto a matter of the timing engine. */
function wholeWafer({ chooseSynthetic, configure, run }: Actions): void {
  chooseSynthetic();
  configure({ m: WAFER.width * WAFER.height, k: 4096, n: 1, format: undefined, as: undefined, pes: WAFER, engine: undefined });
  void run();
}

export function Mapping() {
  const actions = useActions();
  const { configure } = actions;
  const id = useLab((s) => s.config.kernel);
  const kernels = useLab((s) => s.kernels);
  const kernel = kernels.find((k) => k.id === id);
  const rows = useLab((s) => s.plan?.plan.rowsPerPe);
  return (
    <section className="sec stack">
      <h3 style={{ margin: 0 }}>{t.title}</h3>
      <div className="field wide">
        <span className="lbl">{FIELD_NAMES.kernel}</span>
        <Select label={FIELD_NAMES.kernel} value={id} onChange={(other) => configure({ kernel: other })}>
          {(kernels.length > 0 ? kernels : [{ id, name: id }]).map((k) => (
            <option key={k.id} value={k.id}>
              {k.name}
            </option>
          ))}
        </Select>
      </div>
      <p className="t11 t3">{kernel?.idea}</p>
      <div className="field">
        <span className="lbl row" style={{ gap: 6 }}>
          {FIELD_NAMES.rectangle}
          <Define term="rectangle" />
        </span>
        <RectangleFields />
      </div>
      <button type="button" className="btn o s" onClick={() => wholeWafer(actions)}>
        {t.wholeWafer(WAFER.width, WAFER.height)}
      </button>
      {rows !== undefined && rows > 1 && <p className="t11 t3">{t.rowsEach(rows)}</p>}
      {kernel && <Options ids={kernel.options} />}
    </section>
  );
}
