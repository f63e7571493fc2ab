/** The Lab at 900 px and more: setup, fabric, verdict and inspector, the dock below. */
import { Dock } from '../dock/Dock.tsx';
import { Resizer } from '../dock/Resizer.tsx';
import { FabricPanel } from '../fabric/FabricPanel.tsx';
import { useLab } from '../hooks.ts';
import { Inspector } from '../inspector/Inspector.tsx';
import { SetupPanel } from '../setup/SetupPanel.tsx';
import { StatusBar } from '../status/StatusBar.tsx';
import { TopBar } from '../topbar/TopBar.tsx';
import { Verdict } from '../verdict/Verdict.tsx';
import { Following } from './Following.tsx';
import { APP_TEXT } from './strings.ts';

export function DesktopLab() {
  const dockHeight = useLab((s) => s.dockHeight);
  const dockOpen = useLab((s) => s.dockOpen);
  const setupOpen = useLab((s) => s.setupOpen);
  return (
    <div className={setupOpen ? 'lab' : 'lab no-setup'}>
      <TopBar />
      {setupOpen && <SetupPanel />}
      <main className="fabric">
        <FabricPanel />
      </main>
      <aside className="panel side" aria-label={APP_TEXT.side}>
        <div className="scroll" tabIndex={-1}>
          <Following>
            <Verdict />
          </Following>
          <Following>
            <Inspector />
          </Following>
        </div>
      </aside>
      {dockOpen && (
        <section className="panel dock" aria-label={APP_TEXT.timeline} style={{ height: dockHeight, overflow: 'visible' }}>
          <Resizer />
          <Following>
            <Dock />
          </Following>
        </section>
      )}
      <StatusBar />
    </div>
  );
}
