/**
 * Gates of a CI: `--fail-if "cycles > 13000"`, and `--baseline base.json --tolerance 1%`. What is wrong with a gate is said before
 * the work, exit code 2; a gate that fails, after the result was printed, exit code 1 and one line.
 */
import { checkMetric, failedConditions, parseCondition, type Result, readResult, worseThan } from '../src/api/compare.ts';
import { WeftError } from '../src/base/error.ts';
import { RunFailed } from './fail.ts';
import { readPieces } from './files.ts';
import type { GateFlags } from './gate-flags.ts';

export interface Gate {
  /** Throws RunFailed, in one line, if the result does not pass. */
  check(result: Result): void;
}

/** Reads the baseline and looks whether the conditions can be met at all; `names` are the metrics the result will have. */
export async function openGate({ failIf = [], baseline, tolerance }: GateFlags, names: readonly string[]): Promise<Gate> {
  const conditions = failIf.map((text) => parseCondition('--fail-if', text));
  for (const condition of conditions) checkMetric('--fail-if', condition, names);
  if (tolerance !== undefined && baseline === undefined)
    throw new WeftError('--tolerance', 'there is no baseline that it could be of', ['add --baseline', 'leave --tolerance out']);
  const base = baseline === undefined ? undefined : await readResult('--baseline', baseline, await readPieces('--baseline', baseline));
  return {
    check(result) {
      const failed = failedConditions('--fail-if', conditions, result).map((sentence) => `--fail-if: ${sentence}`);
      if (base) failed.push(...worseThan('--baseline', base, result, tolerance ?? 0).map((sentence) => `--baseline: ${sentence}`));
      if (failed.length > 0) throw new RunFailed(failed.join('; '));
    },
  };
}
