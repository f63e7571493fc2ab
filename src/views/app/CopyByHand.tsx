/** A text that the clipboard did not take, selected. */
import { Button } from 'react-aria-components/Button';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useStore } from 'zustand';
import { TEXT } from '../strings.ts';
import { byHand } from './copy.ts';
import { APP_TEXT } from './strings.ts';

const t = APP_TEXT.byHand;

const close = (): void => byHand.setState({ text: null });

export function CopyByHand() {
  const text = useStore(byHand, (s) => s.text);
  return (
    <ModalOverlay className="veil" isOpen={text !== null} onOpenChange={close} isDismissable>
      <Modal className="dialog">
        <Dialog className="stack">
          <Heading slot="title" level={2}>
            {t.title}
          </Heading>
          <p className="t2">{t.how}</p>
          <textarea className="by-hand" aria-label={t.text} readOnly autoFocus rows={6} value={text ?? ''} onFocus={(event) => event.currentTarget.select()} />
          <div className="row">
            <Button className="btn o" onPress={close}>
              {TEXT.close}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
