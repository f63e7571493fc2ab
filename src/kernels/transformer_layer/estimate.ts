/**
 * Closed form and lower bound of a layer: a recurrence over tokens and stages, from prices and distances only.
 *
 * A stage's PE at its region's north-west is looked at; the others do the same d hops later. For token t it is free at
 * F = its end of token t - 1, works for the stretches of its profile, and takes word i at
 *
 *     use(i) = max(use(i - 1) + 1, arrive(i), end of the stretch before i)
 *
 * Word i of a region's token arrives once the PEs have sent: with H fabric rows of W PEs and u words each, e when the
 * north-west PE begins to send, i is at the spine at e + T_R + 1 + H h + max(i, 2 h x(i)), x(i) its PE's place in the bottom row
 * (the hops that its activations came late and those it has to go); a control wavelet takes a cycle after each fabric row.
 * A norm's words follow one another; a residual passes each on as it comes.
 *
 * A stage cannot begin to send token t before its consumer has taken token t - a, a the tokens that its output queues or
 * buffers hold (StageCost.ahead); with a = 0 it is not free before token t itself is taken. A word cannot leave a fork before
 * the residual at the end of the bypass has room: it has consumed token t - b, b the tokens its FIFO holds; then both move at
 * half the pace or less, since adding a word and storing one take an issue cycle each at the least. Words that a
 * microthread sends hold up the next token's words (StageCost.delays).
 *
 * Leaves out: partial overlap of the above within a token, collisions of streams on the spine's links (there are none: every
 * stretch of it carries one stream), and the few cycles by which PEs of another format are faster.
 */
import type { Estimate, Term } from '../types.ts';
import { costsOf, type StageCost, wordsIn } from './costs.ts';
import { sequencesOf } from './form.ts';
import { isRegion, type Placed } from './layout.ts';
import type { Pipeline } from './pipeline.ts';
import { profileTotal } from './profile.ts';
import { residualPaces } from './residual.ts';

/** When word i of a token is at the queue of its consumer, waiting apart, and how many control wavelets come before it. */
interface Stream {
  at(i: number): number;
  controls(i: number): number;
}

/** What a stage has done with a token. */
interface Done {
  readonly firstUse: number;
  readonly lastUse: number;
  readonly end: number;
}

/** The times of all stages, token by token. */
export interface Schedule {
  /** done[stage][token] */
  readonly done: readonly (readonly Done[])[];
  readonly cycles: number;
}

export function scheduleOf(p: Pipeline, costs: readonly StageCost[]): Schedule {
  const done: Done[][] = costs.map(() => []);
  const free = costs.map(({ prologue }) => prologue);
  let last = 0;
  for (let token = 0; token < p.form.tokens; token++) {
    let stream = sourceStream(p, costs, done, token);
    costs.forEach((cost, s) => {
      if (cost.placed.stage.kind === 'residual') stream = behind(stream, roomOfBypass(costs, done, s, token), residualPaces(p.machine).full);
      const one = perform(p, cost, stream, token, free[s], blockedUntil(costs, done, s, token));
      done[s].push(one);
      free[s] = one.end + cost.delays;
      if (s > 0 && costs[s - 1].ahead === 0) free[s - 1] = Math.max(free[s - 1], one.lastUse);
      stream = streamFrom(p, cost, costs[s + 1]?.placed, stream, one, paceOf(p, cost, token));
    });
    const words = costs[costs.length - 1].wordsOut;
    last = Math.max(stream.at(words - 1) + stream.controls(words) - stream.controls(words - 1), last + words);
  }
  return { done, cycles: last + 1 };
}

/** When the tokens that a stage may hold back are gone: the end of its send waits for it. */
function blockedUntil(costs: readonly StageCost[], done: readonly (readonly Done[])[], s: number, token: number): number {
  const { ahead } = costs[s];
  const consumer = done[s + 1];
  return consumer && ahead > 0 && token >= ahead ? consumer[token - ahead].lastUse : 0;
}

/** When the residual at the end of stage s's bypass (s = -1: of x) has room for the token. */
function roomOfBypass(costs: readonly StageCost[], done: readonly (readonly Done[])[], s: number, token: number): number {
  const residual = costs.findIndex(({ placed }, i) => i > s && placed.stage.kind === 'residual');
  if (residual < 0) return 0;
  const before = token - Math.floor(costs[residual].holds);
  return before >= 0 ? done[residual][before].lastUse : 0;
}

function sourceStream(p: Pipeline, costs: readonly StageCost[], done: readonly (readonly Done[])[], token: number): Stream {
  const { hop, ramp } = p.machine;
  const hops = 1 + p.layout.spine + (isRegion(costs[0].placed.stage) ? 1 : 0);
  const room = roomOfBypass(costs, done, -1, token);
  const begin = Math.max(token * p.form.hidden, room) + hops * hop + ramp;
  const pace = room > token * p.form.hidden ? residualPaces(p.machine).full : 1;
  return { at: (i) => begin + pace * i, controls: () => 0 };
}

/** A stream whose words cannot go on before the fork has room, then at the pace of a full FIFO. */
const behind = (stream: Stream, room: number, pace: number): Stream => (room > 0 ? { ...stream, at: (i) => Math.max(stream.at(i), room + pace * i) } : stream);

