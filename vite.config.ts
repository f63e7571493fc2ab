/** The page: dist/web, relative addresses so that it runs under any path of a static host. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { ROUTES } from './src/store/routes.ts';

/** Every route is a folder with the same page, so that any static host serves it without rules of its own. */
const routeFolders: Plugin = {
  name: 'route-folders',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = bundle['index.html'];
    if (page?.type !== 'asset') throw new Error('the build has no index.html');
    const source = String(page.source).replace('<head>', '<head>\n    <base href="../" />');
    for (const route of ROUTES) this.emitFile({ type: 'asset', fileName: `${route}/index.html`, source });
  },
};

export default defineConfig({
  base: './',
  plugins: [react(), routeFolders],
  worker: { format: 'es' },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts and WebAssembly stay files: cached on their own, and no data: address for a content policy to forbid.
    assetsInlineLimit: 0,
  },
});
