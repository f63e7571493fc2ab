/**
 * Embedding: `?embed=1&ui=fabric,transport&autoplay=0&theme=light&readonly=1` makes the Lab a part of another page, with the panels
 * that `ui` names. What is unknown is left out with a notice, as in links. The messages to and fro are in views/embed/messages.ts.
 */

import { LINK_TEXT } from './strings.ts';
import type { Theme } from './types.ts';

export const PARTS = ['fabric', 'transport', 'verdict', 'inspector', 'timeline', 'setup'] as const;
export type Part = (typeof PARTS)[number];

export interface Embed {
  readonly parts: ReadonlySet<Part>;
  /** Plays as soon as the run is there. */
  readonly autoplay: boolean;
  /** Nothing can be set up or run by the visitor; the page around it still may. */
  readonly readonly: boolean;
  readonly theme: Theme | null;
  readonly notices: readonly string[];
}

const THEMES: readonly string[] = ['light', 'dark', 'system'];

/** What an address asks for; null for the page itself. */
export function parseEmbed(search: string): Embed | null {
  const params = new URLSearchParams(search);
  if (params.get('embed') !== '1') return null;
  const notices: string[] = [];
  const wanted = (params.get('ui') ?? 'fabric,transport').split(',').filter((part) => part !== '');
  const unknown = wanted.filter((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown.length > 0) notices.push(LINK_TEXT.parts(unknown.join(','), PARTS.join(', ')));
  const theme = params.get('theme');
  const isTheme = theme === null || THEMES.includes(theme);
  if (!isTheme) notices.push(LINK_TEXT.theme(theme));
  const readonly = params.get('readonly') === '1';
  const parts = new Set(PARTS.filter((part) => wanted.includes(part) && !(readonly && part === 'setup')));
  return { parts, autoplay: params.get('autoplay') === '1', readonly, theme: isTheme ? (theme as Theme | null) : null, notices };
}
