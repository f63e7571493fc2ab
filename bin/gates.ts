/**
 * Gates of a CI: `--fail-if "cycles > 13000"`, and `--baseline base.json --tolerance 1%`. Flags and their checks, for every
 * command that ends with a result. What is wrong with a gate is said before the work, exit code 2; a gate that fails, after
 * the result was printed, exit code 1 and one line.
 */
import type { Command } from 'commander';
import { type Condition, checkMetric, failedConditions, parseCondition, type Result, readResult, worseThan } from '../src/api/compare.ts';
import { WeftError } from '../src/base/error.ts';
import { named } from './args.ts';
import { RunFailed } from './fail.ts';
import { readPieces } from './files.ts';

export interface ConditionFlags {
  readonly failIf?: readonly Condition[];
}
export interface GateFlags extends ConditionFlags {
  readonly baseline?: string;
  /** A share of the baseline's value. */
  readonly tolerance?: number;
}

/** `1%` or `0.5 %` as a share. */
export function share(flag: string): (text: string) => number {
  return (text) => {
    const match = /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/.exec(text);
    if (match === null) throw new WeftError(flag, `'${text}' is not a percentage`, [`write for example ${flag} 1%`]);
    return Number(match[1]) / 100;
  };
}

/** `--fail-if`, which may be given again and again. */
export function addConditionFlag(command: Command): Command {
  const collect = (text: string, before: readonly Condition[] = []): readonly Condition[] => [...before, parseCondition('--fail-if', text)];
  return command.option('--fail-if <condition>', 'exit with 1 if it holds, for example "cycles > 13000"; metrics as in --json; repeatable', collect);
}

export function addGateFlags(command: Command): Command {
  return addConditionFlag(command)
    .option('--baseline <file>', 'exit with 1 if a metric is worse than in this result (JSON, report or trace)', named('--baseline'))
    .option('--tolerance <percent>', 'how much worse than the baseline is allowed (default: 0%)', share('--tolerance'));
}

export interface Gate {
  /** Throws RunFailed, in one line, if the result does not pass. */
  check(result: Result): void;
}

/** Reads the baseline and looks whether the conditions can be met at all; `names` are the metrics the result will have. */
export async function openGate({ failIf = [], baseline, tolerance }: GateFlags, names: readonly string[]): Promise<Gate> {
  for (const condition of failIf) checkMetric('--fail-if', condition, names);
  if (tolerance !== undefined && baseline === undefined)
    throw new WeftError('--tolerance', 'there is no baseline that it could be of', ['add --baseline', 'leave --tolerance out']);
  const base = baseline === undefined ? undefined : await readResult('--baseline', baseline, await readPieces('--baseline', baseline));
  return {
    check(result) {
      const failed = failedConditions('--fail-if', failIf, result).map((sentence) => `--fail-if: ${sentence}`);
      if (base) failed.push(...worseThan('--baseline', base, result, tolerance ?? 0).map((sentence) => `--baseline: ${sentence}`));
      if (failed.length > 0) throw new RunFailed(failed.join('; '));
    },
  };
}
