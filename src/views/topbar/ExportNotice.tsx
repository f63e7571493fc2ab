/** While a file of a run is written: how far it is, and Cancel. A short one never shows it. */
import { useLayoutEffect, useRef } from 'react';
import type { LabState } from '../../store/types.ts';
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { useActions, useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { EXPORT_TEXT } from './strings.ts';

export function ExportNotice() {
  const exporting = useLab((s) => s.exporting);
  return exporting && <Writing {...exporting} />;
}

function Writing({ format, share, bytes }: NonNullable<LabState['exporting']>) {
  const { cancelExport } = useActions();
  const cancel = useRef<HTMLButtonElement>(null);
  const before = useRef<Element | null>(null);
  // The focus goes back to where it came from: the next Tab would begin at the top of the page.
  useLayoutEffect(() => {
    const { current } = cancel;
    return () => {
      if (document.activeElement === current && before.current instanceof HTMLElement) before.current.focus();
    };
  }, []);
  return (
    <div className="page-notice export-notice">
      <span className="grow">{EXPORT_TEXT.writing(EXPORT_TEXT.formats[format], share, bytes)}</span>
      <button type="button" className="btn o s" ref={cancel} onFocus={({ relatedTarget }) => (before.current = relatedTarget)} onClick={cancelExport}>
        {TEXT.cancel}
      </button>
      {share !== null && <ProgressBar label={EXPORT_TEXT.progress} done={share * 100} of={100} />}
    </div>
  );
}
