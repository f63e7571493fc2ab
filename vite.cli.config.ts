/** The command line: bin/weft.ts and all it needs as plain JavaScript in dist/cli, so that it starts without a resolver. */
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const OUT = 'dist/cli';
const LINK = 'node_modules/.bin/weft';

/**
 * First line, run bit, and the link by which `npx --no-install weft` finds it. The link stands in for a "bin" entry of
 * package.json: with the entry npx loads the whole package tree first (docs/decisions/0003-bin-link.md).
 */
function executable(): Plugin {
  return {
    name: 'weft-executable',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk' && chunk.isEntry && !chunk.code.startsWith('#!')) chunk.code = `#!/usr/bin/env node\n${chunk.code}`;
      }
    },
    writeBundle() {
      const main = join(OUT, 'main.js');
      chmodSync(main, 0o755);
      mkdirSync(dirname(LINK), { recursive: true });
      rmSync(LINK, { force: true });
      symlinkSync(relative(dirname(LINK), main), LINK);
    },
  };
}

export default defineConfig({
  publicDir: false,
  plugins: [executable()],
  // The pool finds its own thread beside itself, so it stays a package.
  ssr: { noExternal: true, external: ['tinypool'], target: 'node' },
  build: {
    ssr: true,
    outDir: OUT,
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: { input: { main: 'bin/weft.ts', 'sweep-worker': 'bin/sweep-worker.ts' } },
  },
});
