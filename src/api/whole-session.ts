/** Answers questions about whole models, in the page's second worker. */
import type { BlobLike } from '../model/range.ts';
import type { SentenceModel } from '../model/sentence-model.ts';
import type { ModelSizes } from '../model/sizes.ts';
import { capacity } from './capacity.ts';
import { claims } from './claims.ts';
import { download } from './models.ts';
import { Cancelled, outcome } from './outcome.ts';
import type { Outcome } from './protocol.ts';
import { compareSentences, openSentenceModel } from './similarity.ts';
import { openSizes } from './whole-model.ts';
import { estimateModel } from './whole-model-estimate.ts';
import type { WholeEstimateQuestion, WholeModels, WholeSource } from './whole-protocol.ts';

/** Context of an estimate that asks for none, tokens; less for a model made for less. */
const USUAL_CONTEXT = 4096;

export function createWholeModels(): WholeModels {
  const latest = turns();
  let encoder: { readonly url: string; readonly model: Promise<SentenceModel> } | null = null;

  /** The sentence model of an address, read once; a failure is not kept. */
  const sentenceModel = (url: string): Promise<SentenceModel> => {
    if (encoder?.url === url) return encoder.model;
    const model = download(url).then((blob) => openSentenceModel(blob, 'demo'));
    encoder = { url, model };
    model.catch(() => {
      encoder = null;
    });
    return model;
  };

  return {
    capacity: (source, { format, context, kernel, ...question }) =>
      outcome(async () => {
        const sizes = await openSizes(opened(source), format ?? undefined);
        return capacity(sizes, { ...question, kernel, ...(context !== null && { context }) });
      }),
    estimate: (source, question) =>
      latest('estimate', async (stopped) => {
        const sizes = await openSizes(opened(source), question.format ?? undefined);
        return estimateModel(sizes, { ...question, context: contextOf(sizes, question) }, { stopped });
      }),
    claims: (machine) => latest('claims', (stopped) => claims({ machine }, { stopped })),
    sentences: ({ a, b, url, machine, kernel }, onProgress) =>
      latest('sentences', async (stopped) => compareSentences(await sentenceModel(url), a, b, { machine, kernel }, { report: onProgress, stopped })),
    cancel: async () => void latest('sentences', () => Promise.reject(new Cancelled())),
  };
}

/** Runs work of a kind; when newer work of that kind begins, the older is asked to stop. */
function turns() {
  const current = new Map<string, object>();
  return <T>(kind: string, work: (stopped: () => boolean) => Promise<T>): Promise<Outcome<T>> => {
    const mine = {};
    current.set(kind, mine);
    return outcome(() => work(() => current.get(kind) !== mine));
  };
}

const opened = (source: WholeSource): { preset: string } | { blob: BlobLike; name: string } =>
  source.kind === 'preset' ? { preset: source.name } : { blob: source.file, name: source.name };

const contextOf = ({ architecture }: ModelSizes, { context }: WholeEstimateQuestion): number =>
  context ?? Math.min(USUAL_CONTEXT, architecture?.context ?? USUAL_CONTEXT);
