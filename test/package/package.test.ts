/**
 * The package as a stranger gets it: packed, and unpacked into an empty folder; the examples of docs/api.md
 * run in Node with the output they say, compile with their types, and bundle for a browser without anything of Node.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIR = mkdtempSync(join(tmpdir(), 'weft-package-'));
const PACKAGE = join(DIR, 'node_modules/weft');
const GGUF = join(ROOT, 'test/golden/q4_k/tiny-llama-public.gguf');
const run = promisify(execFile);

/** Code blocks of docs/api.md in this language. */
const blocks = (language: string): string[] =>
  [...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]);
/** What the lines of an example print, as the comments behind them say. */
const printed = (code: string): string => [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map((match) => `${match[1]}\n`).join('');

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/lib/weft.js'))) throw new Error('dist/lib/weft.js is missing: run npm test, or npm run build:lib before vitest');
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', DIR], { cwd: ROOT });
  writeFileSync(join(DIR, 'package.json'), '{ "type": "module", "private": true }');
  copyFileSync(GGUF, join(DIR, 'model.gguf'));
  const [tarball] = readdirSync(DIR).filter((name) => name.endsWith('.tgz'));
  mkdirSync(PACKAGE, { recursive: true });
  await run('tar', ['-xzf', join(DIR, tarball), '-C', PACKAGE, '--strip-components', '1']);
});
afterAll(() => rmSync(DIR, { recursive: true, force: true }));

describe('the package', () => {
  it('needs no other package, and holds the library, its types and its documents only', () => {
    expect(JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
    expect(readdirSync(PACKAGE).sort()).toEqual(['LICENSE', 'NOTICE', 'README.md', 'dist', 'docs', 'package.json']);
    expect(readdirSync(join(PACKAGE, 'dist/lib')).sort()).toEqual(['types', 'weft.js']);
  });

  it('runs every example of docs/api.md in Node, with the output it says', async () => {
    const examples = blocks('js');
    expect(examples.length).toBeGreaterThan(5);
    examples.forEach((code, i) => {
      writeFileSync(join(DIR, `example-${i}.js`), code);
    });
    writeFileSync(join(DIR, 'all.js'), examples.map((_, i) => `console.log('example ${i}');\nawait import('./example-${i}.js');\n`).join(''));
    const { stdout } = await run(process.execPath, ['all.js'], { cwd: DIR });
    expect(stdout).toBe(examples.map((code, i) => `example ${i}\n${printed(code)}`).join(''));
  });

  it('has types: what is right compiles, what is wrong does not', async () => {
    const usage = `import { simulate, type Simulation } from 'weft';
const run: Simulation = await simulate({ m: 8, k: 256, options: { drain: 'column' } }, { onProgress: ({ cycle }) => cycle.toFixed() });
export const numbers: number[] = [run.metrics.cycles, run.metrics.utilisation.mac, run.y[0], run.trace.pes];
// @ts-expect-error there is no such metric
run.metrics.cycels;
// @ts-expect-error there is no such machine
simulate({ m: 8, k: 256, machine: 'wse9' });
`;
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2023,dom'];
    writeFileSync(join(DIR, 'usage.ts'), usage);
    writeFileSync(join(DIR, 'worker.ts'), blocks('ts')[0]);
    for (const resolution of ['bundler', 'nodenext']) {
      const modules = ['--moduleResolution', resolution, '--module', resolution === 'bundler' ? 'esnext' : 'nodenext'];
      await run(join(ROOT, 'node_modules/.bin/tsc'), [...flags, ...modules, 'usage.ts', 'worker.ts'], { cwd: DIR });
    }
  });

  it('bundles for a browser, with nothing of Node left, and the bundle runs', async () => {
    const page = join(DIR, 'page');
    mkdirSync(page);
    writeFileSync(
      join(page, 'main.js'),
      "import { simulate } from 'weft';\nexport const cycles = async () => (await simulate({ m: 8, k: 256 })).metrics.cycles;\n",
    );
    const lib = { entry: join(page, 'main.js'), formats: ['es' as const], fileName: 'main' };
    await build({ configFile: false, root: page, logLevel: 'error', build: { lib, outDir: 'out', minify: false } });
    const code = readFileSync(join(page, 'out/main.js'), 'utf8');
    expect(code).not.toMatch(/^import |["']node:|\brequire\(|__vite-browser-external|\bprocess\.|\bBuffer\b/m);
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `import { cycles } from '${page}/out/main.js'; console.log(await cycles() > 0)`,
    ]);
    expect(stdout).toBe('true\n');
  });
});
