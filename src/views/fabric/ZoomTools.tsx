/** Zoom out, zoom in, whole fabric. */
import type { Camera } from './camera.ts';
import { FABRIC_TEXT } from './strings.ts';

/** One press of a zoom button. */
export const ZOOM_STEP = 1.6;

export const PATHS = { out: 'M3 8h10', in: 'M3 8h10M8 3v10', fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10' } as const;

export function Tool({ name, keys, path, onPress }: { readonly name: string; readonly keys: string; readonly path: string; readonly onPress: () => void }) {
  return (
    <button type="button" className="btn i" aria-label={name} title={`${name} (${keys})`} onClick={onPress}>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

export function ZoomTools({ camera }: { readonly camera: Camera | null }) {
  const t = FABRIC_TEXT.zoom;
  return (
    <div className="fab-tools">
      <Tool name={t.out} keys="−" path={PATHS.out} onPress={() => camera?.zoomBy(1 / ZOOM_STEP)} />
      <Tool name={t.in} keys="+" path={PATHS.in} onPress={() => camera?.zoomBy(ZOOM_STEP)} />
      <Tool name={t.whole} keys="0" path={PATHS.fit} onPress={() => camera?.fit()} />
    </div>
  );
}
