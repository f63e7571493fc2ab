/** `node scripts/serve.mjs [--port N]` serves dist/web: for the browser tests and whoever takes a picture. */
import { fileURLToPath } from 'node:url';
import { serve } from '../bin/static-server.mjs';

const flag = process.argv.indexOf('--port');
const folder = fileURLToPath(new URL('../dist/web', import.meta.url));
const { url } = await serve(folder, flag < 0 ? 4173 : Number(process.argv[flag + 1]));
console.log(`Serving ${url}`);
