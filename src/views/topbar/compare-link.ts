/** The page that shows the setup beside another mapping of the same. */
import { rivalOf } from '../../store/compare.ts';
import { encodeCompare } from '../../store/compare-url.ts';
import type { LabState } from '../../store/types.ts';

export const compareLink = ({ config }: LabState): string => `/compare/#${encodeCompare({ a: config, b: rivalOf(config) })}`;
