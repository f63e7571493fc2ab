/** Choosing a picture's form, and saving the charts of a panel in it. */
import { type ReactNode, useState } from 'react';
import { Flyout } from '../controls/Flyout.tsx';
import { save } from '../topbar/save.ts';

const SCALES = [1, 2, 4] as const;
/** SVG, or a PNG of so many pixels to a CSS pixel. */
export type PictureForm = 'svg' | (typeof SCALES)[number];

export function MenuItem({ act, label, children }: { act: () => void; label?: string; children: ReactNode }) {
  return (
    <button type="button" className="btn" aria-label={label} onClick={act}>
      {children}
    </button>
  );
}

/** One picture in its four forms. */
export function PictureRow({ name, write }: { name: string; write: (as: PictureForm) => void }) {
  return (
    <span className="menu-row">
      <span className="t2">{name}</span>
      <span className="sp" />
      <MenuItem label={`${name}, SVG`} act={() => write('svg')}>
        SVG
      </MenuItem>
      <span className="t11 t3">PNG</span>
      {SCALES.map((scale) => (
        <MenuItem key={scale} label={`${name}, PNG ${scale}x`} act={() => write(scale)}>
          {scale}×
        </MenuItem>
      ))}
    </span>
  );
}

/** Saves a picture; returns the file's name. */
export function savePicture(stem: string, as: PictureForm, content: BlobPart): string {
  const name = as === 'svg' ? `${stem}.svg` : `${stem}@${as}x.png`;
  save(name, as === 'svg' ? 'image/svg+xml' : 'image/png', [content]);
  return name;
}

/** Saves the charts of the panel that a selector finds; returns the file's name. Throws when there is none. */
export async function saveCharts(within: string, stem: string, title: string, as: PictureForm): Promise<string> {
  const panel = document.querySelector(within);
  if (panel === null) throw new Error('The chart is not on screen.');
  const { chartPicture, rasterise } = await import('./chart-picture.ts');
  const chart = chartPicture(panel, title);
  return savePicture(stem, as, as === 'svg' ? chart.svg : await rasterise(chart, as));
}

/** A button that saves the charts of a panel, and says what became of it. */
export function SaveCharts({ within, stem, title }: { within: string; stem: string; title: string }) {
  const [words, setWords] = useState('');
  const write = (as: PictureForm, close: () => void): void => {
    const done = saveCharts(within, stem, `${title} · Weft`, as).then((name) => `${name} was saved.`);
    done.catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then(setWords);
    close();
  };
  return (
    <>
      <Flyout face="Save picture" className="btn o s" sheetClass="menu">
        {(close) => <PictureRow name={title} write={(as) => write(as, close)} />}
      </Flyout>
      <span className="t11 t3" role="status">
        {words}
      </span>
    </>
  );
}
