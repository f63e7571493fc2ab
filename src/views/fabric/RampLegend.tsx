/** The scale of a magnitude layer and what the PEs make of it: maximum, 95th percentile, mean, minimum. */
import { useStore } from 'zustand';
import { LATENCY_STAGES } from '../../analysis/latency.ts';
import type { Magnitude } from '../../analysis/magnitudes.ts';
import { lab } from '../../store/lab.ts';
import { useLab } from '../hooks.ts';
import { linkCounts } from '../link-counts.ts';
import { STAGE_NAMES } from '../strings.ts';
import { usePalette } from '../theme/theme.ts';
import { magnitudeText, rampLabels, TOLD } from './layer.ts';
import { FABRIC_TEXT, MAGNITUDE_TITLES } from './strings.ts';
import type { Legend } from './view.ts';

const t = FABRIC_TEXT.magnitude;
const STOPS = 16;

interface Props {
  readonly legend: Legend;
  readonly layer: Magnitude;
}

export function RampLegend({ legend, layer }: Props) {
  const { ramp } = usePalette();
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => ramp[Math.round((i / STOPS) * (ramp.length - 1))]);
  const { summary } = legend;
  return (
    <section className="fab-ramp">
      <h3>{MAGNITUDE_TITLES[layer](legend.window)}</h3>
      {layer === 'latency' && <StageSelect />}
      {(layer === 'links' || layer === 'demand') && <MeasureSelect layer={layer} />}
      <div className="scale" data-kind="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <div className="ends" aria-hidden="true">
        {rampLabels(layer, legend.min, legend.max).map((label) => (
          <span key={label}>{label}</span>
        ))}
      </div>
      {layer === 'demand' && <OverCap />}
      <dl>
        {summary !== null &&
          TOLD.map((of) => (
            <div key={of}>
              <dt>{t.summary[of]}</dt>
              <dd>{magnitudeText(layer, summary[of])}</dd>
            </div>
          ))}
      </dl>
      {layer === 'latency' && <p className="t11 t3 outlined">{t.outlined}</p>}
    </section>
  );
}

/** Beyond the scale's end: more wavelets than the link can carry. */
function OverCap() {
  return (
    <p className="t11 t3 row over">
      <i className="swatch" data-kind="over" style={{ background: 'var(--err)' }} /> {t.over}
    </p>
  );
}

/** What of a link is shown: what it carried, or what it was asked to carry. */
function MeasureSelect({ layer }: { readonly layer: 'links' | 'demand' }) {
  const share = useStore(linkCounts, (s) => s.share);
  return (
    <label className="fab-until">
      {t.measure}{' '}
      <select value={layer} onChange={(event) => lab.setState({ layer: event.target.value as typeof layer })}>
        <option value="links">{t.measures.links}</option>
        <option value="demand">{t.measures.demand}</option>
      </select>
      {layer === 'demand' && share < 1 && <span className="t3"> {t.counting(share)}</span>}
    </label>
  );
}

/** Which event latency counts to. */
function StageSelect() {
  const stage = useLab((s) => s.latencyStage);
  return (
    <label className="fab-until">
      {t.until}{' '}
      <select value={stage} onChange={(event) => lab.setState({ latencyStage: event.target.value as typeof stage })}>
        {LATENCY_STAGES.map((id) => (
          <option key={id} value={id}>
            {STAGE_NAMES[id]}
          </option>
        ))}
      </select>
    </label>
  );
}
