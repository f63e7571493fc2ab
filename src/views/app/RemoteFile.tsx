/** Asks before a file that a link names is fetched from elsewhere. */
import { WeftError } from '../../base/error.ts';
import { kindOfFile } from '../../store/dropped.ts';
import { lab } from '../../store/lab.ts';
import { fetchRemote, MOST_WHOLE_BYTES, type Remote } from '../../store/remote.ts';
import { Dialog } from '../controls/Dialog.tsx';
import { useActions, useLab } from '../hooks.ts';

const close = (): void => lab.setState({ remote: null });

function Question({ remote, open }: { remote: Remote; open: (file: File) => void }) {
  const { say, openRemoteModel } = useActions();
  const title = `Fetch ${remote.name} from ${remote.host}?`;
  const load = async (): Promise<void> => {
    close();
    say(`Fetching ${remote.name} from ${remote.host}.`);
    try {
      if (kindOfFile(remote) === 'model') await openRemoteModel(remote);
      else open(await fetchRemote(remote));
    } catch (error) {
      say(error instanceof WeftError ? error.oneLine() : String(error));
    }
  };
  return (
    <Dialog label={title} className="stack" onClose={close}>
      <h2>{title}</h2>
      <p className="t2">This link names a file on another server. Nothing has been fetched yet.</p>
      <p className="words">{remote.url}</p>
      <p className="t2">
        If you agree, that server sees your network address and that the file is wanted, as with any download; no cookies and nothing about this page are sent.
        It must allow other pages to read the file (CORS), else download it and drop it here. Of a model only the parts that are used are fetched where the
        server gives ranges; every other file is fetched whole, up to {MOST_WHOLE_BYTES / 2 ** 20} MiB.
      </p>
      <div className="row">
        <button type="button" className="btn p" onClick={() => void load()}>
          Fetch it
        </button>
        <button type="button" className="btn o" onClick={close}>
          Do not
        </button>
      </div>
    </Dialog>
  );
}

export function RemoteFile({ open }: { open: (file: File) => void }) {
  const remote = useLab((s) => s.remote);
  return remote && <Question remote={remote} open={open} />;
}
