/** The way from the Lab to the page that shows its setup beside another mapping of the same, or beside the one it stands beside already. */
import { useMemo } from 'react';
import { compare, rivalOf, SIDES } from '../../store/compare.ts';
import { encodeCompare } from '../../store/compare-url.ts';
import type { RunConfig } from '../../store/types.ts';
import { encodeLink } from '../../store/url.ts';
import { useLab } from '../hooks.ts';

export function compareLink(config: RunConfig): string {
  const state = compare.getState();
  const link = encodeLink({ config });
  const isThere = SIDES.some((side) => state[side].reader !== null && encodeLink({ config: state[side].config }) === link);
  return isThere ? '/compare/' : `/compare/#${encodeCompare({ a: config, b: rivalOf(config) })}`;
}

/** Made anew when the setup changes, not with every cycle. */
export function useCompareLink(): string {
  const config = useLab((s) => s.config);
  return useMemo(() => compareLink(config), [config]);
}
