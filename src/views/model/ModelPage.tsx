/** The model page: whole models on the machine, the claims of others, two sentences, and what the machine is taken to be. */
import { type ReactNode, useEffect } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { type FileKind, takeDropped } from '../../store/dropped.ts';
import { PRESET_NAMES, parseWhole, type WholeTab, whole, wholeLink } from '../../store/whole.ts';
import type { WholeActions } from '../../store/whole-actions.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { useHash } from '../app/useHash.ts';
import { PageTop } from '../topbar/PageTop.tsx';
import { ClaimsTab } from './ClaimsTab.tsx';
import { useWhole, WholeContext } from './context.ts';
import { FitsTab } from './FitsTab.tsx';
import { MachineTab } from './MachineTab.tsx';
import './model.css';
import { ModelForm } from './ModelForm.tsx';
import { SentencesTab } from './SentencesTab.tsx';
import { SpeedTab } from './SpeedTab.tsx';
import { MODEL_TEXT } from './strings.ts';

interface Place {
  readonly id: WholeTab;
  readonly form: ReactNode;
  readonly body: ReactNode;
}

const PLACES: readonly Place[] = [
  { id: 'fits', form: <ModelForm />, body: <FitsTab /> },
  { id: 'speed', form: <ModelForm />, body: <SpeedTab /> },
  { id: 'claims', form: null, body: <ClaimsTab /> },
  { id: 'sentences', form: null, body: <SentencesTab /> },
  { id: 'machine', form: null, body: <MachineTab /> },
];

const ADDRESS = {
  link: () => wholeLink(whole.getState()),
  read: (hash: string) => {
    const { setup, notices } = parseWhole(hash, PRESET_NAMES);
    whole.setState(setup);
    return notices;
  },
  subscribe: whole.subscribe,
};

const OPENS: readonly FileKind[] = ['model', 'config'];

export default function ModelPage({ actions }: { actions: WholeActions }) {
  const notices = useHash(ADDRESS);
  useEffect(() => {
    const dropped = takeDropped('model');
    if (dropped) actions.openFile(dropped);
  }, [actions]);
  const tab = useWhole((s) => s.tab);
  useEffect(() => {
    document.title = MODEL_TEXT.pageTitle(MODEL_TEXT.tabs[tab]);
    actions.ask();
  }, [tab, actions]);
  return (
    <WholeContext value={actions}>
      <div className="page">
        <PageTop />
        <main>
          <Tabs className="model-page" selectedKey={tab} onSelectionChange={(key) => actions.configure({ tab: key as WholeTab })}>
            <div className="ph">
              <TabList className="tabs" aria-label={MODEL_TEXT.questions}>
                {PLACES.map(({ id }) => (
                  <Tab key={id} id={id}>
                    {MODEL_TEXT.tabs[id]}
                  </Tab>
                ))}
              </TabList>
            </div>
            {PLACES.map(({ id, form, body }) => (
              <TabPanel key={id} id={id} className={form ? 'with-form' : 'without-form'}>
                {form && <div className="form">{form}</div>}
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
                <section className="page-body" tabIndex={0} aria-label={MODEL_TEXT.tabs[id]}>
                  {notices.map((notice) => (
                    <p key={notice} className="notice">
                      {notice}
                    </p>
                  ))}
                  {body}
                </section>
              </TabPanel>
            ))}
          </Tabs>
        </main>
      </div>
      <FileDrop opens={OPENS} onFile={actions.openFile} accept=".gguf,.json" hint={MODEL_TEXT.drop} />
    </WholeContext>
  );
}
