/** `weft similarity` and `weft embed`: sentences through the sentence encoder on the simulated wafer. */
import { basename } from 'node:path';
import type { PassListener } from '../src/api/launch-sums.ts';
import { outcome } from '../src/api/outcome.ts';
import { type KernelOptions, OPTION_IDS } from '../src/api/protocol.ts';
import { compareSentences, type EmbeddedSentence, type EmbeddingResult, embedTexts, openSentenceModel, type SentenceRequest } from '../src/api/similarity.ts';
import { WeftError } from '../src/base/error.ts';
import { bytes, count, grouped, real } from '../src/base/numbers.ts';
import type { MachineId } from '../src/machine/spec.ts';
import type { SentenceModel } from '../src/model/sentence-model.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { demoFile, type Surroundings } from './demo.ts';
import { fromWire } from './fail.ts';
import { checkWritable, littleEndian, openModelFile, readLines, writeAll } from './files.ts';
import { checkSound, checksLine, costLines, launchTable } from './launch-lines.ts';
import { progressBar } from './progress.ts';

interface PlaceFlags extends KernelOptions {
  readonly kernel: string;
  readonly machine: MachineId;
  readonly pes?: { readonly width: number; readonly height: number };
  readonly json?: boolean;
}

export interface SimilarityFlags extends PlaceFlags {
  readonly model: string;
}

export interface EmbedFlags extends PlaceFlags {
  readonly text?: readonly string[];
  readonly texts?: string;
  readonly output: string;
}

/** Cosine of two sentences, with what it cost. */
export async function similarityCommand(a: string, b: string, flags: SimilarityFlags, { entry, signal }: Surroundings): Promise<void> {
  const model = await openModel('--model', flags.model, entry);
  const result = await simulated(signal, (listener) => compareSentences(model, a, b, requestOf(flags), listener));
  const { cosine, cosineFloat64 } = result;
  const said = `Cosine ${real(cosine)}; in float64 without a wafer ${real(cosineFloat64)}`;
  print(flags, result, { ...dataOf(result), cosine, cosineFloat64 }, [said]);
}

/** Embeddings of sentences into a file. */
export async function embedCommand(name: string, flags: EmbedFlags, { entry, signal }: Surroundings): Promise<void> {
  const model = await openModel('MODEL', name, entry);
  const inputs = [...(name === 'demo' ? [] : [name]), ...(flags.texts === undefined ? [] : [flags.texts])];
  await checkWritable('--output', flags.output, inputs);
  const texts = await textsOf(flags);
  const result = await simulated(signal, (listener) => embedTexts(model, texts, requestOf(flags), listener));
  const embeddings = Float32Array.from(result.sentences.flatMap(({ embedding }) => [...embedding]));
  await writeAll([{ flag: '--output', path: flags.output, content: littleEndian(embeddings) }]);
  const said = `wrote ${flags.output}: ${grouped(texts.length)} × ${grouped(result.model.values)} f32, ${bytes(4 * embeddings.length)}`;
  print(flags, result, { ...dataOf(result), written: [flags.output] }, [said]);
}

async function openModel(flag: string, name: string, entry: string): Promise<SentenceModel> {
  const path = name === 'demo' ? demoFile(entry) : name;
  return openSentenceModel(await openModelFile(flag, path), basename(path));
}

async function textsOf({ text = [], texts }: EmbedFlags): Promise<string[]> {
  const lines = texts === undefined ? [] : (await readLines('--texts', texts)).filter((line) => line.trim() !== '');
  if (text.length + lines.length > 0) return [...text, ...lines];
  throw new WeftError('--text', 'there is no sentence', ['give --text "a sentence"', 'give --texts a file with a sentence a line']);
}

function requestOf(flags: PlaceFlags): SentenceRequest {
  const options = Object.fromEntries(OPTION_IDS.filter((id) => flags[id] !== undefined).map((id) => [id, flags[id]]));
  return { kernel: flags.kernel, machine: flags.machine, pes: flags.pes, options };
}

/** Runs with a bar, until somebody interrupts. */
async function simulated<T>(signal: AbortSignal, run: (listener: PassListener) => Promise<T>): Promise<T> {
  const bar = await progressBar(process.stderr);
  try {
    const answer = await outcome(() =>
      run({
        report: ({ launch, launches, name, cycle, expected }) => bar.update({ phase: `${name} (${launch + 1} of ${launches})`, cycle, expected }),
        stopped: () => signal.aborted,
      }),
    );
    if (!answer.ok) throw fromWire(answer.error);
    return answer.value;
  } finally {
    bar.stop();
  }
}

/** What JSON holds: everything but the embeddings, which have a file of their own, and the checks of each launch. */
function dataOf({ sentences, launches, ...rest }: EmbeddingResult): object {
  return {
    ...rest,
    sentences: sentences.map(({ embedding: _embedding, ...sentence }) => sentence),
    launches: launches.map(({ checks: _checks, ...launch }) => launch),
  };
}

function print({ json }: PlaceFlags, result: EmbeddingResult, data: object, said: readonly string[]): void {
  process.stdout.write(json ? toJson(data) : `${[...lines(result), ...said].map(printable).join('\n')}\n`);
  checkSound(result.conservation);
}

/** Launches of at most this many are listed; more repeat themselves. */
const MOST_LISTED = 10;

function lines(result: EmbeddingResult): string[] {
  const { model, machine, kernel, sentences, launches, onHost, conservation } = result;
  const worst = Math.max(...sentences.map(({ against }) => against.maxAbs));
  return [
    `${model.name}: ${count(model.layers, 'layer')}, ${model.values} values a sentence`,
    ...(model.attribution === '' ? [] : [model.attribution]),
    `kernel ${kernel}, machine ${machine}`,
    '',
    ...sentences.map(sentenceLine),
    '',
    ...launchTable({ ...result, launches: launches.slice(0, MOST_LISTED) }),
    ...(launches.length > MOST_LISTED ? [`  (the first ${MOST_LISTED} of ${grouped(launches.length)} launches)`] : []),
    '',
    ...costLines(result),
    `Computed by the host, not by PEs: ${onHost.join('; ')}`,
    checksLine(conservation),
    `Embeddings: ${real(worst, 3)} at most from the same model in float64 without a wafer`,
  ];
}

const sentenceLine = ({ tokens }: EmbeddedSentence, i: number): string =>
  `${i + 1}: ${count(tokens.length, 'token')}: ${tokens.map(({ id, piece }) => `${piece} (${id})`).join(' ')}`;
