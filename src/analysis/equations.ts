/** The equations of the model, as the page that explains it prints them. The same rules, exactly: docs/tick.md; how whole runs follow from them: docs/decisions/0009. */

export interface Equation {
  readonly name: string;
  /** Line by line. */
  readonly lines: readonly string[];
  /** What its letters mean. */
  readonly where: string;
}

export const EQUATIONS: readonly Equation[] = [
  {
    name: 'Wavelet i of a stream leaves router v',
    lines: ['leave(v, i) = max( leave(u, i) + h,  leave(v, i − 1) + 1,  leave(t, i − Q) + 1,  use(v, i − R) + 1 )'],
    where:
      'u is the router before, t each next one, h the cycles of a hop, Q the words that the FIFO of a next router holds, R those on the way to the element. A router sends to all its ways at once or waits.',
  },
  {
    name: 'The element of PE v uses it',
    lines: ['use(v, i) = max( leave(v, i) + T,  free(v) )'],
    where: 'T is the latency of a ramp, free(v) the first cycle from which the issue slot is this thread’s.',
  },
  {
    name: 'A vector op of n elements holds the issue slot',
    lines: ['set-up + ⌈n / w⌉ · c'],
    where: 'w elements take c cycles together, by the table of ops of the machine; a thread that waits for a word gives the slot away.',
  },
  {
    name: 'A collective along a row, as published for comparison (S6)',
    lines: ['max( C,  E / N + h · L ) + (2 T + 1) · D'],
    where:
      'C is the most words that a PE sends or receives, E words times hops, N the links used, L the longest way, D the longest chain of PEs of which each waits for the one before. It stands beside the simulation and decides nothing.',
  },
];

export interface ModelChange {
  readonly version: string;
  readonly what: string;
}

/** What moved a cycle of any run from one version of the model to the next, the newest first. Links and traces carry the version. */
export const MODEL_CHANGES: readonly ModelChange[] = [
  { version: '0.1', what: 'The first version. A link of another version opens with a notice that says which one it was computed with.' },
];
