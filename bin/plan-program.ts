/** Flags and help of `weft plan`; the command itself is in plan.ts and loaded when it is asked for. */
import { type Command, Option } from 'commander';
import type { OptionId } from '../src/api/protocol.ts';
import { MODEL_MEANING, MOST, named, wholeNumber } from './args.ts';
import type { PlanFlags } from './plan.ts';
import { addKernelFlags } from './run-flags.ts';

/** Options of kernels that change what a PE must hold. */
const MEMORY_OPTIONS: readonly OptionId[] = ['inner', 'f16', 'overlap', 'factored', 'drain', 'dot', 'reduce'];

const EXAMPLES = `
Examples:
  weft plan Llama-2-7B --machine wse2 --context 4096
  weft plan model.gguf --kernel stationary --json
  weft plan config.json --format q8_0 --batch 8 --kv f16`;

/** `make` makes a command that behaves like weft's others. */
export function planProgram(make: (name: string) => Command): Command {
  const plan = make('plan')
    .description('what of a whole model fits: rows and bytes of every PE, layers at once, the cache, what overflows and what mends it')
    .argument('<model>', MODEL_MEANING, named('MODEL'))
    .addOption(new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2'))
    .option('--context <tokens>', "tokens of a sequence that the cache keeps (default: 4096, or the model's own limit)", wholeNumber('--context', 1, MOST))
    .option('--batch <sequences>', 'sequences at once', wholeNumber('--batch', 1, MOST), 1)
    .addOption(
      new Option('--kernel <id>', 'rows as stored, dequantised, or spread over PEs').choices(['streaming', 'stationary', 'split-k']).default('streaming'),
    )
    .option(
      '--format <id>',
      'count matrices as if stored so: q4_k, q8_0, f16, ... or the mixes q4_k_m, q5_k_m (default: as in the file; else q4_k)',
      named('--format'),
    )
    .addOption(new Option('--kv <format>', 'how keys and values are kept').choices(['f32', 'f16']).default('f32'))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES);
  return addKernelFlags(plan, MEMORY_OPTIONS).action(async (model: string, flags: PlanFlags) => (await import('./plan.ts')).planCommand(model, flags));
}
