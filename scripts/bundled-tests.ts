/**
 * Each test file with all it imports from here as one module. Unbundled, a test runner turns every use of an imported
 * binding into a look-up on a module's object: tests of layers took 1.6 times as long, tests of the page 1.5 times.
 */
import { pathToFileURL } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

/** A module keeps the address of its own file, by which tests find golden data. */
const ownAddress: Plugin = {
  name: 'own-address',
  transform(code, id) {
    return code.includes('import.meta.url') ? { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null } : undefined;
  },
};

export const bundledTests: Plugin = {
  name: 'bundled-tests',
  enforce: 'pre',
  async load(id) {
    if (!/\.test\.tsx?$/.test(id)) return undefined;
    const result = await build({
      configFile: false,
      logLevel: 'warn',
      plugins: [ownAddress],
      build: { ssr: id, write: false, target: 'node20', copyPublicDir: false, sourcemap: true, minify: false },
    });
    const { output } = result as Rolldown.RolldownOutput;
    const [{ code, map }] = output;
    return { code, map };
  },
};
