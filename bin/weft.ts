#!/usr/bin/env node
/**
 * The command line's entry: flags, help and exit codes. Commands live in their own files and are loaded when they are asked
 * for, so that `weft --help` starts at once.
 */
import { Command, Option } from 'commander';
import { named, rectangle, tokenList, wholeNumber } from './args.ts';
import { compareProgram } from './compare-program.ts';
import type { DequantizeFlags } from './dequantize.ts';
import { estimatePrograms } from './estimate-program.ts';
import { EXIT, ending } from './fail.ts';
import { removeUnfinished } from './files.ts';
import type { ForwardFlags } from './forward.ts';
import { addGateFlags } from './gate-flags.ts';
import { microProgram } from './micro-program.ts';
import { planProgram } from './plan-program.ts';
import { reportProgram } from './report-program.ts';
import { addKernelFlags, addRunFlags, type RunFlags } from './run-flags.ts';
import { sentencePrograms } from './sentences-program.ts';
import type { ServeFlags } from './serve.ts';
import { sweepProgram } from './sweep-program.ts';
import { traceProgram } from './trace-program.ts';
import { keepYoungSmall } from './v8.ts';

const EXAMPLES = `
Examples:
  weft run --model demo --tensor blk.0.ffn_up --kernel stationary --machine wse2 --pes 32x48 --n 4
  weft run --model model.gguf --tensor blk.0.attn_q --input x.f32 --output y.f32 --json
  weft run --m 128 --k 1024 --kernel split-k --reduce tree --machine wse3 --no-report
  weft run --kernel transformer_layer --k 256 --n 4 --no-report
  weft forward llama.gguf --tokens 1,2,3 --output logits.f32
  weft similarity "How old are you?" "What is your age?"
  weft inspect model.gguf --json
  weft dequantize model.gguf --tensor blk.0.attn_q --output w.f32
  weft run --n 4 --trace demo.weft-trace && weft trace demo.weft-trace
  weft trace convert demo.weft-trace demo.pftrace
  weft run --n 4 --quiet --fail-if "cycles > 15000" --baseline base.json --tolerance 1%
  weft compare base.json new.json --threshold 1% --sort share
  weft micro reduce --algo chain --pes 512 --wavelets 4096 --json
  weft plan Llama-2-7B --machine wse2 --context 4096
  weft estimate Llama-2-7B --context 4096 --batch 1 --json

Exit codes: 0 success, 1 a run that failed or a gate (--fail-if, --baseline), 2 bad usage or bad input, 130 interrupted.
Errors are one line on stderr. Numbers and hashes equal the page's.`;

const interrupt = new AbortController();

/** A command that ends with CommanderError instead of leaving the process, and prints no errors of its own. */
function command(name: string): Command {
  return new Command(name)
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ helpWidth: 120 });
}

function runProgram(): Command {
  const run = addRunFlags(command('run'))
    .description('simulate one matrix product; print the verdict and write a Markdown and a JSON report')
    .option('--output <Y.f32>', 'write the results: little-endian f32, N rows of M', named('--output'))
    .option('--trace <T.weft-trace>', 'write the trace while the run goes on', named('--trace'))
    .option('--include-load', 'add load, host in and host out to the cycles, the closed form and the bound')
    .option('--timing-only', 'cycles without values, by the timing engine: whole wafers in about a second')
    .option('--json', 'print one JSON object; write reports only with --out')
    .option('--quiet', 'no progress bar, and print nothing but errors and what --json asks for')
    .option('--out <folder>', 'where the reports go (default: weft-report)', named('--out'))
    .option('--no-report', 'write no reports');
  return addKernelFlags(addGateFlags(run)).action(async (flags: RunFlags) => {
    if (flags.timingOnly) keepYoungSmall();
    return (await import('./run.ts')).runCommand(flags, { entry: import.meta.url, signal: interrupt.signal });
  });
}

