/** Waits for what is worked out in slices between other tasks: `vi.waitFor` alone gives up after a second, which a busy machine can take. */
import { vi } from 'vitest';

export const settled = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 300_000 });
