/** How the page writes numbers (visual.md section 4): src/base/numbers.ts, and what only the page needs. */
import { grouped, withUnit } from '../base/numbers.ts';

export { bytes, count, duration, factor, grouped, parseNumber, percent, prefixed, real, signed } from '../base/numbers.ts';

/** Memory of the computer that the page runs on. */
export const megabytes = (bytes: number): string => `${grouped(Math.ceil(bytes / 1e6))}\u202fMB`;

/** What an error says, as the page writes sentences: it begins large, its numbers stand in groups. Digits of a name stay as they are. */
export const sentence = (text: string): string =>
  text.replace(/^[a-z](?=[a-z-]* )/, (first) => first.toUpperCase()).replace(/(?<![\w.\-'"])\d{4,}(?![\w\-'"]|\.\w)/g, (digits) => grouped(Number(digits)));

/** A clock in MHz. */
export const clock = (hz: number): string => withUnit(hz / 1e6, 'MHz');

/** First eight digits of a hash in two groups, as two people would read it to each other. */
export const shortHash = (hash: string): string => `${hash.slice(0, 4)} ${hash.slice(4, 8)}`;
