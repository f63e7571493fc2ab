/**
 * The command line again and again in one process, forked by weft.ts: its entry is evaluated anew for every message, what it needs stays
 * loaded and compiled. Output, exit code, folder, arguments and what happens as a process ends are those of a process of its own.
 */
import { pathToFileURL } from 'node:url';

const [, , main] = process.argv;
const LISTENED = /** @type {const} */ (['exit', 'SIGINT', 'SIGTERM']);

let runs = 0;

/**
 * Collects what is written to a stream instead of writing it.
 * @param {NodeJS.WriteStream} stream
 * @returns {() => string} what was written until now
 */
function collect(stream) {
  /** @type {Buffer[]} */
  const chunks = [];
  stream.write = (/** @type {string | Uint8Array} */ chunk, /** @type {unknown[]} */ ...rest) => {
    chunks.push(Buffer.from(/** @type {string} */ (chunk)));
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  return () => Buffer.concat(chunks).toString();
}

/** @param {{ id: number, args: readonly string[], cwd: string }} message */
async function run({ id, args, cwd }) {
  process.chdir(cwd);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  const before = LISTENED.map((event) => process.listeners(/** @type {'exit'} */ (event)));
  await import(`${pathToFileURL(main)}?${++runs}`);
  const code = Number(process.exitCode ?? 0);
  for (const [i, event] of LISTENED.entries()) {
    for (const listener of process.listeners(/** @type {'exit'} */ (event)).filter((one) => !before[i].includes(one))) {
      if (event === 'exit') listener(code);
      process.off(event, listener);
    }
  }
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
  process.send?.({ id, code, stdout: stdout(), stderr: stderr() });
}

let last = Promise.resolve();
process.on('message', (/** @type {Parameters<typeof run>[0]} */ message) => {
  last = last.then(() => run(message));
});
