/** The library: src/api/library.ts and all it needs as one module in dist/lib, for Node and for bundlers; types by tsc beside it. */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    lib: { entry: 'src/api/library.ts', formats: ['es'], fileName: 'weft' },
    outDir: 'dist/lib',
    emptyOutDir: true,
    target: 'es2022',
    minify: false,
  },
});
