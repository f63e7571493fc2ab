/** Opens GGUF files: from the hidden input, or dropped anywhere on the page. */
import { useEffect, useState } from 'react';
import type { Actions } from '../../store/actions.ts';
import { useActions } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { FILE_INPUT_ID } from './files.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Binds the window's drag events; `over` tells whether a file hovers. */
function bindDrop(actions: Actions, over: (is: boolean) => void): () => void {
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
    if (file) void actions.openFile(file);
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

export function FileDrop() {
  const actions = useActions();
  const [hovering, setHovering] = useState(false);
  useEffect(() => bindDrop(actions, setHovering), [actions]);
  return (
    <>
      <input
        type="file"
        id={FILE_INPUT_ID}
        accept=".gguf"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) void actions.openFile(file);
          // The same file may be chosen again after it changed.
          event.target.value = '';
        }}
      />
      {hovering && (
        <div className="drop-veil">
          <div>{TEXT.dropHere}</div>
        </div>
      )}
    </>
  );
}
