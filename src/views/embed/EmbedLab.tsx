/** The Lab inside another page: the panels asked for, one below the other, and the way to the whole page. */
import './embed.css';
import { useEffect, useMemo } from 'react';
import type { Actions } from '../../store/actions.ts';
import { linkOf } from '../../store/address.ts';
import { type FileKind, OPENED_NAMES } from '../../store/dropped.ts';
import type { Embed, Part } from '../../store/embed.ts';
import { lab } from '../../store/lab.ts';
import { play } from '../../store/playback.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { APP_TEXT } from '../app/strings.ts';
import { Dock } from '../dock/Dock.tsx';
import { FabricPanel } from '../fabric/FabricPanel.tsx';
import { ActionsContext, useActions, useLab } from '../hooks.ts';
import { Inspector } from '../inspector/Inspector.tsx';
import { SetupPanel } from '../setup/SetupPanel.tsx';
import { TEXT } from '../strings.ts';
import { Transport } from '../transport/Transport.tsx';
import { Verdict } from '../verdict/Verdict.tsx';
import { listen } from './messages.ts';
import { EMBED_TEXT } from './strings.ts';

/** All there are: a file that is dropped never leads away from the page around. */
const OPENS: readonly FileKind[] = ['model', 'trace', 'topology', 'project', 'noted', 'config'];

/** Leads to the same moment on the page itself, in a window of its own. */
function OpenFull() {
  const hash = useLab(linkOf);
  return (
    <a className="btn s" href={`${location.pathname}#${hash}`} target="_blank" rel="noopener">
      {TEXT.openFull}
    </a>
  );
}

/** What a visitor may do where the page around the Lab wants nothing changed. */
const readonlyOf = (actions: Actions): Actions => ({
  ...actions,
  configure: () => {},
  run: async () => {},
  openFile: async () => actions.say(EMBED_TEXT.readonly),
  openDemo: async () => {},
  chooseSynthetic: () => {},
  chooseScenario: () => {},
});

export default function EmbedLab({ embed }: { embed: Embed }) {
  const actions = useActions();
  const has = (part: Part): boolean => embed.parts.has(part);
  const run = useLab((s) => s.reader);
  useEffect(() => listen(actions), [actions]);
  useEffect(() => {
    if (embed.autoplay && run !== null) play(lab, 1);
  }, [embed, run]);
  const words = useLab((s) => [...embed.notices, s.message ?? ''].join(' ').trim());
  const offered = useMemo(() => (embed.readonly ? readonlyOf(actions) : actions), [actions, embed]);
  return (
    <ActionsContext value={offered}>
      <div className="embed">
        <header className="row embed-top">
          {has('transport') && <Transport />}
          <span className="sp" />
          <OpenFull />
        </header>
        {has('setup') && <SetupPanel />}
        <main className="fabric">{has('fabric') && <FabricPanel />}</main>
        {(has('verdict') || has('inspector')) && (
          <aside className="panel" aria-label={APP_TEXT.side}>
            {has('verdict') && <Verdict />}
            {has('inspector') && <Inspector />}
          </aside>
        )}
        {has('timeline') && (
          <section className="panel dock embed-dock" aria-label={APP_TEXT.timeline}>
            <Dock />
          </section>
        )}
        {words !== '' && <p className="t11 t2 embed-message">{words}</p>}
        <FileDrop
          opens={OPENS}
          onFile={(file) => void offered.openFile(file)}
          accept={OPENED_NAMES}
          hint={embed.readonly ? EMBED_TEXT.readonly : TEXT.dropHere}
        />
      </div>
    </ActionsContext>
  );
}