function forwardProgram(): Command {
  const forward = command('forward')
    .description('run tokens through every layer of a Llama GGUF on the simulated wafer')
    .argument('<file>', 'path of a GGUF file of architecture llama', named('FILE'))
    .requiredOption('--tokens <1,2,3>', 'numbers of the tokens, one sequence from position 0', tokenList)
    .option('--output <logits.f32>', 'write the logits of all positions: little-endian f32, N rows of the vocabulary', named('--output'))
    .option('--kernel <id>', 'transformer_layer: a launch a layer; a kernel for one matrix: a launch a matrix', named('--kernel'), 'transformer_layer')
    .addOption(new Option('--machine <id>', 'preset of the machine').choices(['teaching', 'wse2', 'wse3']).default('wse2'))
    .option('--pes <WxH>', 'rectangle of PEs of every launch (default: what suits each)', rectangle)
    .option('--json', 'print one JSON object');
  return addKernelFlags(forward).action(async (path: string, flags: ForwardFlags) =>
    (await import('./forward.ts')).forwardCommand(path, flags, interrupt.signal),
  );
}

function kernelsProgram(): Command {
  return command('kernels')
    .description('list the kernels, their options and what each option does')
    .option('--json', 'print one JSON object')
    .action(async (flags: { readonly json?: boolean }) => (await import('./kernels.ts')).kernelsCommand(flags));
}

function inspectProgram(): Command {
  return command('inspect')
    .description('list metadata and tensors of a GGUF file')
    .argument('<file>', 'path of a GGUF file', named('FILE'))
    .option('--json', 'print one JSON object')
    .action(async (path: string, flags: { readonly json?: boolean }) => (await import('./inspect.ts')).inspectCommand(path, flags));
}

function dequantizeProgram(): Command {
  return command('dequantize')
    .description("write a tensor's weights as little-endian f32")
    .argument('<file>', 'path of a GGUF file', named('FILE'))
    .requiredOption('--tensor <name>', 'tensor, exact or without .weight', named('--tensor'))
    .requiredOption('--output <W.f32>', 'file to write', named('--output'))
    .option('--json', 'print one JSON object')
    .action(async (path: string, flags: DequantizeFlags) => (await import('./dequantize.ts')).dequantizeCommand(path, flags, interrupt.signal));
}

function serveProgram(): Command {
  return command('serve')
    .description('serve the built page on this computer; prints its address')
    .option('--port <port>', 'first port to try', wholeNumber('--port', 1, 65535), 4173)
    .option('--json', 'print one JSON object')
    .action(async (flags: ServeFlags) => (await import('./serve.ts')).serveCommand(flags, { entry: import.meta.url, signal: interrupt.signal }));
}

const program = command('weft')
  .description('A wafer-scale dataflow simulator: real Q4_K numbers, carried by wavelets, cycle by cycle.')
  .version('0.1.0', '--version', 'print the version')
  .helpOption('-h, --help', 'show help')
  .addHelpText('after', EXAMPLES);
for (const part of [
  runProgram(),
  forwardProgram(),
  kernelsProgram(),
  inspectProgram(),
  dequantizeProgram(),
  traceProgram(command, interrupt.signal),
  compareProgram(command),
  serveProgram(),
  microProgram(command, interrupt.signal),
  planProgram(command),
  reportProgram(command, { entry: import.meta.url, signal: interrupt.signal }),
  sweepProgram(command, { entry: import.meta.url, signal: interrupt.signal }),
  ...estimatePrograms(command, interrupt.signal),
  ...sentencePrograms(command, { entry: import.meta.url, signal: interrupt.signal }),
])
  program.addCommand(part);
/** A reader that has seen enough (`weft inspect x | head`) is no error; a full disk behind `>` is. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`weft: stdout cannot be written: ${error.code}\n`);
  process.exit(EXIT.usage);
});
process.stderr.on('error', () => process.exit());
process.on('exit', removeUnfinished);
// The first Ctrl+C asks the command to stop, the second does not ask.
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
});
process.on('SIGTERM', () => process.exit(143));

try {
  if (process.argv.length <= 2) {
    program.outputHelp();
    const names = program.commands.map((part) => part.name());
    program.error(`no command: choose ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`);
  }
  await program.parseAsync();
} catch (error) {
  const { line, code } = ending(error, process.env.WEFT_DEBUG !== undefined);
  process.exitCode = code;
  // After Ctrl+C nobody waits until the engine's memory is given back piece by piece: all of it goes with the process.
  const end = (): void => (code === EXIT.interrupted ? process.exit() : undefined);
  if (code !== EXIT.success) process.stderr.write(`weft: ${line}\n`, end);
}
