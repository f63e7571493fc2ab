/** Flags and help of `weft report`; the work is in report.ts and loaded when it is asked for. */
import type { Command } from 'commander';
import { REPORT_FORMATS, type ReportFormat } from '../src/api/report-formats.ts';
import { WeftError } from '../src/base/error.ts';
import { named } from './args.ts';
import { addGateFlags } from './gate-flags.ts';
import type { ReportFlags } from './report.ts';
import { addKernelFlags, addRunFlags } from './run-flags.ts';

const EXAMPLES = `
Examples:
  weft report --model demo --tensor blk.0.ffn_up --machine wse2 --pes 32x48 --n 4 --format html --out report
  weft report --m 128 --k 1024 --kernel split-k --format md,html,csv,json --out report
  weft report --model model.gguf --machine wse3 --out report                      # every matrix, by closed form
  weft report --model model.gguf --simulate blk.0.attn_q --out report             # and this one simulated
  weft report --topology resnet.csv --scale-sim COMPUTE_REPORT.csv --out report   # SCALE-Sim's layers
  weft report --n 4 --baseline base.json --tolerance 1% --out report              # difference, and exit code 1 if worse

Formats: md and json are one file each, html is one file that needs nothing else, csv is a file for each table.
Exit codes: 0 success, 1 a run that failed or a gate that did not pass, 2 bad usage or bad input, 130 interrupted.`;

/** `make` makes a command that behaves like weft's others; `signal` aborts when somebody interrupts. */
export function reportProgram(make: (name: string) => Command, surroundings: { readonly entry: string; readonly signal: AbortSignal }): Command {
  const report = addRunFlags(make('report'), '--weight-format')
    .description('write a cycle-estimate report: of a run, of every matrix of a model, or of every layer of a topology')
    .option('--topology <F.csv>', 'SCALE-Sim topology: GEMM (M, N, K) or convolutions', named('--topology'))
    .option('--scale-sim <COMPUTE_REPORT.csv>', "SCALE-Sim's cycles of that topology, to be held against", named('--scale-sim'))
    .option('--simulate <names>', 'products to simulate as well, by name and parted by commas, or all', listed)
    .option('--format <list>', `md, html, csv, json, parted by commas (default: ${REPORT_FORMATS.join(',')})`, formats, [...REPORT_FORMATS])
    .option('--out <folder>', 'where the files go', named('--out'), 'weft-report')
    .option('--date <date>', 'date to print (default: today, or SOURCE_DATE_EPOCH)', named('--date'))
    .option('--include-load', 'add load, host in and host out to the cycles, the closed form and the bound')
    .option('--no-sensitivity', 'leave out what the constants would move')
    .option('--json', 'print one JSON object: the numbers, and the files written')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES);
  return addGateFlags(addKernelFlags(report)).action(async (flags: ReportFlags) => (await import('./report.ts')).reportCommand(flags, surroundings));
}

function formats(text: string): ReportFormat[] {
  const asked = listed(text);
  const wrong = asked.find((name) => !(REPORT_FORMATS as readonly string[]).includes(name));
  if (wrong !== undefined || asked.length === 0)
    throw new WeftError('--format', `'${wrong ?? text}' is no format of a report`, [`choose from ${REPORT_FORMATS.join(', ')}, parted by commas`]);
  return REPORT_FORMATS.filter((format) => asked.includes(format));
}

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
