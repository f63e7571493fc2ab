/** The stages as the estimate sees them: what a token costs the PE that decides, how far things are, how much waits where. */
import { timeOf } from '../../machine/builder.ts';
import { attentionToken, sequenceStart } from './attention.ts';
import { attentionLayout } from './attention-layout.ts';
import { INPUT_QUEUE, OUTPUT_QUEUE } from './fabric.ts';
import { attentionWords, type Form, qkvWords } from './form.ts';
import type { Placed } from './layout.ts';
import { normLayout, normToken } from './norm.ts';
import { jobOf, keyOf, type Pipeline, shareKinds } from './pipeline.ts';
import { type Profile, profileOf, profileTotal } from './profile.ts';
import { projectionToken, prologue } from './projection.ts';
import { type ProjectionJob, projectionLayout, sendsAside, unitsOf } from './projection-layout.ts';
import { residualLayout, residualToken } from './residual.ts';

export interface StageCost {
  readonly placed: Placed;
  /** What token `t` of its sequence (from 0) costs the stage's slowest PE, the loop around it included. */
  profile(t: number): Profile;
  /** Before the first token. */
  readonly prologue: number;
  /** Words a token brings, and control wavelets after every how many of them. */
  readonly wordsOut: number;
  /** Words that one PE sends a token. */
  readonly unit: number;
  /** Tokens that may wait behind this stage while its PEs go on; 0 if they wait until their words are taken. */
  readonly ahead: number;
  /** Tokens that a residual holds of its bypass. */
  readonly holds: number;
  /** Cycles by which sending a token holds up the next one's words. */
  readonly delays: number;
}

export function costsOf(p: Pipeline): StageCost[] {
  return p.layout.stages.map((placed) => {
    const { stage } = placed;
    if (stage.kind === 'projection') return projectionCost(p, placed);
    if (stage.kind === 'attention') return attentionCost(p, placed);
    return stage.kind === 'norm' ? normCost(p, placed) : residualCost(p, placed);
  });
}

/** A profile with the branch that ends a token's round. */
const looped = (p: Pipeline, profile: Profile): Profile => ({ ...profile, after: profile.after + p.machine.scalar.branchTaken });

/** Every PE gets every word at the same time, so the slowest kind decides. */
function projectionCost(p: Pipeline, placed: Placed): StageCost {
  const { stage } = placed;
  if (stage.kind !== 'projection') throw new Error('no projection');
  const jobs = new Map<string, ProjectionJob>();
  for (const share of shareKinds(stage)) {
    const key = keyOf(p.form, share);
    if (!jobs.has(key)) jobs.set(key, jobOf(p, stage, share));
  }
  const kinds = [...jobs.values()].map((job) => {
    const layout = projectionLayout(job);
    const profile = looped(p, profileOf(projectionToken(job, layout), p.machine));
    return { job, profile, before: timeOf(prologue(job, layout), p.machine).total };
  });
  const slowest = kinds.reduce((most, kind) => (profileTotal(kind.profile) > profileTotal(most.profile) ? kind : most));
  const { outputQueues, ramp } = p.machine;
  const unit = unitsOf(slowest.job);
  return {
    placed,
    profile: () => slowest.profile,
    prologue: Math.max(...kinds.map(({ before }) => before)),
    wordsOut: stage.parts.reduce((sum, { m }) => sum + m, 0),
    unit,
    ahead: sendsAside(slowest.job) ? 1 : Math.max(1, Math.floor((outputQueues[OUTPUT_QUEUE] + ramp) / unit)),
    holds: 0,
    delays: slowest.profile.aside,
  };
}

function attentionCost(p: Pipeline, placed: Placed): StageCost {
  const { form, machine } = p;
  const layout = attentionLayout(machine, form);
  const start = timeOf(sequenceStart(form, layout), machine).total + machine.scalar.branchTaken;
  const profiles = new Map<number, Profile>();
  const profile = (t: number): Profile => {
    const known = profiles.get(t);
    if (known) return known;
    const one = looped(p, profileOf(attentionToken(form, layout, form.heads - 1, t + 1), machine));
    const made = t === form.perSequence - 1 ? { ...one, after: one.after + start } : one;
    profiles.set(t, made);
    return made;
  };
  return { placed, profile, prologue: start, wordsOut: attentionWords(form), unit: form.headSize, ahead: 1, holds: 0, delays: sendingInTurn(p) };
}

/**
 * Cycles by which the heads' sends hold up the stream they all take. Heads send in turn, and a microthread comes before main:
 * while one sends, it takes no words, and once its queue and its router's FIFO are full, nobody does.
 */
function sendingInTurn({ form: { heads, headSize }, machine }: Pipeline): number {
  const slack = machine.inputQueues[INPUT_QUEUE] + machine.ramp + machine.fifoDepth;
  return headSize + (heads - 1) * Math.max(0, headSize - slack);
}

function normCost(p: Pipeline, placed: Placed): StageCost {
  const { form, machine } = p;
  const layout = normLayout(machine, form.hidden);
  const { body, send } = normToken(layout, form.hidden, form.norm?.epsilon ?? 0);
  const profile = looped(p, profileOf([...body, ...send], machine));
  return { placed, profile: () => profile, prologue: 0, wordsOut: form.hidden, unit: form.hidden, ahead: layout.buffers - 1, holds: 0, delays: profile.aside };
}

function residualCost(p: Pipeline, placed: Placed): StageCost {
  const { form, machine } = p;
  const { fifo } = residualLayout(machine, form.hidden, form.tokens);
  // Beside every word that it adds, a microthread stores one of the bypass.
  const profile = { ...looped(p, profileOf(residualToken(form.hidden), machine)), aside: form.hidden };
  return { placed, profile: () => profile, prologue: 0, wordsOut: form.hidden, unit: form.hidden, ahead: 0, holds: fifo.capacity / form.hidden, delays: 0 };
}

/** Words that stage `kind` takes a token. */
export function wordsIn(form: Form, { stage }: Placed): number {
  if (stage.kind === 'projection') return stage.k;
  return stage.kind === 'attention' ? qkvWords(form) : form.hidden;
}