/** The stretches of a token, each behind the words before it. */
function perform(p: Pipeline, cost: StageCost, stream: Stream, token: number, free: number, blocked: number): Done {
  const { steps, after } = cost.profile(token % p.form.perSequence);
  let [now, next, firstUse] = [free, 0, -1];
  for (const { cycles, words, each } of steps) {
    const pace = Math.max(each, paceOf(p, cost, token));
    const first = Math.max(now + cycles, stream.at(next));
    if (firstUse < 0) firstUse = first;
    const last = next + words - 1;
    now = Math.max(first + pace * (words - 1) + stream.controls(last) - stream.controls(next), stream.at(last)) + 1;
    next += words;
  }
  return { firstUse, lastUse: now - 1, end: Math.max(now + after, blocked) };
}

/** Cycles a word on its way out of a stage: a residual adds each, and stores another once its FIFO may be full. */
function paceOf({ machine }: Pipeline, { placed, holds }: StageCost, token: number): number {
  if (placed.stage.kind !== 'residual') return 1;
  const { free, full } = residualPaces(machine);
  return token >= Math.floor(holds) ? full : free;
}

/** Hops from the end of a stage to the queue of the next one, or to the sink. */
function hopsOn(p: Pipeline, from: Placed, to: Placed | undefined): number {
  if (!to) return p.layout.rectangle.height - p.layout.usedHeight + (isRegion(from.stage) ? 1 : 0);
  if (from.stage.kind === 'norm') return 1;
  return (isRegion(from.stage) ? 1 : 0) + (to.stage.kind === 'residual' ? 0 : 1) + (isRegion(to.stage) ? 1 : 0);
}

function streamFrom(p: Pipeline, cost: StageCost, to: Placed | undefined, before: Stream, one: Done, pace: number): Stream {
  const { hop, ramp, scalar } = p.machine;
  const { placed, unit } = cost;
  const way = 1 + ramp + hopsOn(p, placed, to) * hop + (to ? ramp : 0);
  if (placed.stage.kind === 'residual') return { at: (i) => Math.max(one.firstUse + pace * i, before.at(i)) + way, controls: () => 0 };
  const begin = one.end - scalar.branchTaken - scalar.alu * 3 + way;
  if (placed.stage.kind === 'norm') return { at: (i) => (cost.ahead > 0 ? begin : begin - unit) + i, controls: () => 0 };
  const row = Math.min(placed.width, placed.pes);
  const controls = (i: number): number => Math.floor(i / (row * unit));
  const sent = begin + (placed.height - 1) * hop - (placed.stage.kind === 'projection' && unit <= p.machine.outputQueues[2] ? unit : 0);
  return { at: (i) => sent + controls(i) + wayOfRow(i, row, unit, hop), controls };
}

/** Cycles from the first word of a region's token at the spine to word i: one each, or as the bottom row's PEs follow one another. */
function wayOfRow(i: number, row: number, unit: number, hop: number): number {
  const x = Math.min(Math.floor(i / unit), row - 1);
  return Math.max(i, 2 * hop * x + (i - x * unit));
}

export function estimateLayer(p: Pipeline): Estimate {
  const costs = costsOf(p);
  const schedule = scheduleOf(p, costs);
  return { closedForm: { cycles: schedule.cycles, terms: termsOf(p, costs, schedule) }, lowerBound: lowerBound(p, costs) };
}

/** Issue cycles that a stage's PE needs for all tokens. */
function issueOf({ form }: Pipeline, cost: StageCost): number {
  let sum = 0;
  for (let t = 0; t < form.perSequence; t++) sum += profileTotal(cost.profile(t));
  return sum * sequencesOf(form);
}

/** Cycles from token to token at the least: work, and what sending holds up beyond its issue cycles. */
export const periodOf = (p: Pipeline, cost: StageCost): number => issueOf(p, cost) / p.form.tokens + Math.max(0, cost.delays - cost.profile(0).aside);

export const slowestOf = (p: Pipeline, costs: readonly StageCost[]): StageCost =>
  costs.reduce((most, cost) => (periodOf(p, cost) > periodOf(p, most) ? cost : most));

/** The first token's way through the stages, then what the others add. */
function termsOf(p: Pipeline, costs: readonly StageCost[], { done, cycles }: Schedule): Term[] {
  const ends = done.map(([first]) => first.end);
  const list: Term[] = costs.map(({ placed }, s) => ({ name: `first token: ${placed.stage.name}`, cycles: ends[s] - (s > 0 ? ends[s - 1] : 0) }));
  const tokens = p.form.tokens - 1;
  const slowest = slowestOf(p, costs).placed.stage.name;
  const rest = done[done.length - 1][tokens].end - ends[ends.length - 1];
  if (tokens > 0) list.push({ name: `${tokens} more token${tokens > 1 ? 's' : ''}, one behind the other; slowest stage: ${slowest}`, cycles: rest });
  list.push({ name: 'to the edge', cycles: cycles - ends[ends.length - 1] - rest });
  return list.filter((term) => term.cycles !== 0);
}

/** Issue slot of the busiest PE; wavelets on the busiest link; hops and ramps of the way through all stages. */
function lowerBound(p: Pipeline, costs: readonly StageCost[]): Estimate['lowerBound'] {
  const { form, machine, layout } = p;
  const issue = Math.max(...costs.map((cost) => cost.prologue + issueOf(p, cost) - form.tokens * machine.scalar.branchTaken));
  const link = form.tokens * Math.max(...costs.map((cost) => Math.max(cost.wordsOut, wordsIn(form, cost.placed))));
  const path = layout.rectangle.height * machine.hop + 2 * costs.length * machine.ramp;
  return { cycles: Math.max(issue, link, path), issue, link, path };
}
