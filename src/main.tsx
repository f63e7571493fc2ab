/** The page's composition root. */
import { createRoot } from 'react-dom/client';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <main>
    <h1>Weft</h1>
  </main>,
);
