/** Keys and what the page is, under `?`. */
import { Button } from 'react-aria-components/Button';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { lab } from '../../store/lab.ts';
import { useLab } from '../hooks.ts';
import { KEYS, TEXT } from '../strings.ts';
import { HELP_TEXT } from './strings.ts';

export function HelpDialog() {
  const open = useLab((s) => s.help);
  const singleKeys = useLab((s) => s.singleKeys);
  return (
    <ModalOverlay className="veil" isOpen={open} onOpenChange={(help) => lab.setState({ help })} isDismissable>
      <Modal className="dialog">
        <Dialog>
          {({ close }) => (
            <>
              <div className="row">
                <Heading slot="title" level={2}>
                  {HELP_TEXT.title}
                </Heading>
                <span className="sp" />
                <Button className="btn o" onPress={close}>
                  {TEXT.close}
                </Button>
              </div>
              <p className="t2" style={{ marginTop: 8, maxWidth: '64ch' }}>
                {HELP_TEXT.intro}
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
                {HELP_TEXT.singleKeys}
              </label>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
