/** Flags and help of `weft estimate` and `weft claims`; the commands are in files of their own and loaded when asked for. */
import { type Command, Option } from 'commander';
import { MODEL_MEANING, MOST, named, wholeNumber } from './args.ts';
import type { ClaimsFlags } from './claims.ts';
import type { EstimateFlags } from './estimate.ts';

const EXAMPLES = `
Examples:
  weft estimate Llama-2-7B --context 4096 --batch 1 --machine wse2
  weft estimate model.gguf --mapping rows --json
  weft estimate config.json --format q8_0 --batch 4 --context 1024 --no-check`;

const machine = (): Option => new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2');

/** `make` makes a command that behaves like weft's others. */
export function estimatePrograms(make: (name: string) => Command, signal: AbortSignal): Command[] {
  const estimate = make('estimate')
    .description('how fast a whole model is: tokens a second, time to the first one, energy; every stage with what binds it')
    .argument('<model>', MODEL_MEANING, named('MODEL'))
    .addOption(machine())
    .option('--context <tokens>', "tokens that the cache holds while decoding (default: 4096, or the model's own limit)", wholeNumber('--context', 1, MOST))
    .option('--batch <sequences>', 'sequences that decode at once', wholeNumber('--batch', 1, MOST), 1)
    .option('--prompt <tokens>', 'tokens of a prompt (default: 512, or the context)', wholeNumber('--prompt', 1, MOST))
    .addOption(new Option('--mapping <id>', 'whole rows on PEs, rows tiled over PEs, or the faster one').choices(['rows', 'split-k', 'best']).default('best'))
    .option('--format <id>', 'count matrices as if stored so: q4_k, q8_0, f16, ... (default: as in the file; else q4_k)', named('--format'))
    .addOption(new Option('--dot <choice>', 'the row dot; fused1 is assumed').choices(['two-op', 'fused1']))
    .addOption(new Option('--f16 [choice]', 'weights and activations in f16').choices(['off', 'on']).preset('on'))
    .option('--no-check', 'simulate no pieces beside the closed forms')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: EstimateFlags) => (await import('./estimate.ts')).estimateCommand(model, flags, signal));
  const claims = make('claims')
    .description('what is claimed of such machines, each claim beside what was computed, and a verdict')
    .addOption(machine())
    .option('--json', 'print one JSON object')
    .action(async (flags: ClaimsFlags) => (await import('./claims.ts')).claimsCommand(flags, signal));
  return [estimate, claims];
}
