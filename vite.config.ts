/** The page: dist/web, relative addresses so that it runs under any path of a static host. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts and WebAssembly stay files: cached on their own, and no data: address for a content policy to forbid.
    assetsInlineLimit: 0,
  },
});
