/** Takes a file: from the hidden input, or dropped anywhere on the page. */
import { useEffect, useState } from 'react';
import { FILE_INPUT_ID } from './files.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.some((type) => type === 'Files') ?? false;

/** Binds the window's drag events; `over` tells whether a file hovers. */
function bindDrop(onFile: (file: File) => void, over: (is: boolean) => void): () => void {
  const onOver = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(true);
  };
  const onLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) over(false);
  };
  const onDrop = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(false);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
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
  /** What the chooser offers, as in an input's `accept`. */
  readonly accept: string;
  /** What is said while a file hovers. */
  readonly hint: string;
  readonly onFile: (file: File) => void;
}

export function FileDrop({ accept, hint, onFile }: Props) {
  const [hovering, setHovering] = useState(false);
  useEffect(() => bindDrop(onFile, setHovering), [onFile]);
  return (
    <>
      <input
        type="file"
        id={FILE_INPUT_ID}
        accept={accept}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          // The same file may be chosen again after it changed.
          event.target.value = '';
        }}
      />
      {hovering && (
        <div className="drop-veil">
          <div>{hint}</div>
        </div>
      )}
    </>
  );
}
