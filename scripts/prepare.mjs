/**
 * What `npm start` and `npm test` have in common: install the packages that are missing, build what is stale.
 * Runs before anything is installed, so it uses nothing but Node itself.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Rooms of src that decide what a run gives; scripts/build-gallery.ts hashes the same. */
const CORE = ['base', 'quant', 'model', 'machine', 'trace', 'kernels', 'scenarios', 'engine', 'analysis', 'api', 'store'];

/** Every build step: what it reads, what it must leave behind. A step is stale when an input is newer than its stamp. */
const BUILDS = [
  { script: 'build:demo', inputs: ['scripts/build-demo.ts', 'src/base', 'src/quant', 'src/model', 'package-lock.json'], output: 'public/demo' },
  {
    script: 'build:gallery',
    inputs: ['scripts/build-gallery.ts', 'public/demo', ...CORE.map((room) => `src/${room}`)],
    output: 'public/gallery/gallery.json',
  },
  { script: 'build:web', inputs: ['src', 'workers', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'], output: 'dist/web/index.html' },
  { script: 'build:cli', inputs: ['src', 'bin', 'vite.cli.config.ts', 'package-lock.json'], output: 'node_modules/.bin/weft' },
  { script: 'build:lib', inputs: ['src', 'vite.lib.config.ts', 'tsconfig.lib.json', 'package-lock.json'], output: 'dist/lib/weft.js' },
];

/**
 * Runs a program in the root folder with its output shown.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] added to the environment
 * @returns {Promise<number>} the exit code; 1 if it could not start or was killed
 */
export function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a program in the root folder and keeps its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>} the exit code, 1 if it could not start or was killed; what it wrote to stdout and stderr
 */
export function collected(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The path of an installed package's command. @param {string} name */
export const bin = (name) => join(ROOT, 'node_modules', '.bin', name);

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined} the packages of a lockfile by path, or undefined if there is none
 */
function lockedPackages(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** True if every package of the lockfile is installed at its version; packages of other platforms are optional. */
function packagesAreCurrent() {
  const wanted = lockedPackages('package-lock.json') ?? {};
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || (installed[path] === undefined && (entry.optional || entry.devOptional))) return true;
    return installed[path]?.version === entry.version;
  });
}

/** Installs the npm packages if any is missing or of another version; throws when npm fails. */
export async function install() {
  if (packagesAreCurrent()) return;
  const fresh = !existsSync(join(ROOT, 'node_modules'));
  console.log(`Installing npm packages (${fresh ? 'first run' : 'the lockfile changed'})`);
  const code = await run('npm', [fresh ? 'ci' : 'install', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`npm could not install the packages (exit code ${code})`);
}

/**
 * The newest modification time under a path, folders included so that a deleted file counts.
 * @param {string} path
 * @returns {number} milliseconds since the epoch, 0 if there is nothing
 */
function newest(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), info.mtimeMs);
}

/** @param {(typeof BUILDS)[number]} step */
const stampOf = (step) => join(ROOT, '.cache', 'built', step.script.replace(':', '-'));

/** @param {(typeof BUILDS)[number]} step */
function isStale(step) {
  if (!existsSync(join(ROOT, step.output))) return true;
  return newest(stampOf(step)) < Math.max(...step.inputs.map((input) => newest(join(ROOT, input))));
}

/**
 * Builds the demo model, the page and the command line where they are missing or older than what they are made of.
 * @param {{ all: boolean }} [options] `all` builds what is current, too
 * @returns {Promise<string[]>} the steps that failed
 */
export async function build({ all } = { all: false }) {
  const failed = [];
  for (const step of BUILDS) {
    if (!all && !isStale(step)) continue;
    const started = new Date();
    if ((await run('npm', ['run', '--silent', step.script])) !== 0) {
      failed.push(step.script);
      continue;
    }
    const stamp = stampOf(step);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
    utimesSync(stamp, started, started);
  }
  return failed;
}
