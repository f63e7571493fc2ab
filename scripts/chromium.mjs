/**
 * Finds a Chromium for the browser tests and the pictures: Debian's if it is installed, else the one inside the npm
 * package @sparticuz/chromium, unpacked once into .cache. FORCE_NPM_CHROMIUM=1 chooses the npm one always.
 *
 * The package's own launch arguments are never used: they turn web security and process isolation off and so hide faults.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Same pictures and the same tests with and without a graphics card; small /dev/shm of containers. */
const ARGS = ['--disable-dev-shm-usage', '--force-color-profile=srgb'];

/**
 * @typedef {object} Chromium
 * @property {string} executablePath
 * @property {Record<string, string>} env what the browser's process needs in its environment
 * @property {string[]} args
 */

/**
 * The browser to use; unpacks the npm one on first need.
 * @returns {Promise<Chromium>}
 */
export async function chromiumPath() {
  const system = process.env.FORCE_NPM_CHROMIUM ? undefined : SYSTEM.find((path) => existsSync(path));
  return system === undefined ? npmChromium() : { executablePath: system, env: environment({}), args: ARGS };
}

/**
 * The process environment with additions, as plain strings.
 * @param {Record<string, string>} more
 * @returns {Record<string, string>}
 */
function environment(more) {
  const env = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return { .../** @type {Record<string, string>} */ (Object.fromEntries(env)), ...more };
}

/** @returns {Promise<Chromium>} */
async function npmChromium() {
  const manifest = join(ROOT, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const folder = join(ROOT, '.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  const fonts = join(folder, 'fonts.conf');
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return {
    executablePath: join(folder, 'chromium'),
    env: environment({ LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts, FONTCONFIG_PATH: folder }),
    args: ARGS,
  };
}

/**
 * Unpacks the package into `folder`. It always unpacks into the temporary folder and trusts whatever lies there, so it
 * gets a private one; it adds the libraries a bare Debian lacks (nss, nspr, expat) only where it believes to run on Lambda,
 * and looks that up when it is imported. A folder appears under its final name only when it is complete.
 * @param {string} folder
 */
async function unpack(folder) {
  const partial = `${folder}.${process.pid}`;
  const saved = { ...process.env };
  mkdirSync(partial, { recursive: true });
  try {
    process.env.TMPDIR = partial;
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
    const { default: chromium } = await import('@sparticuz/chromium');
    await chromium.executablePath();
  } finally {
    for (const name of ['TMPDIR', 'AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
  // Its own fonts.conf names a fixed folder; without any font the browser dies at the first text it draws.
  writeFileSync(join(partial, 'fonts.conf'), fontsConf(folder));
  if (existsSync(folder)) rmSync(partial, { recursive: true });
  else renameSync(partial, folder);
}

/** @param {string} folder */
function fontsConf(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
</fontconfig>
`;
}
