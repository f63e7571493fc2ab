/** Results of runs read from files, for comparing them and for gates. */
import { type Result, resultOf, traceData } from '../analysis/compare.ts';
import { WeftError } from '../base/error.ts';
import { TraceOpener } from '../trace/open.ts';
import { TraceReader } from '../trace/reader.ts';
import { MAGIC } from '../trace/tables.ts';

export { type Change, type Comparison, compareResults, isBeyond, type Result, resultOf, type Sort, sortChanges } from '../analysis/compare.ts';
export { checkMetric, failedConditions, parseCondition, worseThan } from '../analysis/gates.ts';

/** JSON is read as a whole; results and reports are far smaller. */
const MOST_JSON_BYTES = 2 ** 28;

/**
 * A result from a file: the JSON of a `--json`, a report as JSON, or a trace file. Throws WeftError on `field` for anything
 * else, and one that names field and byte for a damaged trace.
 */
export async function readResult(field: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<Result> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  const isTrace = !first.done && String.fromCharCode(...first.value.subarray(0, MAGIC.length)) === MAGIC;
  const rest = (async function* () {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
  })();
  return resultOf(isTrace ? await readTrace(rest) : await readJson(field, name, rest));
}

async function readTrace(pieces: AsyncIterable<Uint8Array>): Promise<object> {
  const opener = new TraceOpener();
  for await (const piece of pieces) opener.push(piece);
  const { program, trace, modelVersion, traceHash } = opener.finish();
  return traceData(new TraceReader(program, trace), { modelVersion, traceHash });
}

async function readJson(field: string, name: string, pieces: AsyncIterable<Uint8Array>): Promise<object> {
  const decoder = new TextDecoder();
  const [texts, fixes] = [[] as string[], ['give what weft run --json printed, a report as JSON, or a trace file']];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > MOST_JSON_BYTES) throw new WeftError(field, `'${name}' is neither a trace file nor JSON of a result: it is too long`, fixes);
    texts.push(decoder.decode(piece, { stream: true }));
  }
  try {
    const data: unknown = JSON.parse(texts.join('') + decoder.decode());
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
  } catch {
    // Told below: what the parser says of a file that is no JSON at all does not help.
  }
  throw new WeftError(field, `'${name}' is neither a trace file nor the JSON of a result`, fixes);
}
