/** `weft forward`: runs tokens through every layer of a Llama GGUF on the simulated wafer and writes all positions' logits. */
import { basename } from 'node:path';
import { type ForwardResult, forwardPass, type LaunchSums } from '../src/api/forward.ts';
import { type KernelOptions, OPTION_IDS } from '../src/api/protocol.ts';
import { bytes, count, duration, grouped, percent, real } from '../src/base/numbers.ts';
import type { MachineId } from '../src/machine/spec.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { fromWire, RunFailed } from './fail.ts';
import { checkWritable, littleEndian, openModelFile, writeAll } from './files.ts';
import { progressBar } from './progress.ts';

export interface ForwardFlags extends KernelOptions {
  readonly tokens: readonly number[];
  readonly output?: string;
  readonly kernel: string;
  readonly machine: MachineId;
  readonly pes?: { readonly width: number; readonly height: number };
  readonly json?: boolean;
}

export async function forwardCommand(path: string, flags: ForwardFlags, signal: AbortSignal): Promise<void> {
  const blob = await openModelFile('FILE', path);
  if (flags.output !== undefined) await checkWritable('--output', flags.output, [path]);
  const result = await simulate(blob, basename(path), flags, signal);
  const written = flags.output === undefined ? [] : [flags.output];
  await writeAll(written.map((output) => ({ flag: '--output', path: output, content: littleEndian(result.logits) })));
  const { logits: _logits, ...data } = result;
  const launches = data.launches.map(({ checks: _checks, ...launch }) => launch);
  process.stdout.write(
    flags.json ? toJson({ ...data, launches, output: flags.output ?? null, written }) : `${lines(result, written).map(printable).join('\n')}\n`,
  );
  checkSound(result);
}

async function simulate(blob: Blob, name: string, flags: ForwardFlags, signal: AbortSignal): Promise<ForwardResult> {
  const { tokens, kernel, machine, pes } = flags;
  const options = Object.fromEntries(OPTION_IDS.filter((id) => flags[id] !== undefined).map((id) => [id, flags[id]]));
  const bar = await progressBar(process.stderr);
  try {
    const outcome = await forwardPass(
      blob,
      name,
      { tokens, kernel, machine, pes, options },
      {
        report: ({ launch, launches, name, cycle, expected }) => bar.update({ phase: `${name} (${launch + 1} of ${launches})`, cycle, expected }),
        stopped: () => signal.aborted,
      },
    );
    if (!outcome.ok) throw fromWire(outcome.error);
    return outcome.value;
  } finally {
    bar.stop();
  }
}

const shortened = (name: string): string => name.replace(/\.weight$/, '');

/** What a terminal shows. */
function lines(result: ForwardResult, written: readonly string[]): string[] {
  const { model, machine, kernel, tokens, vocabulary, totals, onHost, top, clockHz } = result;
  const last = top[top.length - 1];
  const best = last.best.map(({ token, logit }) => `${token} (${real(logit, 4)})`).join(', ');
  return [
    `${model.name}: ${count(model.blocks, 'layer')}, hidden ${model.hidden}, vocabulary ${vocabulary}${model.tied ? ', output tied to the embedding' : ''}`,
    `${count(tokens.length, 'token')}, kernel ${kernel}, machine ${machine}`,
    '',
    ...table(result),
    '',
    `Time: ${duration(totals.seconds * 1e6)} at ${clockHz / 1e6} MHz, launches one after the other, weights resident; to load them ${duration(totals.loadSeconds * 1e6)} more`,
    `Host: ${bytes(totals.hostBytes.weights)} of weights, ${bytes(totals.hostBytes.in)} in, ${bytes(totals.hostBytes.out)} out; ${grouped(totals.macs)} multiply-adds`,
    `Computed by the host, not by PEs: ${onHost.join(', ')}`,
    `After token ${last.token} (position ${last.position}): ${best}`,
    checksLine(result),
    ...written.map((path) => `wrote ${path}: ${grouped(tokens.length)} × ${grouped(vocabulary)} f32, ${bytes(4 * result.logits.length)}`),
  ];
}

function checksLine({ conservation: { passed, checks, failed, bitsOff } }: ForwardResult): string {
  if (passed) return `Physics: ${grouped(checks)} checks hold; every result equals its plain loop in every bit`;
  return `Physics: ${failed.length} of ${grouped(checks)} checks fail; ${grouped(bitsOff)} results differ from the plain loops`;
}

/** A line a launch, and the total. */
function table({ launches, totals }: ForwardResult): string[] {
  const row = (name: string, pes: string, { cycles, closedForm, residual }: Pick<LaunchSums, 'cycles' | 'closedForm' | 'residual'>, mac: number): string[] => [
    name,
    pes,
    grouped(cycles),
    grouped(closedForm),
    percent(residual, 2),
    percent(mac),
  ];
  const rows = [
    ['launch', 'PEs', 'cycles', 'closed form', 'off', 'utilisation'],
    ...launches.map((one) => row(shortened(one.name), `${one.rectangle.width}x${one.rectangle.height}`, one, one.utilisation.mac)),
    row('total', '', totals, totals.utilisation),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) => `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`);
}

/** A pass whose physics or bits are wrong has failed, whatever else it printed. */
function checkSound({ conservation: { passed, failed, bitsOff } }: ForwardResult): void {
  if (passed) return;
  const broken = [...failed, ...(bitsOff > 0 ? [`${bitsOff} results differ from the plain loops`] : [])];
  throw new RunFailed(`the pass breaks its own checks: ${broken.join('; ')}. Please report it.`);
}
