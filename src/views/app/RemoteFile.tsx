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
import { APP_TEXT } from './strings.ts';

const WORDS = APP_TEXT.remote;

const close = (): void => lab.setState({ remote: null });

function Question({ remote, open }: { remote: Remote; open: (file: File) => void }) {
  const { say, openRemoteModel } = useActions();
  const load = async (): Promise<void> => {
    close();
    say(WORDS.fetching(remote.name, remote.host));
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
        {WORDS.ask(remote.name, remote.host)}
      </Heading>
      <p className="t2">{WORDS.notYet}</p>
      <p className="words">{remote.url}</p>
      <p className="t2">{WORDS.terms(MOST_WHOLE_BYTES / 2 ** 20)}</p>
      <div className="row">
        <Button className="btn p" onPress={() => void load()}>
          {WORDS.agree}
        </Button>
        <Button className="btn o" onPress={close}>
          {WORDS.refuse}
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
