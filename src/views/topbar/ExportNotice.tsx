/** While a file of a run is written: how far it is, and Cancel. A short one never shows it. */
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { useActions, useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { EXPORT_TEXT } from './strings.ts';

export function ExportNotice() {
  const { cancelExport } = useActions();
  const exporting = useLab((s) => s.exporting);
  if (exporting === null) return null;
  const { format, share, bytes } = exporting;
  return (
    <div className="page-notice export-notice">
      <span className="grow">{EXPORT_TEXT.writing(EXPORT_TEXT.formats[format], share, bytes)}</span>
      <button type="button" className="btn o s" onClick={cancelExport}>
        {TEXT.cancel}
      </button>
      {share !== null && <ProgressBar label={EXPORT_TEXT.progress} done={share * 100} of={100} />}
    </div>
  );
}
