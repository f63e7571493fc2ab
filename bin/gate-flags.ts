/** Flags of gates (gates.ts), for every command that ends with a result; nothing heavy is loaded for them. */
import type { Command } from 'commander';
import { WeftError } from '../src/base/error.ts';
import { named } from './args.ts';

export interface ConditionFlags {
  /** As written; read before the work. */
  readonly failIf?: readonly string[];
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
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  return command.option('--fail-if <condition>', 'exit with 1 if it holds, for example "cycles > 13000"; metrics as in --json; repeatable', collect);
}

export function addGateFlags(command: Command): Command {
  return addConditionFlag(command)
    .option('--baseline <file>', 'exit with 1 if a metric is worse than in this result (JSON, report or trace)', named('--baseline'))
    .option('--tolerance <percent>', 'how much worse than the baseline is allowed (default: 0%)', share('--tolerance'));
}
