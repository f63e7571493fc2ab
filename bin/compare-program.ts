/** Flags and help of `weft compare`; the work is in compare.ts. */
import { type Command, Option } from 'commander';
import { named } from './args.ts';
import type { CompareFlags } from './compare.ts';
import { addConditionFlag, share } from './gate-flags.ts';

const EXAMPLES = `
Examples:
  weft run --n 4 --json > a.json && weft run --n 4 --kernel stationary --json > b.json && weft compare a.json b.json
  weft compare a.json b.json --threshold 1% --sort share      what changed by more than 1 %, the largest first
  weft compare main.weft-trace branch.weft-trace --json
  weft compare base.json new.json --tolerance 1%              a gate: exit code 1 where new.json is worse`;

/** `make` makes a command that behaves like weft's others. */
export function compareProgram(make: (name: string) => Command): Command {
  const compare = make('compare')
    .description('two results side by side: the JSON of --json, reports as JSON, or trace files')
    .argument('<a>', 'the first result', named('A'))
    .argument('<b>', 'the second result', named('B'))
    .option('--threshold <percent>', 'show what changed by more than this share of A (default: every metric)', share('--threshold'))
    .addOption(new Option('--sort <order>', 'order of the metrics').choices(['file', 'name', 'difference', 'share']).default('file'))
    .option('--tolerance <percent>', 'exit with 1 if B is worse than A by more', share('--tolerance'))
    .option('--quiet', 'print nothing but errors')
    .addOption(new Option('--markdown', 'print Markdown').conflicts('json'))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES);
  return addConditionFlag(compare).action(async (a: string, b: string, flags: CompareFlags) => (await import('./compare.ts')).compareCommand(a, b, flags));
}
