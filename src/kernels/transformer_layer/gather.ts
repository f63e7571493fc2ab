/** Results out of the sink's words, in pieces of a token: N x hidden f32, in ascending order. Without a residual at the end, control wavelets lie between. */
import { assert } from '../../base/error.ts';
import type { Plan } from '../types.ts';
import type { Form } from './form.ts';
import { type Layout, usedIn } from './layout.ts';
import { pipelineOf, sharesOf } from './pipeline.ts';

export function* gathering(plan: Plan, sinks: readonly Uint32Array[]): Generator<void, Float32Array> {
  const { form, layout } = pipelineOf(plan);
  const [words] = sinks;
  const runs = runsOf(form, layout);
  const perToken = runs.reduce((sum, run) => sum + run + 1, 0);
  const last = layout.stages[layout.stages.length - 1].stage;
  if (last.kind === 'residual') return new Float32Array(words.slice().buffer);
  assert(words.length === form.tokens * perToken, `${words.length} words at the sink instead of ${form.tokens * perToken}`);
  const out = new Uint32Array(form.tokens * form.hidden);
  let [from, to] = [0, 0];
  for (let token = 0; token < form.tokens; token++) {
    for (const run of runs) {
      out.set(words.subarray(from, from + run), to);
      from += run + 1;
      to += run;
    }
    yield;
  }
  return new Float32Array(out.buffer);
}

/** Words of each fabric row of the last region, from the bottom upwards; a control wavelet follows each. */
function runsOf({ hidden }: Form, { stages }: Layout): number[] {
  const region = stages[stages.length - 1];
  if (region.stage.kind !== 'projection') return [hidden];
  const shares = sharesOf(region.stage);
  let next = 0;
  return Array.from({ length: region.height }, (_, row) => {
    const used = usedIn(region, region.y + region.height - 1 - row);
    const run = shares.slice(next, next + used).reduce((sum, { units }) => sum + units, 0);
    next += used;
    return run;
  });
}
