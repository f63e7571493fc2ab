/** The collectives in a row, by id. */
import { broadcast } from './broadcast.ts';
import { chainBroadcast } from './chain-broadcast.ts';
import type { AllReduce, Collective } from './collective.ts';
import type { Pattern } from './pattern.ts';
import { ring } from './ring.ts';
import { star } from './star.ts';
import { tree, treePattern } from './tree.ts';
import { chain, chainPattern, twoPhase, twoPhasePattern } from './two-phase.ts';

export const REDUCES = { star, chain, tree, 'two-phase': twoPhase } as const satisfies Record<string, Collective>;
export type ReduceId = keyof typeof REDUCES;
export { broadcast };

/** Those that leave the sums with every PE. */
export const ALL_REDUCES = { 'chain-broadcast': chainBroadcast, ring } as const satisfies Record<string, AllReduce>;
export type AllReduceId = keyof typeof ALL_REDUCES;

/** The reduces that a kernel can have in its rows, by the values of its option. */
export const PATTERNS = { chain: chainPattern, tree: treePattern, 'two-phase': twoPhasePattern } as const satisfies Record<string, Pattern>;
