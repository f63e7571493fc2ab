/** Whether a prediction is right: the goal of a step, a predicate on what a run measured. */
import type { Answer, Question } from './types.ts';

/** Equal for counts and choices; inside the tolerance of the measured value for timings. */
export function isRight({ tolerance }: Question, prediction: Answer, measured: Answer): boolean {
  if (typeof prediction !== 'number' || typeof measured !== 'number') return prediction === measured;
  return Math.abs(prediction - measured) <= tolerance * Math.abs(measured);
}

/** Signed difference relative to the measured value; null where there is none. */
export function relativeDifference(prediction: Answer, measured: Answer): number | null {
  if (typeof prediction !== 'number' || typeof measured !== 'number' || measured === 0) return null;
  return (prediction - measured) / measured;
}
