/** `node --import ./bench/peak.mjs PROGRAM`: as it ends, writes the most memory that the process had, in KiB, to file 3. */
import { readFileSync, writeSync } from 'node:fs';

/** On Linux what `resourceUsage` says counts what the parent had before this program took its place, too. */
function peak() {
  try {
    return readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s*(\d+)/)?.[1] ?? '';
  } catch {
    return String(process.resourceUsage().maxRSS);
  }
}

process.on('exit', () => writeSync(3, peak()));
