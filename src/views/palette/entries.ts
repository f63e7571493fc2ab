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
import { fabricView } from '../fabric/view.ts';
import { setToggle } from '../hooks.ts';
import { holdersOfRow } from '../inspector/rows.ts';
import { DOCK_TABS, LAYER_NAMES, PAGE_NAMES, TEXT, THEME_NAMES } from '../strings.ts';
import { COMMANDS, PALETTE_TEXT } from './strings.ts';

export interface Entry {
  /** In words. */
  readonly kind: string;
  readonly name: string;
  /** What does the same, or where it is. */
  readonly hint?: string;
  readonly act: () => void;
}

/** Entries shown at most, and of each kind that may have thousands. */
const MOST = 40;
const MOST_OF_KIND = 12;

const KINDS = PALETTE_TEXT.kinds;
/** A number, the word before it if there is one, and the name of a matrix or a part of it. */
const NUMBER = new RegExp(`^(?:(${KINDS.row}|${KINDS.cycle})\\s*)?(\\d+)(?:\\s+(?:${PALETTE_TEXT.of}\\s+)?(\\S+))?$`, 'i');
const BEFORE_PE = new RegExp(`^${KINDS.pe}\\s*`, 'i');

const command = ([name, hint]: readonly [name: string, keys?: string], act: () => void): Entry => ({ kind: KINDS.command, name, hint, act });

function commands(actions: Actions, go: (path: string) => void): readonly Entry[] {
  return [
    command(COMMANDS.run, () => void actions.run()),
    command(COMMANDS.play, () => play(lab, 1)),
    command(COMMANDS.playBack, () => play(lab, -1)),
    command(COMMANDS.blame, blame),
    command(COMMANDS.copyLink, () => void copyLink(actions.say)),
    command(COMMANDS.openFile, chooseFile),
    command(COMMANDS.save, () => actions.say(TEXT.saved(saveProject()))),
    command(COMMANDS.export, openExport),
    command(COMMANDS.demo, () => void actions.openDemo()),
    command(COMMANDS.synthetic, actions.chooseSynthetic),
    ...LAYERS.map((layer) => command(COMMANDS.layer(LAYER_NAMES[layer]), () => lab.setState({ layer }))),
    ...DOCK_TABS.map(({ id, name }) => command(COMMANDS.dock(name), () => lab.setState({ dockTab: id, dockOpen: true, phoneTab: 'timeline' }))),
    command(COMMANDS.toggleDock, () => lab.setState(({ dockOpen }) => ({ dockOpen: !dockOpen }))),
    command(COMMANDS.toggleSetup, () => lab.setState(({ setupOpen }) => ({ setupOpen: !setupOpen }))),
    command(COMMANDS.table, () => setToggle('fabric-table', true)),
    ...(['light', 'dark', 'system'] as const).map((theme) => command(COMMANDS.theme(THEME_NAMES[theme]), () => lab.setState({ theme }))),
    ...[
      [PAGE_NAMES.compare, '/compare/'],
      [PAGE_NAMES.sweep, '/sweep/'],
      [PAGE_NAMES.learn, '/learn/'],
      [COMMANDS.lessons, '/learn/'],
      [PAGE_NAMES.model, '/model/'],
      [PAGE_NAMES.examples, '/'],
    ].map(([name, path]) => command(COMMANDS.page(name), () => go(path))),
    command(COMMANDS.help, () => lab.setState({ help: true })),
  ];
}

const select = (pe: number): void => {
  lab.setState({ pe });
  fabricView.setState({ cursor: pe });
};

/** "3,2", "pe 3,2", "row 17", "row 17 of ffn_up", "cycle 400". */
function byNumber({ reader, result }: LabState, query: string): Entry[] {
  if (reader === null) return [];
  const { width, height, cycles } = reader.trace;
  const pe = parsePe(query.replace(BEFORE_PE, ''), { width, height });
  const entries: Entry[] = typeof pe === 'number' ? [{ kind: KINDS.pe, name: peName(pe, width), act: () => select(pe) }] : [];
  const number = NUMBER.exec(query);
  if (number === null) return entries;
  const [, word, digits, part = ''] = number;
  const value = Number(digits);
  const isAsked = (kind: string): boolean => word === undefined || word === kind.toLowerCase();
  const holders = result === null || !isAsked(KINDS.row) ? [] : holdersOfRow(result.rows, value).filter(({ matrix }) => matrix.includes(part));
  entries.push(
    ...holders.map(({ matrix, pe: at }) => ({ kind: KINDS.row, name: PALETTE_TEXT.row(value, matrix), hint: peName(at, width), act: () => select(at) })),
  );
  if (isAsked(KINDS.cycle) && part === '' && value <= cycles) entries.push({ kind: KINDS.cycle, name: PALETTE_TEXT.cycle(value), act: () => seek(lab, value) });
  return entries;
}

function tensors({ model }: LabState, { configure }: Actions): Entry[] {
  return (model?.tensors ?? [])
    .filter(({ runnable }) => runnable)
    .map(({ name, shape: [k, m] }) => ({ kind: KINDS.tensor, name, hint: PALETTE_TEXT.size(m, k), act: () => configure({ tensor: name, k, m }) }));
}

function events({ reader, pe }: LabState): Entry[] {
  if (reader === null) return [];
  return eventsOf(reader, pe).map((event) => ({
    kind: KINDS.event,
    name: eventText(event),
    hint: PALETTE_TEXT.at(event.cycle, event.pe < 0 ? null : peName(event.pe, reader.trace.width)),
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
