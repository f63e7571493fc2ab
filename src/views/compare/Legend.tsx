/** What the colours of the three fabrics mean with their numbers: both runs on one scale, and their difference around 0. */
import { useStore } from 'zustand';
import { isOfLinks } from '../../analysis/magnitudes.ts';
import { compare, type SideId } from '../../store/compare.ts';
import { differenceUnit, magnitudeOf, magnitudeText, rampLabels } from '../fabric/layer.ts';
import { MeasureSelect, OverCap, Ramp, StageSelect } from '../fabric/RampLegend.tsx';
import { stateRows } from '../fabric/StateLegend.tsx';
import { FABRIC_TEXT } from '../fabric/strings.ts';
import { grouped, percent } from '../format.ts';
import { StateSwatch } from '../icons.tsx';
import { STATE_NAMES, TEXT } from '../strings.ts';
import { usePalette } from '../theme/theme.ts';
import { useCompare } from './context.ts';
import { differenceLabels, differenceTitle, layerTitle, type MISSING, missingCounts } from './pair-data.ts';
import { subtracted } from './pair-values.ts';
import { COMPARE_TEXT } from './strings.ts';
import { Tag } from './Tag.tsx';
import { type PairLegend, pairView } from './view.ts';

/** States with the share of PEs in each run. */
function States() {
  const counts = useStore(pairView, (s) => s.counts);
  const of = (id: SideId): readonly string[] => {
    const own = counts[id];
    const all = own?.reduce((sum, n) => sum + n, 0) ?? 0;
    return own === null ? [] : stateRows(own).map(({ count }) => percent(count / all, 0));
  };
  const [a, b] = [of('a'), of('b')];
  const names = stateRows(counts.a ?? counts.b ?? []).map(({ name }) => name);
  return (
    <section>
      <h2>{COMPARE_TEXT.statesOfBoth(TEXT.statesNow)}</h2>
      <ul>
        {names.map((name, i) => (
          <li key={name}>
            <StateSwatch name={name} />
            {STATE_NAMES[name]}{' '}
            <span className="num t2">
              {a[i] ?? COMPARE_TEXT.none} | {b[i] ?? COMPARE_TEXT.none}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The scale of both runs, what it is of, and what the PEs of each come to. */
function Values({ legend }: { legend: PairLegend }) {
  const { ramp } = usePalette();
  const { stage, scale, counted } = legend;
  const layer = magnitudeOf(legend.layer);
  if (layer === null) return null;
  return (
    <section>
      <h2>
        {layerTitle(legend)} <span className="t3">{COMPARE_TEXT.sameScale}</span>
      </h2>
      <div className="pair-scale">
        {layer === 'latency' && <StageSelect stage={stage} onChange={(latencyStage) => compare.setState({ latencyStage })} />}
        {isOfLinks(layer) && <MeasureSelect layer={layer} share={counted} onChange={(next) => compare.setState({ layer: next })} />}
        <div className="ramp">
          <Ramp colours={ramp} labels={rampLabels(layer, scale.domain.min, scale.domain.max)} />
        </div>
        {(['a', 'b'] as const).map((id) => {
          const told = legend[id];
          return (
            <span key={id} className="told">
              <Tag id={id} /> {told === null ? COMPARE_TEXT.none : COMPARE_TEXT.told(magnitudeText(layer, told.max), magnitudeText(layer, told.mean))}
            </span>
          );
        })}
      </div>
      {layer === 'demand' && <OverCap />}
      {layer === 'latency' && <p className="t11 t3">{FABRIC_TEXT.magnitude.outlined}</p>}
    </section>
  );
}

/** The scale of the differences, and how many there are. */
function Differences({ legend }: { legend: PairLegend }) {
  const { diverging } = usePalette();
  const { facts, layer } = legend;
  return (
    <section>
      <h2>
        {COMPARE_TEXT.minus} <span className="t2">{differenceTitle(legend)}</span>
      </h2>
      <div className="pair-scale">
        <div className="ramp with-unit">
          <Ramp colours={diverging} labels={differenceLabels(legend)} unit={differenceUnit(subtracted(layer))} />
        </div>
        <span className="told">{COMPARE_TEXT.differing(grouped(facts.differ), grouped(facts.both))}</span>
        {missingCounts(legend).map(({ id, text }) => (
          <span key={id} className="told">
            <MissingSwatch id={id} /> {text}
          </span>
        ))}
      </div>
      {(layer === 'links' || layer === 'demand') && <p className="t11 t3">{COMPARE_TEXT.linkParts}</p>}
    </section>
  );
}

function MissingSwatch({ id }: { id: (typeof MISSING)[number] }) {
  const stroke = { onlyA: 'M0 12 12 0', onlyB: 'M0 0 12 12', neither: '' }[id];
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" fill="none">
      <rect x="0.5" y="0.5" width="11" height="11" stroke="var(--ctl)" />
      <path d={stroke} stroke="var(--text-2)" strokeWidth="1.5" />
    </svg>
  );
}

export function Legend() {
  const legend = useStore(pairView, (s) => s.legend);
  const view = useCompare((s) => s.view);
  return (
    <aside className="pair-legend fab-ramp" aria-label={FABRIC_TEXT.legend.name}>
      {legend === null || legend.layer === 'state' ? view !== 'difference' && <States /> : <Values legend={legend} />}
      {legend !== null && (view === 'side' || view === 'difference') && <Differences legend={legend} />}
    </aside>
  );
}
