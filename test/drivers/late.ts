/** Machines that no vendor sells, and programs some of whose PEs are late: they hold each other up. */
import type { Rng } from '../../src/base/rng.ts';
import type { PeClass, Program, Rate } from '../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';

export const between = (r: Rng, low: number, high: number): number => low + r.below(high - low + 1);
export const pick = <Value>(r: Rng, values: readonly Value[]): Value => values[r.below(values.length)];

export function randomMachine(r: Rng): MachineSpec {
  const depths = (count: number): number[] => Array.from({ length: count }, () => between(r, 1, 8));
  return {
    ...pick(r, [TEACHING, WSE2, WSE3]),
    hop: between(r, 1, 3),
    ramp: between(r, 1, 3),
    fifoDepth: between(r, 1, 4),
    inputQueues: depths(8),
    outputQueues: depths(6),
    setup: { base: between(r, 0, 6), perOperand: between(r, 0, 1), mapped: 0, descriptorWords: 0 },
  };
}

/** A cycle of main's own; all stalls are made of this one. */
const ONE_CYCLE = { op: 'li', d: 15, imm: 0 } as const;

/** The class with a stall somewhere in its code. */
export function late(cls: PeClass, cycles: number, place: number): PeClass {
  if (cls.tasks.length === 0 || cycles === 0) return cls;
  const at = place % (cls.tasks[0].code.length + 1);
  const stall = { kind: 'scalar', activity: 'load', steps: new Array<typeof ONE_CYCLE>(cycles).fill(ONE_CYCLE) } as const;
  const code = cls.tasks[0].code.map((i) => ('to' in i && i.to > at ? { ...i, to: i.to + 1 } : i));
  return { ...cls, tasks: [{ ...cls.tasks[0], code: [...code.slice(0, at), stall, ...code.slice(at)] }] };
}

/** Cycles by which the PEs of a program may be late: a few, or many. */
const someLags = (r: Rng): readonly number[] => [0, between(r, 0, 3), r.below(3) === 0 ? between(r, 4, 400) : 0];

/** Every PE gets at random one of the variants of its class. */
export function scattered(r: Rng, program: Program, variants: ReadonlyArray<(cls: PeClass) => PeClass>): Program {
  const classes = variants.flatMap((variant) => program.classes.map(variant));
  return { ...program, classes, classOf: program.classOf.map((cls) => cls + program.classes.length * r.below(variants.length)) };
}

/** PEs get at random a class that is late by one of `lags`, at its beginning or anywhere in its code. */
export function withLate(r: Rng, program: Program, lags: readonly number[] = someLags(r)): Program {
  const place = (): number => (r.below(2) === 0 ? 0 : r.below(1000));
  return scattered(
    r,
    program,
    lags.map((lag) => (cls) => late(cls, lag, place())),
  );
}

/** The host's lanes share its rate: sources one, sinks another. */
export function paced(r: Rng, program: Program): Program {
  const rate = (): Rate => ({ words: between(r, 1, 5), cycles: pick(r, [between(r, 1, 9), between(r, 1, 60)]) });
  const [into, out] = [rate(), rate()];
  return {
    ...program,
    sources: program.sources.map((source) => ({ ...source, rate: into })),
    sinks: r.below(2) === 0 ? program.sinks : program.sinks.map((sink) => ({ ...sink, rate: out })),
  };
}
