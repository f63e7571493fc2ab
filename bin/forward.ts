/** `weft forward`: runs tokens through every layer of a Llama GGUF on the simulated wafer and writes all positions' logits. */
import { basename } from 'node:path';
import { type ForwardResult, forwardPass } from '../src/api/forward.ts';
import { type KernelOptions, OPTION_IDS } from '../src/api/protocol.ts';
import { bytes, count, grouped, real } from '../src/base/numbers.ts';
import type { MachineId } from '../src/machine/spec.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { fromWire } from './fail.ts';
import { checkWritable, littleEndian, openModelFile, writeAll } from './files.ts';
import { checkSound, checksLine, costLines, launchTable } from './launch-lines.ts';
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
  checkSound(result.conservation);
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

/** What a terminal shows. */
function lines(result: ForwardResult, written: readonly string[]): string[] {
  const { model, machine, kernel, tokens, vocabulary, onHost, top } = result;
  const last = top[top.length - 1];
  const best = last.best.map(({ token, logit }) => `${token} (${real(logit, 4)})`).join(', ');
  return [
    `${model.name}: ${count(model.blocks, 'layer')}, hidden ${model.hidden}, vocabulary ${vocabulary}${model.tied ? ', output tied to the embedding' : ''}`,
    `${count(tokens.length, 'token')}, kernel ${kernel}, machine ${machine}`,
    '',
    ...launchTable(result),
    '',
    ...costLines(result),
    `Computed by the host, not by PEs: ${onHost.join(', ')}`,
    `After token ${last.token} (position ${last.position}): ${best}`,
    checksLine(result.conservation),
    ...written.map((path) => `wrote ${path}: ${grouped(tokens.length)} × ${grouped(vocabulary)} f32, ${bytes(4 * result.logits.length)}`),
  ];
}
