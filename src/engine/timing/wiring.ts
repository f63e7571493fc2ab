/** Which words come to which PEs, and how results leave. */
import type { Chain } from './chains.ts';

export interface Wiring {
  /** Source of each PE's stream; undefined where all have the first. */
  readonly sourceOf: Int16Array | undefined;
  /** `order` gives for each word at the sink the place in the line of the PE that sent it. */
  readonly chains: ReadonlyArray<Pick<Chain, 'sink' | 'line' | 'shift'> & { readonly order: Uint16Array }>;
}
