/** The page: dist/web, relative addresses so that it runs under any path of a static host. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { STEP_FOLDERS } from './src/lessons/catalog.ts';
import { ROUTES } from './src/store/routes.ts';

/** Every route is a folder with the same page, so that any static host serves it without rules of its own. */
const routeFolders: Plugin = {
  name: 'route-folders',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = bundle['index.html'];
    if (page?.type !== 'asset') throw new Error('the build has no index.html');
    for (const folder of [...ROUTES, ...STEP_FOLDERS]) {
      const up = '../'.repeat(folder.split('/').length);
      const source = String(page.source).replace('<head>', `<head>\n    <base href="${up}" />`);
      this.emitFile({ type: 'asset', fileName: `${folder}/index.html`, source });
    }
  },
};

/**
 * The workers' scripts are chunks of the page's own build, so that the modules which both need are fetched once. Vite would bundle
 * them apart, with copies of them.
 */
function sharedWorkers(): Plugin {
  const address = /new URL\('..\/..\/workers\/(\w+)\.ts', import\.meta\.url\)/g;
  const chunks = new Map<string, string>();
  return {
    name: 'shared-workers',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      for (const name of ['weft', 'export'])
        chunks.set(name, this.emitFile({ type: 'chunk', id: fileURLToPath(new URL(`./workers/${name}.ts`, import.meta.url)), name }));
    },
    transform: (code) => {
      const built = code.replace(address, (_, name: string) => `import.meta.ROLLUP_FILE_URL_${chunks.get(name)}`);
      return built === code ? undefined : { code: built, map: null };
    },
  };
}

/**
 * What modules of d3 call as they are loaded, to make ramps, schemes of colours and curves: marked as pure, all but those that are used are left
 * out. In these modules alone: a name that is pure everywhere would take calls out of our own code that happen to be named alike.
 */
const PURE_CALLS: ReadonlyMap<string, (code: string) => string> = new Map([
  [
    '/d3-scale-chromatic/',
    (code) =>
      code
        .replace(/(?<!function )\b(?:ramp(?:\$1)?|colors|interpolateCubehelixLong|cubehelix\$1)\(/g, '/* @__PURE__ */ $&')
        .replace(/= (new Array\(3\)\.concat\([^)]*\)\.map\(colors\));/g, '= /* @__PURE__ */ (() => $1)();'),
  ],
  ['/d3-shape/', (code) => code.replace(/\(function custom\(|curveRadial\(curveLinear\)/g, '/* @__PURE__ */ $&')],
]);
const pureCalls: Plugin = {
  name: 'pure-calls',
  apply: 'build',
  transform: (code, id) => {
    const marked = [...PURE_CALLS].find(([folder]) => id.includes(folder));
    return marked && { code: marked[1](code), map: null };
  },
};

const PUBLIC = new URL('./public', import.meta.url).pathname;

/** Files that are copied as they are, by their path in the build. */
const publicFiles = (): string[] =>
  existsSync(PUBLIC)
    ? readdirSync(PUBLIC, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(PUBLIC.length + 1))
    : [];

/** The service worker, which knows every file of the build and is another one whenever any of them is. */
const offline: Plugin = {
  name: 'offline',
  enforce: 'post',
  generateBundle(_, bundle) {
    const hash = createHash('sha256');
    const copied = publicFiles();
    for (const name of copied) hash.update(readFileSync(join(PUBLIC, name)));
    const built = Object.values(bundle);
    for (const file of built) hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
    const files = [...built.map(({ fileName }) => fileName), ...copied].sort();
    const source = readFileSync(new URL('./workers/offline.js', import.meta.url), 'utf8')
      .replace('__VERSION__', hash.digest('hex').slice(0, 16))
      .replace('__FILES__', JSON.stringify(files));
    this.emitFile({ type: 'asset', fileName: 'sw.js', source });
  },
};

/**
 * What several routes need would be some sixty chunks, each fetched and compressed alone. It is two: what the workers may need, too, which
 * is the rooms below the store and must not bring the page's with it; and what most routes show.
 */
const BELOW_STORE = {
  name: 'core',
  test: /\/src\/(base|quant|model|machine|trace|kernels|scenarios|analysis|report|plan|api|lessons|sweep)\//,
  minShareCount: 2,
};

export default defineConfig({
  base: './',
  plugins: [react(), sharedWorkers(), pureCalls, routeFolders, offline],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts and WebAssembly stay files: cached on their own, and no data: address for a content policy to forbid.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: [BELOW_STORE, { name: 'parts', minShareCount: 4 }] } } },
  },
});
