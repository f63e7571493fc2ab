/** Beside the fabric: what its colours mean with their numbers, the streams on the links, the moment in words. */
import { useStore } from 'zustand';
import { useLab } from '../hooks.ts';
import { magnitudeOf } from './layer.ts';
import { Minimap } from './Minimap.tsx';
import type { Painter } from './painter.ts';
import { RampLegend } from './RampLegend.tsx';
import { StateLegend } from './StateLegend.tsx';
import { StreamLegend } from './StreamLegend.tsx';
import { fabricView } from './view.ts';

export function FabricLegend({ painter }: { readonly painter: Painter }) {
  const all = useStore(fabricView, (s) => s.camera?.all ?? true);
  const legend = useStore(fabricView, (s) => s.legend);
  const reader = useLab((s) => s.reader);
  if (legend === null || reader === null) return null;
  // The layer the numbers are of, which may be a frame behind the chosen one.
  const { layer } = legend;
  const magnitude = magnitudeOf(layer);
  return (
    <aside className={all ? 'fab-legend' : 'fab-legend cut'} aria-label="Legend" data-layer={layer}>
      {!all && <Minimap painter={painter} />}
      {magnitude === null ? <StateLegend counts={legend.counts} pes={reader.pes} /> : <RampLegend legend={legend} layer={magnitude} />}
      <StreamLegend program={reader.program} onLinks={legend.onLinks} toggles={layer === 'colors'} />
      {legend.reading !== '' && (
        <section className="fab-reading" aria-live="polite">
          <h3>Reading this moment</h3>
          <p>{legend.reading}</p>
        </section>
      )}
      <button type="button" className="btn s fab-as-table" onClick={() => fabricView.setState({ table: true })}>
        View as table
      </button>
    </aside>
  );
}
