/** Flags and help of `weft micro`; the programs are in micro.ts and loaded when one is asked for. */
import { type Command, Option } from 'commander';
import { MOST, named, wholeNumber } from './args.ts';
import type { AllReduceFlags, MatvecFlags, MessageFlags, ReduceFlags, RelayFlags, RowFlags, VecopFlags } from './micro.ts';
import { unknownSubcommand } from './unknown.ts';

const EXAMPLES = `
Examples:
  weft micro reduce --algo two-phase --pes 512 --wavelets 4096 --group 32 --machine wse2 --json
  weft micro broadcast --pes 512 --wavelets 4096
  weft micro vecop --op fmuls --n 1028 --bank-conflict
  weft micro relay --stages 8 --wavelets 64 --machine wse3

Published numbers beside ours: docs/fidelity.md`;

/** `make` makes a command that behaves like weft's others; `signal` aborts when somebody interrupts. */
export function microProgram(make: (name: string) => Command, signal: AbortSignal): Command {
  const micro = make('micro').description('run one small measured program: a collective, a vector op, a message').addHelpText('after', EXAMPLES);
  const one = (name: string, description: string): Command => {
    const command = make(name).description(description);
    micro.addCommand(command);
    return command
      .addOption(new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2'))
      .option('--json', 'print one JSON object');
  };
  const row = (command: Command): Command =>
    command
      .requiredOption('--pes <P>', 'PEs in the row', wholeNumber('--pes', 1, MOST))
      .requiredOption('--wavelets <B>', 'f32 values in each PE', wholeNumber('--wavelets', 1, MOST));

  row(one('reduce', 'sum of all vectors of a row at its west end'))
    .addOption(new Option('--algo <algorithm>', 'how the sums travel').choices(['star', 'chain', 'tree', 'two-phase']).makeOptionMandatory())
    .option('--group <S>', 'PEs of a group of the two-phase reduce (default: about the square root of P)', wholeNumber('--group', 1, MOST))
    .addOption(new Option('--descriptors <place>', "where the ops' source descriptors are (default: as published)").choices(['memory', 'registers']))
    .action(async (flags: ReduceFlags) => (await import('./micro.ts')).MICRO.reduce(flags, signal));
  row(one('all-reduce', 'sum of all vectors of a row, with every PE'))
    .addOption(new Option('--algo <algorithm>', 'how the sums travel').choices(['chain-broadcast', 'ring']).makeOptionMandatory())
    .action(async (flags: AllReduceFlags) => (await import('./micro.ts')).MICRO['all-reduce'](flags, signal));
  row(one('broadcast', 'the west end sends its vector to all')).action(async (flags: RowFlags) => (await import('./micro.ts')).MICRO.broadcast(flags, signal));
  one('vecop', 'one vector op on one PE')
    .requiredOption('--op <name>', "vector op, by our name or the vendor's (fmuls, faddh, add16, ...)", named('--op'))
    .requiredOption('--n <elements>', 'elements', wholeNumber('--n', 1, MOST))
    .option('--bank-conflict', 'both sources start in the same bank')
    .addOption(new Option('--window <window>', 'what is counted (default: as published for the op)').choices(['issue', 'stamps', 'descriptors']))
    .option('--scalar-chain <steps>', 'steps of an independent scalar recurrence after it (default: 0)', wholeNumber('--scalar-chain', 0, 4096))
    .action(async (flags: VecopFlags) => (await import('./micro.ts')).MICRO.vecop(flags, signal));
  one('relay', 'a message, stored and forwarded from PE to PE')
    .requiredOption('--stages <N>', 'PEs that receive it', wholeNumber('--stages', 1, MOST))
    .requiredOption('--wavelets <B>', 'words of the message', wholeNumber('--wavelets', 1, MOST))
    .action(async (flags: RelayFlags) => (await import('./micro.ts')).MICRO.relay(flags, signal));
  one('matvec', 'a mapped matrix-vector product on one PE')
    .requiredOption('--size <n>', 'rows and columns', wholeNumber('--size', 1, 4096))
    .action(async (flags: MatvecFlags) => (await import('./micro.ts')).MICRO.matvec(flags, signal));
  one('message', 'one message over one hop')
    .requiredOption('--wavelets <B>', 'words of the message', wholeNumber('--wavelets', 1, MOST))
    .action(async (flags: MessageFlags) => (await import('./micro.ts')).MICRO.message(flags, signal));
  return micro.allowExcessArguments(true).action(() => {
    const [name] = micro.args;
    if (name !== undefined) unknownSubcommand(make, micro, name);
    micro.outputHelp();
    micro.error('no program: choose reduce, all-reduce, broadcast, vecop, relay, matvec or message');
  });
}
