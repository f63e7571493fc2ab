/** What only a layer has to tell: the cycles of each stage, the slowest one, the pipeline's fill, tokens a second. */
import type { Fact } from '../types.ts';
import { costsOf, type StageCost } from './costs.ts';
import { periodOf, scheduleOf, slowestOf } from './estimate.ts';
import type { Pipeline } from './pipeline.ts';

export function factsOf(p: Pipeline): Fact[] {
  const { form, machine } = p;
  const costs = costsOf(p);
  const { done } = scheduleOf(p, costs);
  const slowest = slowestOf(p, costs);
  const period = periodOf(p, slowest);
  const fill = done[done.length - 1][0].end;
  const { name } = slowest.placed.stage;
  return [
    ...costs.map((cost) => stageFact(p, cost)),
    {
      name: `slowest stage: ${name}`,
      value: Math.round(period),
      unit: 'cycles',
      meaning: 'No token can follow another one sooner than its slowest stage allows.',
    },
    { name: 'pipeline fill', value: fill, unit: 'cycles', meaning: 'Until the first token has passed all stages; from then on they work at the same time.' },
    {
      name: 'tokens a second',
      value: Math.round(machine.clockHz / period),
      unit: 'tokens/s',
      meaning: `One layer, pipeline full, at ${machine.clockHz / 1e6} MHz: one token in each period of the slowest stage.`,
    },
    {
      name: 'FFN-down row as f32',
      value: 4 * form.feedForward,
      unit: 'B',
      meaning: `What the inner kernel stationary would keep of each row, of the ${machine.sramBytes} B of a PE.`,
    },
    ...costs
      .filter(({ placed }) => placed.stage.kind === 'residual')
      .slice(0, 1)
      .map(bypassFact),
  ];
}

function stageFact(p: Pipeline, cost: StageCost): Fact {
  const { stage, pes } = cost.placed;
  const average = stage.kind === 'attention' ? `; it grows with the tokens seen, this is the mean of ${p.form.perSequence}` : '';
  return {
    name: `${stage.name}, cycles a token`,
    value: Math.round(periodOf(p, cost)),
    unit: 'cycles',
    meaning: `Issue cycles of its busiest PE for one token, ${pes} PE${pes > 1 ? 's' : ''}${average}.`,
  };
}

const bypassFact = ({ holds }: StageCost): Fact => ({
  name: 'tokens held by a residual',
  value: Math.floor(holds),
  unit: 'tokens',
  meaning: 'While the bypass is full, the fork before it stops the source: no more tokens are between them.',
});
