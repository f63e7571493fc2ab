/** Where the demo model lies: beside the built page, or in the public folder of a checkout. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEMO_FILE } from '../src/api/inspect.ts';
import { WeftError } from '../src/base/error.ts';

/** What a command needs to know of the process it runs in. */
export interface Surroundings {
  /** `import.meta.url` of the command line's entry: dist/cli/main.js, or bin/weft.ts of a checkout. */
  readonly entry: string;
  /** Aborts when somebody interrupts. */
  readonly signal: AbortSignal;
}

/** From dist/cli the built page and the checkout; from bin the checkout. */
const PLACES = ['../web/demo/', '../../public/demo/', '../public/demo/'];

/** The path of the demo model; a WeftError on `--model` where it has not been built. */
export function demoFile(entry: string): string {
  const paths = PLACES.map((place) => fileURLToPath(new URL(place + DEMO_FILE, entry)));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new WeftError('--model', 'the demo model has not been built', ['run npm start or npm run build once', 'give a GGUF file']);
}
