/** Whether the setup on screen is another than the one of the run on screen. */
import type { RunConfig } from '../../store/types.ts';
import { encodeLink } from '../../store/url.ts';

const keyOf = (config: RunConfig): string => encodeLink({ config });

export function isStale(config: RunConfig, ran: RunConfig): boolean {
  return keyOf(config) !== keyOf(ran);
}
