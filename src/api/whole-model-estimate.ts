/** Whole models, asked from the page's worker or the command line: how fast, and how good the closed forms behind it are. */
import type { ModelSizes } from '../model/sizes.ts';
import { modelEstimate } from '../plan/estimate.ts';
import type { EstimateQuestion, ModelEstimate } from '../plan/estimate-types.ts';
import { calibration, giveWay, type Watch } from './calibrate.ts';

export type { EstimateQuestion, ModelEstimate };

/**
 * The estimate, with pieces of the chosen programs run wavelet by wavelet unless `check` is false. Gives way to messages between
 * its parts. Rejects with WeftError for a question that has no answer, with Cancelled when it was stopped.
 */
export function estimateModel(
  sizes: ModelSizes,
  question: EstimateQuestion,
  { check = true, ...watch }: Watch & { readonly check?: boolean } = {},
): Promise<ModelEstimate> {
  return modelEstimate(sizes, question, check ? calibration(watch) : undefined, async (done, of) => {
    watch.onProgress?.(done, of);
    await giveWay(watch);
  });
}
