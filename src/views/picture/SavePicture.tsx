/** Choosing the form of a picture or of a chart's numbers, and saving it. */
import { type ReactNode, useState } from 'react';
import { Flyout } from '../controls/Flyout.tsx';
import { TEXT } from '../strings.ts';
import { type ChartData, csvOf, ndjsonOf } from '../table/chart-data.ts';
import { save } from '../topbar/save.ts';
import type { Drawing } from './fabric-picture.ts';
import { PICTURE_TEXT } from './strings.ts';

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
      <MenuItem label={PICTURE_TEXT.svg(name)} act={() => write('svg')}>
        SVG
      </MenuItem>
      <span className="t11 t3">PNG</span>
      {SCALES.map((scale) => (
        <MenuItem key={scale} label={PICTURE_TEXT.png(name, scale)} act={() => write(scale)}>
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
  if (panel === null) throw new Error(PICTURE_TEXT.notOnScreen);
  const { chartPicture, rasterise } = await import('./chart-picture.ts');
  const chart = chartPicture(panel, title);
  return savePicture(stem, as, as === 'svg' ? chart.svg : await rasterise(chart, as));
}

/** Saves drawings of fabrics, one beside the other; returns the file's name. */
export async function saveDrawings(stem: string, as: PictureForm, make: (module: typeof import('./fabric-picture.ts')) => readonly Drawing[]): Promise<string> {
  const module = await import('./fabric-picture.ts');
  const drawings = make(module);
  return savePicture(stem, as, as === 'svg' ? await module.rowSvg(drawings) : await module.rowPng(drawings, as));
}

/** Saves a chart's numbers; returns the file's name. */
export function saveData(stem: string, data: ChartData, as: 'csv' | 'ndjson'): string {
  const name = `${stem}.${as}`;
  if (as === 'csv') save(name, 'text/csv', [csvOf(data)]);
  else save(name, 'application/x-ndjson', [ndjsonOf(data)]);
  return name;
}

const slug = (name: string): string => name.toLowerCase().replace(/\W+/g, '-');

/** The numbers of charts as files, a row a chart. */
export function DataRows({ stem, data, write }: { stem: string; data: readonly ChartData[]; write: (save: () => string) => void }) {
  return data.map((one) => (
    <span key={one.title} className="menu-row">
      <span className="t2">{one.title}</span>
      <span className="sp" />
      {(['csv', 'ndjson'] as const).map((as) => (
        <MenuItem key={as} label={PICTURE_TEXT.data(one.title, as.toUpperCase())} act={() => write(() => saveData(`${stem}-${slug(one.title)}`, one, as))}>
          {as.toUpperCase()}
        </MenuItem>
      ))}
    </span>
  ));
}

/** A picture that a menu offers. */
export interface Offered {
  readonly name: string;
  readonly write: (as: PictureForm) => Promise<string>;
}

/** The charts of the panel that a selector finds, as one picture. */
export const chartsOf = (within: string, stem: string, name: string): Offered => ({
  name,
  write: (as) => saveCharts(within, stem, TEXT.pageTitle(name), as),
});

interface Props {
  /** Whose pictures and numbers these are, for a button that stands beside others of its kind. */
  readonly of: string;
  readonly stem: string;
  readonly pictures: readonly Offered[];
  readonly data: () => readonly ChartData[];
  /** Where words go; beside the button if absent. */
  readonly say?: (words: string) => void;
}

/** A button that saves pictures and numbers, and says what became of it. */
export function SaveMenu({ of, stem, pictures, data, say }: Props) {
  const [words, setWords] = useState('');
  const tell = (work: Promise<string>, close: () => void): void => {
    const done = work.then((name) => TEXT.saved(name));
    done.catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then(say ?? setWords);
    close();
  };
  return (
    <>
      {say === undefined && (
        <span className="t11 t3" role="status">
          {words}
        </span>
      )}
      <Flyout face={PICTURE_TEXT.save} label={PICTURE_TEXT.saveOf(of)} className="btn s" sheetClass="menu">
        {(close) => (
          <>
            {pictures.map(({ name, write }) => (
              <PictureRow key={name} name={name} write={(as) => tell(write(as), close)} />
            ))}
            <DataRows stem={stem} data={data()} write={(act) => tell(Promise.resolve().then(act), close)} />
          </>
        )}
      </Flyout>
    </>
  );
}
