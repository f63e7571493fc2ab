/** The Lab: on wide screens all panels, one pane at a time on narrow ones. */
import { lazy, useEffect } from 'react';
import { type FileKind, OPENED_NAMES } from '../../store/dropped.ts';
import type { Embed } from '../../store/embed.ts';
import { shownRun } from '../../store/shown.ts';
import { useActions, useLab, useMedia } from '../hooks.ts';
import { Palette } from '../palette/Palette.tsx';
import { Announcer } from '../status/StatusBar.tsx';
import { PAGE_NAMES, TEXT } from '../strings.ts';
import { DesktopLab } from './DesktopLab.tsx';
import { FileDrop } from './FileDrop.tsx';
import { chooseFile } from './files.ts';
import { PhoneLab } from './PhoneLab.tsx';
import { RemoteFile } from './RemoteFile.tsx';
import { bindKeys } from './shortcuts.ts';
import type { Page } from './start.ts';

/** Everything but a config.json, which the Model page opens. */
const OPENS: readonly FileKind[] = ['model', 'trace', 'topology', 'project', 'noted'];

const EmbedLab = lazy(() => import('../embed/EmbedLab.tsx'));

/** Names the tab after the run; apart, for what renders here again with it would be the whole Lab. */
function DocumentTitle() {
  const title = useLab((s) => shownRun(s)?.title);
  useEffect(() => {
    document.title = TEXT.pageTitle(title || PAGE_NAMES.lab);
  }, [title]);
  return null;
}

export default function LabPage({ enter, embed }: { enter: Page['enterLab']; embed: Embed | null }) {
  const actions = useActions();
  const narrow = useMedia('(max-width: 899px)');
  useEffect(() => enter(), [enter]);
  useEffect(() => (embed?.readonly ? undefined : bindKeys(actions, chooseFile)), [actions, embed]);
  if (embed !== null) {
    return (
      <>
        <DocumentTitle />
        <EmbedLab embed={embed} />
        <Announcer />
      </>
    );
  }
  return (
    <>
      <DocumentTitle />
      {narrow ? <PhoneLab /> : <DesktopLab />}
      <Palette />
      <RemoteFile open={(file) => void actions.openFile(file)} />
      <FileDrop opens={OPENS} onFile={(file) => void actions.openFile(file)} accept={OPENED_NAMES} hint={TEXT.dropHere} />
      <Announcer />
    </>
  );
}
