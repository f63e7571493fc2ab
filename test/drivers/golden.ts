/**
 * Golden pictures as text: deterministic SVG or HTML, coordinates to a tenth of a pixel. After a change that is meant,
 * `WEFT_GOLDEN=write npx vitest run golden` writes them anew; `npx playwright test test/e2e/golden.spec.ts` shows them in the page's styles.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const FOLDER = new URL('../golden/pictures/', import.meta.url);

/** Coordinates to a tenth: what is further right differs from machine to machine. */
const rounded = (markup: string): string => markup.replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d+/g, (number) => String(+Number(number).toFixed(1))));

/** What is drawn equals the picture of this name, an SVG file or a part of the page. */
export function matches(name: string, drawn: string): void {
  const file = new URL(`${name}.${drawn.startsWith('<svg') ? 'svg' : 'html'}`, FOLDER);
  const text = `${rounded(drawn).replaceAll('><', '>\n<').trim()}\n`;
  if (process.env.WEFT_GOLDEN === 'write') writeFileSync(file, text);
  expect(existsSync(file), `${name} is missing; write it as the head of test/drivers/golden.ts says`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** The names of all pictures that are text. */
export const pictures = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => !file.endsWith('.png'))
    .map((file) => file.replace(/\.\w+$/, ''))
    .sort();
