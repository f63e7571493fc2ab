/** The Lab below 900 px: bottom tabs, the transport pinned above them. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { Link } from 'wouter';
import { lab } from '../../store/lab.ts';
import { lastCycle } from '../../store/playback.ts';
import type { PhoneTab } from '../../store/types.ts';
import { Dock } from '../dock/Dock.tsx';
import { FabricPanel } from '../fabric/FabricPanel.tsx';
import { grouped } from '../format.ts';
import { useCycle, useLab } from '../hooks.ts';
import { GridIcon, Lens, Mark, Sliders, Wave } from '../icons.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { SetupPanel } from '../setup/SetupPanel.tsx';
import { PhoneMenu } from '../topbar/ExportMenu.tsx';
import { HelpButton, RunTitle, ShareButton, ThemeToggle } from '../topbar/TopBar.tsx';
import { PlaybackOptions } from '../transport/PlaybackOptions.tsx';
import { TRANSPORT_TEXT } from '../transport/strings.ts';
import { SpeedSelect, TransportButtons } from '../transport/Transport.tsx';
import { Verdict } from '../verdict/Verdict.tsx';
import { PhoneSummary } from './PhoneSummary.tsx';
import { APP_TEXT } from './strings.ts';

const TABS = [
  { id: 'setup', Icon: Sliders },
  { id: 'fabric', Icon: GridIcon },
  { id: 'timeline', Icon: Wave },
  { id: 'inspect', Icon: Lens },
] as const;

function PhoneTransport() {
  const cycle = useCycle();
  const last = useLab(lastCycle);
  return (
    <fieldset className="phone-transport" aria-label={TRANSPORT_TEXT.playback}>
      <TransportButtons reverse={false} />
      <p className="at">
        <b className="b6">{grouped(cycle)}</b>
        <br />
        <span className="t3">{TRANSPORT_TEXT.of(last)}</span>
      </p>
    </fieldset>
  );
}

function Pane({ tab }: { tab: PhoneTab }) {
  if (tab === 'setup') return <SetupPanel />;
  if (tab === 'timeline') {
    return (
      <section className="timeline" aria-label={APP_TEXT.timeline}>
        <div className="sec row">
          <span className="t2">{APP_TEXT.phone.speed}</span>
          <SpeedSelect />
          <PlaybackOptions />
        </div>
        <div className="dock">
          <Dock phone />
        </div>
      </section>
    );
  }
  if (tab === 'inspect') {
    return (
      <>
        <Verdict />
        <Inspector />
      </>
    );
  }
  return (
    <>
      <div className="fabric">
        <FabricPanel />
      </div>
      <PhoneSummary />
    </>
  );
}

export function PhoneLab() {
  const tab = useLab((s) => s.phoneTab);
  return (
    <Tabs className="phone" selectedKey={tab} onSelectionChange={(key) => lab.setState({ phoneTab: key as PhoneTab })}>
      <header className="top">
        <h1 className="brand">
          <Link href="/" aria-label={APP_TEXT.phone.home}>
            <Mark />
          </Link>
        </h1>
        <RunTitle />
        <span className="sp" />
        <ThemeToggle />
        <ShareButton />
        <PhoneMenu />
        <HelpButton />
      </header>
      {/* Before the panes in the document, so that Tab reaches it first; the grid puts it at the bottom. */}
      <footer className="phone-bar">
        <PhoneTransport />
        <TabList className="phone-tabs" aria-label={APP_TEXT.phone.label}>
          {TABS.map(({ id, Icon }) => (
            <Tab key={id} id={id}>
              <Icon />
              {APP_TEXT.phone.panes[id]}
            </Tab>
          ))}
        </TabList>
      </footer>
      <main className="pane-wrap">
        {TABS.map(({ id }) => (
          <TabPanel key={id} id={id} className="pane">
            {id !== 'setup' && <h2 className="visually-hidden">{APP_TEXT.phone.panes[id]}</h2>}
            <Pane tab={id} />
          </TabPanel>
        ))}
      </main>
    </Tabs>
  );
}
