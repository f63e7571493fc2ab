/** Beside the fabric: what its colours mean with their numbers, the streams on the links, the moment in words. */
import { useStore } from 'zustand';
import { stuckWaits } from '../../store/playback.ts';
import { setToggle, useLab, useToggle } from '../hooks.ts';
import { TABLE_TEXT } from '../table/strings.ts';
import { magnitudeOf } from './layer.ts';
import { Minimap } from './Minimap.tsx';
import type { Painter } from './painter.ts';
import { RampLegend } from './RampLegend.tsx';
import { StateLegend } from './StateLegend.tsx';
import { StreamLegend } from './StreamLegend.tsx';
import { FABRIC_TEXT } from './strings.ts';
import { fabricView } from './view.ts';

const t = FABRIC_TEXT.legend;

/** The arrows of a stuck run. */
function WaitLegend() {
  return (
    <section className="fab-waits">
      <h3>{t.waits}</h3>
      <p>
        <svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true">
          <path d="M1 7h14" stroke="var(--err)" strokeWidth="2" />
          <path d="M21 7l-8-4v8z" fill="var(--err)" />
        </svg>
        <span>{t.waitsMeaning}</span>
      </p>
    </section>
  );
}

/** The line through the PEs that the whole run waited for. */
function PathToggle() {
  const [shown, show] = useToggle('path');
  return (
    <label className="fab-path">
      <input type="checkbox" checked={shown} onChange={() => show(!shown)} /> {t.path}
      {shown && <span className="t11 t3">{t.pathNow}</span>}
    </label>
  );
}

export function FabricLegend({ painter }: { readonly painter: Painter }) {
  const all = useStore(fabricView, (s) => s.camera?.all ?? true);
  const legend = useStore(fabricView, (s) => s.legend);
  const reader = useLab((s) => s.reader);
  const waits = useLab((s) => stuckWaits(s).length > 0);
  if (legend === null || reader === null) return null;
  // The layer the numbers are of, which may be a frame behind the chosen one.
  const { layer } = legend;
  const magnitude = magnitudeOf(layer);
  return (
    <aside className={all ? 'fab-legend' : 'fab-legend cut'} aria-label={t.name} data-layer={layer}>
      {!all && <Minimap painter={painter} />}
      {magnitude === null ? <StateLegend counts={legend.counts} pes={reader.pes} /> : <RampLegend legend={legend} layer={magnitude} />}
      <StreamLegend program={reader.program} onLinks={legend.onLinks} toggles={layer === 'colors'} />
      <PathToggle />
      {waits && <WaitLegend />}
      {legend.reading !== '' && (
        <section className="fab-reading" aria-live="polite">
          <h3>{t.reading}</h3>
          <p>{legend.reading}</p>
        </section>
      )}
      <button type="button" className="btn s fab-as-table" onClick={() => setToggle('fabric-table', true)}>
        {TABLE_TEXT.asTable}
      </button>
    </aside>
  );
}
