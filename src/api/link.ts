/** A configuration as the part of the page's address after #, readable and never sent to a server. Reading it back is the store's. */
import { TUNABLE_IDS } from '../machine/tuning.ts';
import { OPTION_IDS, type RunConfig } from './protocol.ts';

export const LINK_VERSION = 1;

export type LinkPair = readonly [key: string, value: string | number];

/** Version and configuration, in the order in which they are shown. */
export function configPairs(config: RunConfig): readonly LinkPair[] {
  return [['v', LINK_VERSION], ...(config.scenario === undefined ? matrixPairs(config) : scenarioPairs(config))];
}

/** Pairs as they stand after #. */
export const joinPairs = (pairs: readonly LinkPair[]): string =>
  pairs.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ',')}`).join('&');

/** A configuration alone, with its #. */
export const linkOf = (config: RunConfig): string => `#${joinPairs(configPairs(config))}`;

const scenarioPairs = ({ scenario = '', machine, tuning, pes, words }: RunConfig): LinkPair[] => [
  ['scenario', scenario],
  ['machine', machine],
  ...tuningPairs(tuning),
  ...(pes && words
    ? ([
        ['grid', `${pes.width}x${pes.height}`],
        ['words', words],
      ] as const)
    : []),
];

const tuningPairs = (tuning: RunConfig['tuning'] = {}): LinkPair[] =>
  TUNABLE_IDS.flatMap((id): LinkPair[] => (tuning[id] === undefined ? [] : [[id, tuning[id]]]));

function matrixPairs(config: RunConfig): LinkPair[] {
  const pairs: LinkPair[] = [['model', config.model]];
  if (config.model === 'synthetic') pairs.push(['m', config.m], ['k', config.k], ...(config.format ? [['format', config.format] as const] : []));
  else pairs.push(['tensor', config.tensor]);
  pairs.push(['n', config.n], ['seed', config.seed], ['map', config.kernel], ['machine', config.machine], ...tuningPairs(config.tuning));
  if (config.as) pairs.push(['as', config.as]);
  if (config.engine === 'wavelet' || config.engine === 'timing') pairs.push(['engine', config.engine]);
  if (config.pes) pairs.push(['grid', `${config.pes.width}x${config.pes.height}`]);
  for (const id of OPTION_IDS) {
    const value = config.options?.[id];
    if (value !== undefined) pairs.push([id, value]);
  }
  return pairs;
}
