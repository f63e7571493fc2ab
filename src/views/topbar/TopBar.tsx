/** Mark, name of the run, transport in the middle, theme, share and help at the right. */

import { Link } from 'wouter';
import { lab } from '../../store/lab.ts';
import { shownRun } from '../../store/shown.ts';
import type { Theme } from '../../store/types.ts';
import { copyLink } from '../app/share.ts';
import { useActions, useLab } from '../hooks.ts';
import { Mark, Moon, Sun, System } from '../icons.tsx';
import { PAGE_NAMES, TEXT, THEME_NAMES } from '../strings.ts';
import { Transport } from '../transport/Transport.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { Nav } from './Nav.tsx';
import { TOPBAR_TEXT } from './strings.ts';

export function Brand() {
  return (
    <h1 className="brand">
      <Link href="/" title={PAGE_NAMES.examples}>
        <Mark />
        <span className="word">{TEXT.product}</span>
      </Link>
    </h1>
  );
}

/** What runs: the tensor and its columns. */
export function RunTitle() {
  const title = useLab((s) => shownRun(s)?.title ?? null);
  const config = useLab((s) => s.config);
  return <span className="title">{title ?? (config.model === 'synthetic' ? TOPBAR_TEXT.synthetic : config.tensor)}</span>;
}

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICONS = { system: System, light: Sun, dark: Moon } as const;

export function ThemeToggle() {
  const theme = useLab((s) => s.theme);
  const ThemeIcon = THEME_ICONS[theme];
  const name = TOPBAR_TEXT.theme(THEME_NAMES[theme], THEME_NAMES[NEXT[theme]]);
  return (
    <button type="button" className="btn i" aria-label={name} title={name} onClick={() => lab.setState({ theme: NEXT[theme] })}>
      <ThemeIcon />
    </button>
  );
}

export function ShareButton() {
  const { say } = useActions();
  return (
    <button type="button" className="btn" title={TEXT.shareHint} onClick={() => copyLink(say)}>
      {TEXT.share}
    </button>
  );
}

export function HelpButton() {
  return (
    <button type="button" className="btn i" aria-label={TOPBAR_TEXT.help} title={TOPBAR_TEXT.helpHint} onClick={() => lab.setState({ help: true })}>
      ?
    </button>
  );
}

export function TopBar() {
  return (
    <header className="top">
      <div className="ends">
        <Brand />
        <Nav />
        <span className="vr" />
        <RunTitle />
      </div>
      <Transport />
      <div className="ends right">
        <ThemeToggle />
        <ShareButton />
        <ExportMenu />
        <HelpButton />
      </div>
    </header>
  );
}
