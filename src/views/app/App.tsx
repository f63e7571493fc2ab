/** The page: the Lab on wide screens, one pane at a time on narrow ones. */
import { useEffect } from 'react';
import type { Actions } from '../../store/actions.ts';
import { shownRun } from '../../store/shown.ts';
import { ActionsContext, useLab, useMedia } from '../hooks.ts';
import { Announcer } from '../status/StatusBar.tsx';
import { HelpDialog } from '../topbar/HelpDialog.tsx';
import { DesktopLab } from './DesktopLab.tsx';
import { FileDrop } from './FileDrop.tsx';
import { chooseFile } from './files.ts';
import { PhoneLab } from './PhoneLab.tsx';
import { bindKeys } from './shortcuts.ts';

/** Puts the theme on the document, where tokens.css reads it. */
function useTheme(): void {
  const chosen = useLab((s) => s.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = chosen === 'system' ? (dark ? 'dark' : 'light') : chosen;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}

function useTitle(): void {
  const title = useLab((s) => shownRun(s)?.title);
  useEffect(() => {
    document.title = title ? `${title} · Weft` : 'Weft: a wafer-scale dataflow lab';
  }, [title]);
}

export function App({ actions }: { actions: Actions }) {
  const narrow = useMedia('(max-width: 899px)');
  useTheme();
  useTitle();
  useEffect(() => bindKeys(actions, chooseFile), [actions]);
  return (
    <ActionsContext value={actions}>
      {narrow ? <PhoneLab /> : <DesktopLab />}
      <FileDrop />
      <HelpDialog />
      <Announcer />
    </ActionsContext>
  );
}
