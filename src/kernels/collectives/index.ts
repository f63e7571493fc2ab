/** The collectives in a row, by id. */
import { broadcast } from './broadcast.ts';
import type { Collective } from './collective.ts';
import { star } from './star.ts';
import { tree } from './tree.ts';
import { chain, twoPhase } from './two-phase.ts';

export const REDUCES = { star, chain, tree, 'two-phase': twoPhase } as const satisfies Record<string, Collective>;
export type ReduceId = keyof typeof REDUCES;
export { broadcast };
