/** Flags and help of `weft similarity` and `weft embed`; the commands are in sentences.ts and loaded when one is asked for. */
import { type Command, Option } from 'commander';
import { named, rectangle } from './args.ts';
import type { Surroundings } from './demo.ts';
import { addKernelFlags } from './run-flags.ts';
import type { EmbedFlags, SimilarityFlags } from './sentences.ts';

/** `make` makes a command that behaves like weft's others. */
export function sentencePrograms(make: (name: string) => Command, surroundings: Surroundings): Command[] {
  const similarity = make('similarity')
    .description('how alike two sentences are, by a sentence encoder whose matrix products run on the simulated wafer')
    .argument('<a>', 'a sentence', String)
    .argument('<b>', 'another one', String)
    .option('--model <model>', 'demo, or the path of a GGUF file of architecture use-lite', named('--model'), 'demo');
  const embed = make('embed')
    .description("write sentences' embeddings, little-endian f32, computed on the simulated wafer")
    .argument('<model>', 'demo, or the path of a GGUF file of architecture use-lite', named('MODEL'))
    .option('--text <sentence>', 'a sentence; may be given more than once', (text: string, before: string[] = []) => [...before, text])
    .option('--texts <file>', 'a text file in UTF-8, one sentence a line; empty lines are left out', named('--texts'))
    .requiredOption('--output <emb.f32>', 'file to write, a row a sentence', named('--output'));
  whereItRuns(similarity).action(async (a: string, b: string, flags: SimilarityFlags) =>
    (await import('./sentences.ts')).similarityCommand(a, b, flags, surroundings),
  );
  whereItRuns(embed).action(async (model: string, flags: EmbedFlags) => (await import('./sentences.ts')).embedCommand(model, flags, surroundings));
  return [similarity, embed];
}

function whereItRuns(command: Command): Command {
  return addKernelFlags(
    command
      .option('--kernel <id>', 'kernel for one matrix that every product goes through', named('--kernel'), 'stationary')
      .addOption(new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2'))
      .option('--pes <WxH>', 'rectangle of PEs of every launch (default: 4x40 for stationary and streaming, which is simulated fastest)', rectangle)
      .option('--json', 'print one JSON object'),
  );
}
