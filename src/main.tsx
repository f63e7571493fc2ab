/** The page's composition root. */
import './views/theme/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/bars.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/charts.css';
import './styles/phone.css';
import './styles/large.css';
import { createRoot } from 'react-dom/client';
import { createClient } from './api/client.ts';
import { exportApart } from './api/export-client.ts';
import { createPointPool } from './api/point-pool.ts';
import { hasValues } from './api/protocol.ts';
import { isReport } from './api/report-formats.ts';
import { createWholeClient } from './api/whole-client.ts';
import { createLessonClient } from './lessons/client.ts';
import { baseOf } from './store/routes.ts';
import { App } from './views/app/App.tsx';
import { takeLate } from './views/app/address.ts';
import { keepOffline } from './views/app/offline.ts';
import { expandPacked, forwardOldLink, start } from './views/app/start.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
takeLate();
forwardOldLink();
await expandPacked();
const demoUrl = new URL(`${baseOf(location.pathname)}/demo/use-lite-en-q4_k.gguf`, location.href).href;
const client = createClient();
const page = start({
  client,
  models: createWholeClient(),
  lessons: createLessonClient(),
  createPool: createPointPool,
  pair: { a: createClient(), b: createClient() },
  storage: localStorage,
  demoUrl,
  readTopology: async (text, file) => (await import('./api/topology.ts')).readTopology(text, file),
  exportRun: async (run, format, notes, waiting) => {
    const asked = isReport(format) && hasValues(run) ? await client.sensitivity(run.config) : null;
    return exportApart(run, format, { address: location.href, notes, ...(asked?.ok && { sensitivity: asked.value }) }, waiting);
  },
});
createRoot(root).render(<App page={page} />);
if (page.embed === null) keepOffline(baseOf(location.pathname));
