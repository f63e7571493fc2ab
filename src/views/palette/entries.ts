/** What the palette finds: PEs and rows by number, tensors, events, and everything that can be done. */
import { peName } from '../../machine/fabric.ts';
import type { Actions } from '../../store/actions.ts';
import { lab } from '../../store/lab.ts';
import { play, seek } from '../../store/playback.ts';
import { LAYERS, type LabState } from '../../store/types.ts';
import { chooseFile } from '../app/files.ts';
import { saveProject } from '../app/project.ts';
import { copyLink } from '../app/share.ts';
import { blame, openExport } from '../app/shortcuts.ts';
import { eventsOf } from '../derived.ts';
import { eventText } from '../dock/EventsTab.tsx';
import { parsePe } from '../fabric/GoTo.tsx';
import { LAYER_NAMES } from '../fabric/layer.ts';
import { fabricView } from '../fabric/view.ts';
import { grouped } from '../format.ts';
import { setToggle } from '../hooks.ts';
import { peOfRow } from '../inspector/rows.ts';
import { DOCK_TABS } from '../strings.ts';

export interface Entry {
  readonly kind: 'PE' | 'Row' | 'Cycle' | 'Tensor' | 'Event' | 'Command';
  readonly name: string;
  /** What does the same, or where it is. */
  readonly hint?: string;
  readonly act: () => void;
}

/** Entries shown at most, and of each kind that may have thousands. */
const MOST = 40;
const MOST_OF_KIND = 12;

const command = (name: string, hint: string, act: () => void): Entry => ({ kind: 'Command', name, hint, act });

function commands(actions: Actions, go: (path: string) => void): readonly Entry[] {
  return [
    command('Run', 'Ctrl Enter', () => void actions.run()),
    command('Play', 'Space', () => play(lab, 1)),
    command('Play backwards', '', () => play(lab, -1)),
    command('Go to what the selected PE waits for', 'B', blame),
    command('Copy a link to this moment', 'Ctrl Shift C', () => void copyLink(actions.say)),
    command('Open a file', 'Ctrl O', chooseFile),
    command('Save as a project file', 'Ctrl S', () => actions.say(`${saveProject()} was saved.`)),
    command('Export', 'Ctrl E', openExport),
    command('Open the demo model', '', () => void actions.openDemo()),
    command('Use a synthetic matrix', '', actions.chooseSynthetic),
    ...LAYERS.map((layer) => command(`Layer: ${LAYER_NAMES[layer]}`, 'L', () => lab.setState({ layer }))),
    ...DOCK_TABS.map(({ id, name }) => command(`Dock: ${name}`, '', () => lab.setState({ dockTab: id, dockOpen: true, phoneTab: 'timeline' }))),
    command('Show or hide the dock', 'Q', () => lab.setState(({ dockOpen }) => ({ dockOpen: !dockOpen }))),
    command('Show or hide the setup', 'Ctrl B', () => lab.setState(({ setupOpen }) => ({ setupOpen: !setupOpen }))),
    command('Fabric as a table', '', () => setToggle('fabric-table', true)),
    ...(['light', 'dark', 'system'] as const).map((theme) => command(`Theme: ${theme}`, '', () => lab.setState({ theme }))),
    ...[
      ['Compare', '/compare/'],
      ['Sweep', '/sweep/'],
      ['Learn', '/learn/'],
      ['Lessons', '/learn/'],
      ['Model', '/model/'],
      ['Examples', '/'],
    ].map(([name, path]) => command(`Page: ${name}`, '', () => go(path))),
    command('Help and keys', '?', () => lab.setState({ help: true })),
  ];
}

const select = (pe: number): void => {
  lab.setState({ pe });
  fabricView.setState({ cursor: pe });
};

/** "3,2", "pe 3,2", "row 17", "cycle 400". */
function byNumber({ reader, result }: LabState, query: string): Entry[] {
  if (reader === null) return [];
  const { width, height, cycles } = reader.trace;
  const pe = parsePe(query.replace(/^pe\s*/, ''), { width, height });
  const entries: Entry[] = typeof pe === 'number' ? [{ kind: 'PE', name: peName(pe, width), act: () => select(pe) }] : [];
  const number = /^(?:(row|cycle)\s*)?(\d+)$/.exec(query);
  if (number === null) return entries;
  const value = Number(number[2]);
  const holder = result === null ? -1 : peOfRow(result.rows, value);
  if (number[1] !== 'cycle' && holder >= 0)
    entries.push({ kind: 'Row', name: `Row ${grouped(value)}`, hint: peName(holder, width), act: () => select(holder) });
  if (number[1] !== 'row' && value <= cycles) entries.push({ kind: 'Cycle', name: `Cycle ${grouped(value)}`, act: () => seek(lab, value) });
  return entries;
}

function tensors({ model }: LabState, { configure }: Actions): Entry[] {
  return (model?.tensors ?? [])
    .filter(({ runnable }) => runnable)
    .map(({ name, shape: [k, m] }) => ({ kind: 'Tensor', name, hint: `${grouped(m)} × ${grouped(k)}`, act: () => configure({ tensor: name, k, m }) }));
}

function events({ reader, pe }: LabState): Entry[] {
  if (reader === null) return [];
  return eventsOf(reader, pe).map((event) => ({
    kind: 'Event',
    name: eventText(event),
    hint: `cycle ${grouped(event.cycle)}${event.pe < 0 ? '' : `, ${peName(event.pe, reader.trace.width)}`}`,
    act: () => {
      if (event.pe >= 0) lab.setState({ pe: event.pe });
      seek(lab, event.cycle);
    },
  }));
}

/** Entries whose names have every word of the query, those that begin with it first. */
export function matching(entries: readonly Entry[], query: string): readonly Entry[] {
  const words = query.split(/\s+/);
  const found = entries.filter(({ name, kind }) => words.every((word) => `${kind} ${name}`.toLowerCase().includes(word)));
  return found.toSorted((a, b) => Number(b.name.toLowerCase().startsWith(query)) - Number(a.name.toLowerCase().startsWith(query)));
}

/** What a query finds; without one, what can be done. */
export function entriesFor(text: string, state: LabState, actions: Actions, go: (path: string) => void): readonly Entry[] {
  const query = text.trim().toLowerCase();
  const all = commands(actions, go);
  if (query === '') return all.slice(0, MOST);
  const few = (entries: readonly Entry[]): readonly Entry[] => matching(entries, query).slice(0, MOST_OF_KIND);
  return [...byNumber(state, query), ...few(all), ...few(tensors(state, actions)), ...few(events(state))].slice(0, MOST);
}
