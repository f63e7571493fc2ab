/**
 * What a token meets, in order: per layer a norm, q k v, attention over the cache, the output projection, a residual, a norm,
 * gate and up, their activation, down, a residual; then the last norm and the head. Between products the results go by the
 * fabric to where the next one's activations enter, counted as distance: words follow one another at full rate (*assumed*).
 * The host brings the embedding's row of every token and takes the logits, at its rate for the whole wafer.
 */
import { count, grouped } from '../base/numbers.ts';
import { copyCycles } from '../machine/host.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Architecture, Stage } from '../model/architecture.ts';
import type { Product } from './estimate-products.ts';
import type { ProductPlan, StageRow } from './estimate-types.ts';
import { activationCycles, attentionCost, type Blocks, type Heads, MOST_BLOCK, normCost, residualCost, type VectorCost } from './estimate-vector.ts';

/** A line before its shares are known; `period` is how long its PEs need from token to token. */
export type Step = Omit<StageRow, 'allCycles' | 'seconds' | 'share'> & { readonly period: number };

/** What the steps of a phase depend on. */
export interface Passage {
  readonly architecture: Architecture;
  readonly blocks: Blocks;
  /** Tokens that go through together, and the logits that are wanted of them. */
  readonly tokens: number;
  readonly logits: number;
  /** Of the tokens: whether they share one cache (a prompt), and what they see of it. */
  readonly oneSequence: boolean;
  readonly most: number;
  readonly mean: number;
  readonly products: ReadonlyArray<{ readonly product: Product; readonly plan: ProductPlan }>;
  /** Most PEs for the block of a head, if other than the fastest is wanted. */
  readonly headPes?: number;
}

const NAMES: Readonly<Record<Stage, readonly [name: string, meaning: string]>> = {
  qkv: ['q, k, v', 'Queries, keys and values of all heads, side by side.'],
  attn_output: ['output projection', 'The heads joined.'],
  ffn_up: ['gate, up', 'The two wide matrices of the feed-forward part, side by side.'],
  ffn_down: ['down', 'Back to the hidden size; the longest rows.'],
  output: ['head', 'Logits of the whole vocabulary.'],
};

export function stepsOf(passage: Passage): Step[] {
  const { architecture: a, blocks, tokens, products } = passage;
  const { machine } = blocks;
  const norm = blocks.best(Math.min(a.hidden, MOST_BLOCK), (width, height) => normCost(blocks, a.hidden, width, height));
  const residual = residualCost(machine, a.hidden, norm);
  const product = (stage: Stage): Step[] =>
    products.filter((p) => p.product.stage === stage).map(({ product: { times }, plan }) => productStep(stage, plan, times));
  const layer = { per: 'layer' as const, times: a.layers };
  const spread = (id: string, name: string, meaning: string, cost: VectorCost, count: number, at: Pick<Step, 'per' | 'times'>): Step =>
    vectorStep(machine, { id, name, meaning, kind: 'vector', ...at }, cost, count);
  return [
    hostStep(machine, 'embedding', 'embeddings in', 'in', tokens * a.hidden),
    spread('norms', 'two norms', 'RMS norm before attention and before the feed-forward part.', twice(norm), tokens, layer),
    ...product('qkv'),
    attentionStep(passage),
    ...product('attn_output'),
    ...product('ffn_up'),
    ...activationSteps(passage),
    ...product('ffn_down'),
    spread('residuals', 'two residual sums', 'Input plus output of attention and of the feed-forward part.', twice(residual), tokens, layer),
    waysStep(passage),
    spread('last-norm', 'last norm', 'RMS norm before the head.', norm, passage.logits, { per: 'token', times: 1 }),
    ...product('output'),
    headWayStep(passage),
    hostStep(machine, 'logits', 'logits out', 'out', passage.logits * a.vocabulary),
  ];
}

const twice = (cost: VectorCost): VectorCost => ({ ...cost, cycles: 2 * cost.cycles, busy: 2 * cost.busy });

function productStep(stage: Stage, plan: ProductPlan, times: number): Step {
  const [name, meaning] = NAMES[stage];
  const { cycles, lowerBound, boundBy, pes, period } = plan;
  const per = stage === 'output' ? 'token' : 'layer';
  return { id: stage, name, meaning, kind: 'product', per, times, cycles, lowerBound, boundBy, pes, period, product: plan };
}

/** As many tokens at once as there are PEs for, the others behind them. */
function vectorStep(machine: MachineSpec, head: Pick<Step, 'id' | 'name' | 'meaning' | 'kind' | 'per' | 'times'>, cost: VectorCost, tokens: number): Step {
  const together = Math.max(1, Math.floor((machine.usable.width * machine.usable.height) / cost.pes));
  const rounds = Math.ceil(tokens / together);
  const { cycles, busy, pes, boundBy } = cost;
  return { ...head, cycles: cycles + (rounds - 1) * busy, lowerBound: rounds * busy, boundBy, pes: pes * Math.min(tokens, together), period: busy };
}

