/** HTML and SVG as values: whatever is put in as text is escaped, so that a name from a file cannot become a tag. */
import { html as escaped } from '../escape.ts';

/** Finished markup. Only {@link h} and {@link raw} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What an element may hold; null is nothing. */
export type Content = string | number | Markup | null | readonly Content[];

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements without content, written with a slash: HTML reads it, SVG needs it. */
const VOID: ReadonlySet<string> = new Set(['meta', 'br', 'input', 'path', 'rect', 'line', 'circle']);

/** An element. Attributes that are undefined are left out; numbers keep at most two decimals. */
export function h(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const parts = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(short(value))}"`]));
  const open = `<${name}${parts.join('')}`;
  return new Markup(VOID.has(name) ? `${open}/>` : `${open}>${content.map(inner).join('')}</${name}>`);
}

/** Text that is markup already: styles and scripts of our own. */
export const raw = (text: string): Markup => new Markup(text);

function inner(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escaped(short(content));
  return content.map(inner).join('');
}

const short = (value: string | number): string => (typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);
