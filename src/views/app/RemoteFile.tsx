/** Asks before a file that a link names is fetched from elsewhere. */
import { Button } from 'react-aria-components/Button';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { WeftError } from '../../base/error.ts';
import { kindOfFile } from '../../store/dropped.ts';
import { lab } from '../../store/lab.ts';
import { fetchRemote, MOST_WHOLE_BYTES, type Remote } from '../../store/remote.ts';
import { useActions, useLab } from '../hooks.ts';

const close = (): void => lab.setState({ remote: null });

function Question({ remote, open }: { remote: Remote; open: (file: File) => void }) {
  const { say, openRemoteModel } = useActions();
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
    <>
      <Heading slot="title" level={2}>
        Fetch {remote.name} from {remote.host}?
      </Heading>
      <p className="t2">This link names a file on another server. Nothing has been fetched yet.</p>
      <p className="words">{remote.url}</p>
      <p className="t2">
        If you agree, that server sees your network address and that the file is wanted, as with any download; no cookies and nothing about this page are sent.
        It must allow other pages to read the file (CORS), else download it and drop it here. Of a model only the parts that are used are fetched where the
        server gives ranges; every other file is fetched whole, up to {MOST_WHOLE_BYTES / 2 ** 20} MiB.
      </p>
      <div className="row">
        <Button className="btn p" onPress={() => void load()}>
          Fetch it
        </Button>
        <Button className="btn o" onPress={close}>
          Do not
        </Button>
      </div>
    </>
  );
}

export function RemoteFile({ open }: { open: (file: File) => void }) {
  const remote = useLab((s) => s.remote);
  return (
    <ModalOverlay className="veil" isOpen={remote !== null} onOpenChange={close}>
      <Modal className="dialog">
        <Dialog className="stack">{remote && <Question remote={remote} open={open} />}</Dialog>
      </Modal>
    </ModalOverlay>
  );
}
