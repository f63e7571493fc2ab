/** Flags that say what to run, shared by every command that runs or plans one matrix product. */
import { type Command, Option } from 'commander';
import { OPTION_IDS, OPTIONS, type OptionId, type OptionSpec, TUNABLE_IDS, TUNABLES, type Tunable, type TunableId } from '../src/api/protocol.ts';
import { MOST, named, oneOf, rectangle, wholeNumber } from './args.ts';
import type { ConfigFlags } from './configure.ts';
import type { GateFlags } from './gate-flags.ts';

/** The flags of `weft run` as parsed; weft.ts says what each is. */
export interface RunFlags extends ConfigFlags, GateFlags {
  readonly output?: string;
  readonly trace?: string;
  readonly out?: string;
  readonly report: boolean;
  readonly json?: boolean;
  readonly includeLoad?: boolean;
  readonly quiet?: boolean;
  readonly timingOnly?: boolean;
}

/** What the help says of engines. */
const ENGINES = 'reference is slow and literal; timing steps no cycles and refuses some programs; auto: timing where it can (default: wavelet)';

/** Model or sizes, kernel, machine and its constants, rectangle, engine, seed and activations; to be followed by {@link addKernelFlags}. `format` names the flag of the stored format. */
export function addRunFlags(command: Command, format = '--format'): Command {
  command
    .option('--model <model>', 'demo, synthetic, or the path of a GGUF file (default: demo, or synthetic where --m or --k is given)', named('--model'))
    .option('--tensor <name>', "tensor, exact or without .weight (with demo: the page's)", named('--tensor'))
    .option('--m <rows>', 'rows of a synthetic matrix (default: 64)', wholeNumber('--m', 1, MOST))
    .option('--k <columns>', 'columns of a synthetic matrix, a multiple of 256 (default: 512)', wholeNumber('--k', 1, MOST))
    .option(`${format} <id>`, 'stored format of a synthetic matrix (default: q4_k)', named(format))
    .addOption(new Option('--as <id>', "re-encode the weights in the original kernel file's format").choices(['q4_k_ix', 'q4_k_ix_e5m2']))
    .option('--n <tokens>', 'columns of the activations (default: 1, or the rows of --input)', wholeNumber('--n', 1, MOST))
    .option('--kernel <id>', 'mapping of the product (list them with weft kernels)', named('--kernel'), 'streaming')
    .addOption(new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2'));
  return addMachineFlags(command)
    .option('--pes <WxH>', 'rectangle of PEs (default: near-square, one row a PE, or the whole fabric)', rectangle)
    .addOption(new Option('--engine <engine>', ENGINES).choices(['wavelet', 'reference', 'timing', 'auto']))
    .option('--seed <seed>', 'seed of activations and of a synthetic matrix', wholeNumber('--seed', 0, 2 ** 32 - 1), 7)
    .option('--input <X.f32>', 'activations: little-endian f32, N rows of K', named('--input'));
}

/** A flag for every constant of the machine that can be set by hand. */
function addMachineFlags(command: Command): Command {
  for (const id of TUNABLE_IDS) command.addOption(machineOption(id));
  return command;
}

function machineOption(id: TunableId): Option {
  const { name, unit, least, most, values }: Tunable = TUNABLES[id];
  const flag = `--${id}`;
  const meaning = `${name.toLowerCase()}${unit === 'factor' ? ', times the op table\u2019s' : `, in ${unit}`} (default: the preset\u2019s)`;
  const option = new Option(`${flag} <${unit === 'factor' ? unit : 'number'}>`, meaning);
  return option.argParser(values === undefined ? wholeNumber(flag, least, most) : oneOf(flag, values));
}

/** A flag for every option of the kernels, or for those named; one that can be on or off may stand alone. */
export function addKernelFlags(command: Command, ids: readonly OptionId[] = OPTION_IDS): Command {
  for (const id of ids) command.addOption(kernelOption(id));
  return command;
}

function kernelOption(id: OptionId): Option {
  const spec: OptionSpec = OPTIONS[id];
  const meaning = `${spec.meaning[0].toLowerCase()}${spec.meaning.slice(1).replace(/\.$/, '')}`;
  if (!spec.values) return new Option(`--${id} <number>`, meaning).argParser(wholeNumber(`--${id}`, spec.least ?? 1, MOST));
  const alone = spec.values[0] === 'off';
  const option = new Option(alone ? `--${id} [choice]` : `--${id} <choice>`, meaning).choices([...spec.values]);
  return alone ? option.preset(spec.values[1]) : option;
}
