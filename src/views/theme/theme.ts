/** Which palette is on screen: the user's choice, else the system's, with the system's colours where they are forced. */
import type { Theme } from '../../store/types.ts';
import { useLab, useMedia } from '../hooks.ts';
import { forcedPalette, PALETTES, type Palette, type ThemeName } from './palette.ts';

const DARK = '(prefers-color-scheme: dark)';
const FORCED = '(forced-colors: active)';
const REDUCED = '(prefers-reduced-motion: reduce)';

/** The theme a choice stands for. */
export const resolveTheme = (theme: Theme, systemIsDark: boolean): ThemeName => (theme === 'system' ? (systemIsDark ? 'dark' : 'light') : theme);

const FORCED_PALETTES: Readonly<Record<ThemeName, Palette>> = { light: forcedPalette(PALETTES.light), dark: forcedPalette(PALETTES.dark) };

/** The palette on screen; the component renders again when it changes. */
export function usePalette(): Palette {
  const dark = useMedia(DARK);
  const forced = useMedia(FORCED);
  const choice = useLab((s) => s.theme);
  const name = resolveTheme(choice, dark);
  return forced ? FORCED_PALETTES[name] : PALETTES[name];
}

/** How much larger than usual words on a canvas are, as styles/large.css says of the screen. */
export const unitOf = (element: Element): number => Number(getComputedStyle(element).getPropertyValue('--unit')) || 1;

export const reducedMotion = (): boolean => matchMedia(REDUCED).matches;
