/** Takes a file: from the hidden input, or dropped anywhere on the page. What this page does not open goes to the one that does. */
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { dropFile, type FileKind, kindOfFile, routeForFile } from '../../store/dropped.ts';
import { FILE_TEXT } from '../../store/strings.ts';
import { TEXT } from '../strings.ts';
import { FILE_INPUT_ID } from './files.ts';
import { APP_TEXT } from './strings.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.some((type) => type === 'Files') ?? false;

/** The one file that was dropped, or why there is none, in words. */
function droppedIn({ items, files }: DataTransfer): File | string {
  const [file] = files;
  if (files.length !== 1) return APP_TEXT.drop.several(files.length);
  return items[0]?.webkitGetAsEntry()?.isDirectory ? APP_TEXT.drop.folder(file.name) : file;
}

/** Binds the window's drag events; `over` tells whether a file hovers. */
function bindDrop(onDropped: (file: File | string) => void, over: (is: boolean) => void): () => void {
  const onOver = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(true);
  };
  const onLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) over(false);
  };
  const onDrop = (event: DragEvent): void => {
    if (event.dataTransfer === null || !hasFiles(event)) return;
    event.preventDefault();
    over(false);
    onDropped(droppedIn(event.dataTransfer));
  };
  addEventListener('dragover', onOver);
  addEventListener('dragleave', onLeave);
  addEventListener('drop', onDrop);
  return () => {
    removeEventListener('dragover', onOver);
    removeEventListener('dragleave', onLeave);
    removeEventListener('drop', onDrop);
  };
}

interface Props {
  /** What this page opens itself. */
  readonly opens?: readonly FileKind[];
  readonly onFile?: (file: File) => void;
  /** What the chooser offers, as in an input's `accept`. */
  readonly accept: string;
  /** What is said while a file hovers. */
  readonly hint: string;
}

const NOTHING: readonly FileKind[] = [];

export function FileDrop({ opens = NOTHING, onFile, accept, hint }: Props) {
  const [, navigate] = useLocation();
  const [hovering, setHovering] = useState(false);
  const [refused, setRefused] = useState('');
  const take = (file: File | string): void => {
    const kind = typeof file === 'string' ? null : kindOfFile(file);
    setRefused('');
    if (typeof file === 'string') setRefused(file);
    else if (kind === null) setRefused(FILE_TEXT.notOpened(file.name));
    else if (opens.includes(kind)) onFile?.(file);
    else {
      dropFile(file);
      navigate(`/${routeForFile(file)}/`);
    }
  };
  useEffect(() => bindDrop(take, setHovering));
  return (
    <>
      <input
        type="file"
        id={FILE_INPUT_ID}
        accept={accept}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) take(file);
          // The same file may be chosen again after it changed.
          event.target.value = '';
        }}
      />
      {hovering && (
        <div className="drop-veil">
          <div>{hint}</div>
        </div>
      )}
      {refused !== '' && (
        <div className="page-notice">
          <span role="alert">{refused}</span>
          <button type="button" className="btn o s" onClick={() => setRefused('')}>
            {TEXT.close}
          </button>
        </div>
      )}
    </>
  );
}
