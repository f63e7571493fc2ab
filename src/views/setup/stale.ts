/** Whether the setup on screen is another than the one the result came from. */
import type { RunConfig, RunResult } from '../../store/types.ts';
import { encodeLink } from '../../store/url.ts';

const keyOf = (config: RunConfig): string => encodeLink({ config, cycle: null, sel: null, layer: 'state' });

export function isStale(config: RunConfig, result: RunResult): boolean {
  return keyOf(config) !== keyOf(result.config);
}
