/** The scale of a magnitude layer and what the PEs make of it: maximum, 95th percentile, mean, minimum. */
import { useStore } from 'zustand';
import { LATENCY_STAGES, type LatencyStage } from '../../analysis/latency.ts';
import { isOfLinks, type Magnitude } from '../../analysis/magnitudes.ts';
import { lab } from '../../store/lab.ts';
import { Select } from '../controls/Choice.tsx';
import { useLab } from '../hooks.ts';
import { linkCounts } from '../link-counts.ts';
import { STAGE_NAMES } from '../strings.ts';
import { usePalette } from '../theme/theme.ts';
import { magnitudeText, rampLabels, TOLD } from './layer.ts';
import { FABRIC_TEXT, MAGNITUDE_TITLES } from './strings.ts';
import type { Legend } from './view.ts';
import './ramp.css';

const t = FABRIC_TEXT.magnitude;
const STOPS = 16;

interface Props {
  readonly legend: Legend;
  readonly layer: Magnitude;
}

interface RampProps {
  readonly colours: readonly string[];
  /** Numbers equally far from one another, from end to end. */
  readonly labels: readonly string[];
  /** What stands after the last of them. */
  readonly unit?: string;
}

/** A scale of colours with the numbers below it, each where it is on the scale. */
export function Ramp({ colours, labels, unit = '' }: RampProps) {
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => colours[Math.round((i / STOPS) * (colours.length - 1))]);
  return (
    <>
      <div className="scale" data-kind="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <div className="ends" aria-hidden="true">
        {labels.map((label, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a label is told by its place on the scale
          <span key={i} style={{ left: `${(100 * i) / (labels.length - 1)}%` }}>
            {label}
          </span>
        ))}
        {unit !== '' && <i>{unit}</i>}
      </div>
    </>
  );
}

export function RampLegend({ legend, layer }: Props) {
  const { ramp } = usePalette();
  const stage = useLab((s) => s.latencyStage);
  const share = useStore(linkCounts, (s) => s.share);
  const { summary } = legend;
  return (
    <section className="fab-ramp">
      <h3>{MAGNITUDE_TITLES[layer](legend.window)}</h3>
      {layer === 'latency' && <StageSelect stage={stage} onChange={(latencyStage) => lab.setState({ latencyStage })} />}
      {isOfLinks(layer) && <MeasureSelect layer={layer} share={share} onChange={(next) => lab.setState({ layer: next })} />}
      <Ramp colours={ramp} labels={rampLabels(layer, legend.min, legend.max)} />
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
export function OverCap() {
  return (
    <p className="t11 t3 row over">
      <i className="swatch" data-kind="over" style={{ background: 'var(--err)' }} /> {t.over}
    </p>
  );
}

interface MeasureProps {
  readonly layer: 'links' | 'demand';
  /** Of the links that are counted for the demand. */
  readonly share: number;
  readonly onChange: (layer: 'links' | 'demand') => void;
}

/** What of a link is shown: what it carried, or what it was asked to carry. */
export function MeasureSelect({ layer, share, onChange }: MeasureProps) {
  return (
    <div className="fab-until">
      {t.measure}
      <Select label={t.measure} value={layer} onChange={(value) => onChange(value as typeof layer)}>
        <option value="links">{t.measures.links}</option>
        <option value="demand">{t.measures.demand}</option>
      </Select>
      {layer === 'demand' && share < 1 && <span className="t3">{t.counting(share)}</span>}
    </div>
  );
}

/** Which event latency counts to. */
export function StageSelect({ stage, onChange }: { readonly stage: LatencyStage; readonly onChange: (stage: LatencyStage) => void }) {
  return (
    <div className="fab-until">
      {t.until}
      <Select label={t.until} value={stage} onChange={(value) => onChange(value as typeof stage)}>
        {LATENCY_STAGES.map((id) => (
          <option key={id} value={id}>
            {STAGE_NAMES[id]}
          </option>
        ))}
      </Select>
    </div>
  );
}
