/**
 * The code under test as plain modules: src is compiled once, file by file, into dist/test, and tests import it from there
 * as Node does. A test runner that loads every module through its own registry turns each use of an imported binding into a
 * look-up, which makes tests of engines and pages 1.5 times as long.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src/');
const OUT = join(ROOT, 'dist/test');

/** What the runner must leave to Node. */
export const NATIVE = /\/dist\/test\//;

const compiled = (path: string): string => join(OUT, relative(ROOT, path).replace(/\.tsx?$/, '.js'));

async function compile(): Promise<void> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir: OUT,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      rolldownOptions: {
        input: Object.fromEntries(files.map((file) => [join('src', file.replace(/\.tsx?$/, '')), join(SRC, file)])),
        treeshake: false,
        output: { preserveModules: true, preserveModulesRoot: ROOT, entryFileNames: '[name].js' },
      },
    },
  });
}

let compiling: Promise<void> | undefined;

/** Every project of the runner starts its plugins; all of them share what is compiled once. */
export const nativeSources: Plugin = {
  name: 'native-sources',
  enforce: 'pre',
  buildStart: () => {
    compiling ??= compile();
    return compiling;
  },
  resolveId(source, importer) {
    if (!source.startsWith('.') || importer === undefined) return undefined;
    const path = resolve(dirname(importer), source);
    return path.startsWith(SRC) && /\.tsx?$/.test(path) ? compiled(path) : undefined;
  },
};
