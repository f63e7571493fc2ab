/** Flags and help of `weft sweep`; the work is in sweep.ts and loaded when it is asked for. */
import type { Command } from 'commander';
import { named, wholeNumber } from './args.ts';
import { addKernelFlags, addRunFlags } from './run-flags.ts';
import type { SweepFlags } from './sweep.ts';
import { optimiseLate } from './v8.ts';

const EXAMPLES = `
Examples:
  weft sweep --param k=256..4096:256 --param kernel=streaming,stationary --m 64 --n 4 --out results.ndjson
  weft sweep --param n=1..1024*2 --param pes=16x16,32x32,64x64 --m 4096 --k 4096 --closed-form --out n.ndjson --csv n.csv
  weft sweep --model model.gguf --param tensor=blk.0.attn_q,blk.0.ffn_up --param machine=wse2,wse3 --out m.ndjson

Ranges are FROM..TO:STEP or FROM..TO*FACTOR. The file of --out is the journal: stop the sweep anywhere, and the same command
goes on; points that it holds already are not computed again. Points that cannot be computed are recorded with their error.
Exit codes: 0 all points are done, 2 bad usage or bad input, 130 interrupted.`;

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `make` makes a command that behaves like weft's others; `signal` aborts when somebody interrupts. */
export function sweepProgram(make: (name: string) => Command, surroundings: { readonly entry: string; readonly signal: AbortSignal }): Command {
  const sweep = addRunFlags(make('sweep'))
    .description('run a grid of configurations on all cores; what was computed once is not computed again')
    .option('--param <name=values>', 'a parameter and its values, parted by commas or as a range; repeatable', collect)
    .requiredOption('--out <results.ndjson>', 'journal: a line of JSON a point, appended', named('--out'))
    .option('--csv <results.csv>', 'the same as a table, written while the sweep goes on', named('--csv'))
    .option('--jobs <threads>', 'points at a time (default: one a core)', wholeNumber('--jobs', 1, 1024))
    .option('--closed-form', 'closed form and lower bound only; nothing is simulated')
    .option('--json', 'print one JSON object at the end')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES);
  return addKernelFlags(sweep).action(async (flags: SweepFlags) => {
    optimiseLate();
    return (await import('./sweep.ts')).sweepCommand(flags, surroundings);
  });
}