/** Sequences side by side; tokens of one sequence one behind the other, for they share its cache. */
function attentionStep({ architecture: a, blocks, tokens, oneSequence, most, mean, headPes }: Passage): Step {
  const { machine } = blocks;
  const heads: Heads = { heads: a.heads, kvHeads: a.kvHeads, headSize: a.headSize, most, mean };
  const all = machine.usable.width * machine.usable.height;
  const room = Math.max(1, Math.min(headPes ?? MOST_BLOCK, Math.floor(all / a.kvHeads)));
  const rounds = (pes: number): number => (oneSequence ? tokens : Math.ceil(tokens / Math.max(1, Math.floor(all / pes))));
  const total = (cost: VectorCost): VectorCost => ({ ...cost, cycles: cost.cycles + (rounds(cost.pes) - 1) * cost.busy });
  const cost = blocks.best(room, (width, height) => total(attentionCost(blocks, heads, width, height)));
  const { width, height } = cost.block;
  const meaning = `Scores and values over ${count(most, 'token')}: ${width} × ${height} PEs for each head of the cache, ${count(Math.ceil(most / width / height), 'token')} a PE.`;
  return {
    id: 'attention',
    name: 'attention',
    meaning,
    kind: 'attention',
    per: 'layer',
    times: a.layers,
    cycles: cost.cycles,
    lowerBound: Math.min(rounds(cost.pes) * cost.busy, cost.cycles),
    boundBy: cost.boundBy,
    pes: cost.pes,
    period: cost.busy,
  };
}

/** SwiGLU on the PEs that end up with the sums of gate and up, pair by pair. */
function activationSteps({ blocks, products, tokens }: Passage): Step[] {
  return products
    .filter(({ product }) => product.stage === 'ffn_up')
    .map(({ product, plan }) => {
      const one = activationCycles(blocks.machine, Math.ceil(plan.rowsPerPe / 2)) * plan.passes;
      return {
        id: 'activation',
        name: 'SwiGLU',
        meaning: `Sigmoid, two products: ${count(Math.ceil(plan.rowsPerPe / 2), 'pair')} of rows on a PE.`,
        kind: 'vector' as const,
        per: 'layer' as const,
        times: product.times,
        cycles: one * tokens,
        lowerBound: one * tokens,
        boundBy: 'scalar steps',
        pes: plan.mapping === 'rows' ? plan.pes : plan.panels * plan.panel.height,
        period: one,
      };
    });
}

/** From the last result of each of a layer's products to the farthest place where the next one's activations enter. */
function waysStep({ architecture: { layers }, blocks, products }: Passage): Step {
  const all = products
    .filter(({ product }) => product.stage !== 'output')
    .reduce((sum, { product, plan }) => sum + product.times * wayOf(blocks.machine, plan), 0);
  const meaning = 'Distance from the results of a product to the entry of the next, four times a layer; words follow one another at full rate.';
  return { id: 'ways', name: 'ways between', meaning, kind: 'transport', per: 'layer', times: layers, ...distance(Math.round(all / layers)) };
}

/** From the head's panels to the edge. */
function headWayStep({ blocks, products }: Passage): Step {
  const cycles = products.filter(({ product }) => product.stage === 'output').reduce((sum, { plan }) => sum + wayOf(blocks.machine, plan), 0);
  const meaning = 'Distance from the head’s results to the edge of the wafer.';
  return { id: 'head-way', name: 'way to the edge', meaning, kind: 'transport', per: 'token', times: 1, ...distance(cycles) };
}

const wayOf = ({ hop, ramp }: MachineSpec, { hops }: ProductPlan): number => hops * hop + 2 * ramp + 1;
const distance = (cycles: number): Pick<Step, 'cycles' | 'lowerBound' | 'boundBy' | 'pes' | 'period'> => ({
  cycles,
  lowerBound: cycles,
  boundBy: 'hops',
  pes: 0,
  period: 0,
});

function hostStep(machine: MachineSpec, id: string, name: string, direction: 'in' | 'out', words: number): Step {
  const cycles = copyCycles(words, direction, machine);
  const rate = direction === 'in' ? machine.host.wordsInPerCycle : machine.host.wordsOutPerCycle;
  const meaning = `${grouped(words)} words at the host's ${Math.round(100 * rate) / 100} a cycle for the whole wafer.`;
  return { id, name, meaning, kind: 'host', per: 'token', times: 1, cycles, lowerBound: cycles, boundBy: 'host rate', pes: 0, period: cycles };
}

/** Lines of the table, with what all times of them take. */
export function rowsOfSteps(steps: readonly Step[], { clockHz }: MachineSpec): StageRow[] {
  const whole = steps.reduce((sum, { cycles, times }) => sum + times * cycles, 0);
  return steps.map(({ period: _period, ...step }) => {
    const allCycles = step.cycles * step.times;
    return { ...step, allCycles, seconds: allCycles / clockHz, share: allCycles / whole };
  });
}
