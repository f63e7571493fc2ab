/** Flags and help of `weft trace`: show what a trace file holds, or convert it; the work is in trace.ts and trace-convert.ts. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TraceFormat } from '../src/api/trace-convert.ts';
import { named } from './args.ts';
import type { ConvertFlags } from './trace-convert.ts';
import { unknownSubcommand } from './unknown.ts';

const FORMATS: readonly TraceFormat[] = ['weft', 'chrome', 'perfetto', 'ndjson', 'csv'];
const TABLES: readonly string[] = ['intervals', 'moves', 'uses', 'sends', 'hostIn', 'hostOut', 'hostSteps'];

const EXAMPLES = `
Examples:
  weft trace demo.weft-trace                                      what it holds, where the cycles went
  weft trace convert demo.weft-trace demo.json                    Chrome JSON, for Perfetto, speedscope, chrome://tracing
  weft trace convert demo.weft-trace demo.pftrace                 Perfetto's own format, for large traces
  weft trace convert demo.weft-trace rows.csv --tables intervals  one table of the trace as CSV
What the viewers call a microsecond is a cycle. Formats: docs/trace-format.md`;

/** `make` makes a command that behaves like weft's others; `signal` aborts when somebody interrupts. */
export function traceProgram(make: (name: string) => Command, signal: AbortSignal): Command {
  const show = make('show')
    .description('the machine, its rows, where the cycles went (weft trace FILE is short for it)')
    .argument('<file>', 'path of a file written by weft run --trace or saved on the page', named('FILE'))
    .option('--json', 'print one JSON object')
    .allowExcessArguments(true)
    .action(async (path: string, flags: { readonly json?: boolean }) => {
      // More than a file: a subcommand was meant.
      if (show.args.length > 1) unknownSubcommand(make, trace, path);
      await (await import('./trace.ts')).traceCommand(path, flags);
    });
  const convert = make('convert')
    .description('write a trace file in another format')
    .argument('<in>', 'path of a trace file', named('IN'))
    .argument('<out>', 'file to write: .json, .pftrace, .ndjson, .csv or .weft-trace', named('OUT'))
    .addOption(new Option('--to <format>', "format (default: by the name of the file to write; weft checks and copies Weft's own)").choices([...FORMATS]))
    .option('--tables <names>', `tables to write, separated by commas: ${TABLES.join(', ')} (default: all)`, tables)
    .option('--quiet', 'no progress bar, and print nothing but errors')
    .option('--json', 'print one JSON object')
    .action(async (from: string, to: string, flags: ConvertFlags) => (await import('./trace-convert.ts')).convertCommand(from, to, flags, signal));
  const trace = make('trace')
    .description('open a trace file, or convert it')
    .addHelpText('after', EXAMPLES)
    .addCommand(show, { isDefault: true })
    .addCommand(convert);
  return trace;
}

function tables(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !TABLES.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no table '${unknown}'. Allowed choices are ${TABLES.join(', ')}.`);
  return names;
}
