/** The command line as a bench runs it, from the repository's root. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const COMMAND_LINE = 'dist/cli/main.js';

/** Builds it where it is missing. */
export function buildCommandLine(): void {
  if (!existsSync(COMMAND_LINE)) spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--config', 'vite.cli.config.ts']);
}
