/** The Lab below 900 px: bottom tabs, the transport pinned above them. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { lab } from '../../store/lab.ts';
import { lastCycle } from '../../store/playback.ts';
import type { PhoneTab } from '../../store/types.ts';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { StackedShares } from '../charts/StackedShares.tsx';
import { timeScale } from '../charts/time.ts';
import { sharesOf } from '../derived.ts';
import { Dock } from '../dock/Dock.tsx';
import { FabricPanel } from '../fabric/FabricPanel.tsx';
import { grouped } from '../format.ts';
import { useCycle, useLab } from '../hooks.ts';
import { GridIcon, Lens, Mark, Sliders, Wave } from '../icons.tsx';
import { Inspector, PeHead, usePeView } from '../inspector/Inspector.tsx';
import { placeInWork } from '../inspector/moment.ts';
import { SetupPanel } from '../setup/SetupPanel.tsx';
import { HelpButton, RunTitle, ShareButton, ThemeToggle } from '../topbar/TopBar.tsx';
import { SpeedSelect, TransportButtons } from '../transport/Transport.tsx';
import { BoundBadge, NoRun, Verdict } from '../verdict/Verdict.tsx';

const TABS = [
  { id: 'setup', name: 'Setup', Icon: Sliders },
  { id: 'fabric', name: 'Fabric', Icon: GridIcon },
  { id: 'timeline', name: 'Timeline', Icon: Wave },
  { id: 'inspect', name: 'Inspect', Icon: Lens },
] as const;

/** The whole run in a strip; the strip is the scrubber. */
function Strip() {
  const reader = useLab((s) => s.reader);
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <div ref={ref} className="strip">
      {reader && size.width > 0 && (
        <>
          <svg className="chart" width={size.width} height={64} aria-hidden="true">
            <StackedShares shares={sharesOf(reader)} scale={timeScale(reader.trace.cycles, size.width, true)} top={8} bottom={50} />
          </svg>
          <Scrubber {...size} plot={52} narrow touch />
        </>
      )}
    </div>
  );
}

function Summary() {
  const result = useLab((s) => s.result);
  const view = usePeView();
  const cycle = useCycle();
  if (result === null || view === null) {
    return (
      <section className="sec">
        <NoRun />
      </section>
    );
  }
  return (
    <>
      <section className="sec summary-row" aria-label="Verdict">
        <b style={{ fontSize: 26, lineHeight: '30px', letterSpacing: '-0.02em', fontWeight: 600 }}>{grouped(result.metrics.cycles)}</b>
        <span className="t2">cycles</span>
        <span className="sp" />
        <BoundBadge result={result} />
      </section>
      <section className="sec" aria-label="Selected PE">
        <PeHead view={view} cycle={cycle} />
        <div className="row t2">
          <span className="sp">{placeInWork(view.reader, view.pe, cycle)}</span>
          <button type="button" className="link" onClick={() => lab.setState({ phoneTab: 'inspect' })}>
            Details
          </button>
        </div>
      </section>
      <section className="sec">
        <p className="t11 t3">PEs by state, whole run</p>
        <Strip />
      </section>
    </>
  );
}

function PhoneTransport() {
  const cycle = useCycle();
  const last = useLab(lastCycle);
  return (
    <div className="phone-transport" role="group" aria-label="Playback">
      <TransportButtons reverse={false} />
      <p className="at">
        <b className="b6">{grouped(cycle)}</b>
        <br />
        <span className="t3">of {grouped(last)}</span>
      </p>
    </div>
  );
}

function Pane({ tab }: { tab: PhoneTab }) {
  if (tab === 'setup') return <SetupPanel />;
  if (tab === 'timeline') {
    return (
      <section className="timeline" aria-label="Timeline">
        <div className="sec row">
          <span className="t2">Speed</span>
          <SpeedSelect />
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
      <Summary />
    </>
  );
}

export function PhoneLab() {
  const tab = useLab((s) => s.phoneTab);
  return (
    <Tabs className="phone" selectedKey={tab} onSelectionChange={(key) => lab.setState({ phoneTab: key as PhoneTab })}>
      <header className="top">
        <div className="brand">
          <Mark />
          <h1 className="visually-hidden">Weft</h1>
        </div>
        <RunTitle />
        <span className="sp" />
        <ThemeToggle />
        <ShareButton />
        <HelpButton />
      </header>
      <main className="pane-wrap" style={{ minHeight: 0, display: 'grid' }}>
        {TABS.map(({ id }) => (
          <TabPanel key={id} id={id} className="pane">
            <Pane tab={id} />
          </TabPanel>
        ))}
      </main>
      <PhoneTransport />
      <TabList className="phone-tabs" aria-label="Panes">
        {TABS.map(({ id, name, Icon }) => (
          <Tab key={id} id={id}>
            <Icon />
            {name}
          </Tab>
        ))}
      </TabList>
    </Tabs>
  );
}
