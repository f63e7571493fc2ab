/** Keys and what the page is, under `?`. */
import { lab } from '../../store/lab.ts';
import { Dialog } from '../controls/Dialog.tsx';
import { useLab } from '../hooks.ts';
import { KEYS } from '../strings.ts';

const TITLE = 'Weft in short';

const close = (): void => lab.setState({ help: false });

export function HelpDialog() {
  const open = useLab((s) => s.help);
  const singleKeys = useLab((s) => s.singleKeys);
  if (!open) return null;
  return (
    <Dialog label={TITLE} isDismissable onClose={close}>
      <div className="row">
        <h2>{TITLE}</h2>
        <span className="sp" />
        <button type="button" className="btn o" onClick={close}>
          Close
        </button>
      </div>
      <p className="t2" style={{ marginTop: 8, maxWidth: '64ch' }}>
        Weft multiplies a quantised matrix with activations on a simulated wafer of small processors. Every number travels as a wavelet, every cycle is counted,
        and the results are compared bit by bit with a plain loop. Choose a model, a kernel and a machine at the left, press Run, and move the playhead.
      </p>
      <dl className="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>{does}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <label className="row t12" style={{ marginTop: 12 }}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => lab.setState({ singleKeys: event.target.checked })} />
        Keys of a single character work (never while you type in a field)
      </label>
    </Dialog>
  );
}
