/**
 * `npm run build:report`: bundles the script and the style sheet of HTML reports (src/replayer) into src/report/html/assets.ts,
 * so that page, command line and tests write the same file. With --check nothing is written; the exit code says whether it is current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from './prepare.mjs';

const TARGET = join(ROOT, 'src/report/html/assets.ts');

/** The script as one classic script. @returns {Promise<string>} */
async function script() {
  const result = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    build: { write: false, target: 'es2020', lib: { entry: 'src/replayer/main.ts', formats: ['iife'], name: 'weftReport' }, minify: true },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new Error('nothing was built');
  return output.output[0].type === 'chunk' ? output.output[0].code.trim() : '';
}

/** Without comments, indents and line breaks. @param {string} css */
const compact = (css) => css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '');

/** Tokens for the screen, and the light ones again for paper. */
function styles() {
  const tokens = readFileSync(join(ROOT, 'src/views/theme/tokens.css'), 'utf8');
  const light = /\{([^}]*)\}/.exec(tokens)?.[1] ?? '';
  const sheet = readFileSync(join(ROOT, 'src/replayer/report.css'), 'utf8');
  return compact(`${tokens}${sheet}\n@media print{:root[data-theme]{${light}}}`);
}

/** A TypeScript string; a script inside HTML must not hold its own end. @param {string} text */
const literal = (text) => JSON.stringify(text.replace(/<\/(script|style)/gi, '<\\/$1'));

const text = `/** Script and styles inside an HTML report. Written by \`npm run build:report\` from src/replayer; a test holds it current. */
export const REPLAYER = ${literal(await script())};
export const STYLES = ${literal(styles())};
`;

if (process.argv.includes('--check')) process.exitCode = readFileSync(TARGET, 'utf8') === text ? 0 : 1;
else writeFileSync(TARGET, text);
