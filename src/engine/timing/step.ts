/** The steps that a PE's code is made of in time (skeleton.ts). */
export const STEP = { COMPUTE: 0, TAKE: 1, SEND: 2, HAND: 3 } as const;

/**
 * COMPUTE: `cycles` of main's own, as `spans` of (kind, mark, begin, end) from its begin; `issues` as runs of (count, cycles) where
 * a microthread may come in between. TAKE, SEND: `count` words of the queue, one an issue of `cycles`. HAND: main starts such an
 * op on the microthread by an issue of `setup` cycles; it takes words, or nothing where the queue is -1.
 */
export interface Step {
  readonly is: number;
  readonly cycles: number;
  readonly spans: readonly number[];
  readonly issues: readonly number[];
  readonly setup: number;
  readonly count: number;
  readonly queue: number;
  readonly activity: number;
  readonly mark: number;
  /** Of a send: its last word turns the own switch; it is a control wavelet that turns every switch and no element sees. */
  readonly advance: boolean;
  readonly turnsBack: boolean;
}

/** Whether a step takes words, by main or by the microthread. */
export const isTaking = ({ is, queue }: Step): boolean => is === STEP.TAKE || (is === STEP.HAND && queue >= 0);

/** A step that does nothing, for what a step does not have. */
export const NOTHING: Step = {
  is: STEP.COMPUTE,
  cycles: 0,
  spans: [],
  issues: [],
  setup: 0,
  count: 0,
  queue: -1,
  activity: 0,
  mark: -1,
  advance: false,
  turnsBack: false,
};
