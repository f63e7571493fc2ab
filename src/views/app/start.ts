/** Joins stores, actions and the page's clock; the page itself is App.tsx. Called once by main.tsx. */
import { withAhead } from '../../analysis/ahead.ts';
import { landmarks } from '../../analysis/lockstep.ts';
import { nextBoundary } from '../../analysis/phases.ts';
import { type Actions, createActions } from '../../store/actions.ts';
import { followAddress, linkOf, paced, replaceLink } from '../../store/address.ts';
import { advancePair, compare, compareLinkOf, pairJumper, type SideId } from '../../store/compare.ts';
import { type CompareActions, createCompareActions } from '../../store/compare-actions.ts';
import { encodeCompare } from '../../store/compare-url.ts';
import type { Deps } from '../../store/deps.ts';
import { takeDropped } from '../../store/dropped.ts';
import { type Embed, parseEmbed } from '../../store/embed.ts';
import { lab } from '../../store/lab.ts';
import { learn, loadLessons, saveLessons } from '../../store/lessons.ts';
import { createLessonActions, type LessonActions } from '../../store/lessons-actions.ts';
import { followMoment } from '../../store/moment.ts';
import { DAMAGED, isPacked, unpackHash } from '../../store/packed.ts';
import { passMessages } from '../../store/passing.ts';
import { followValues } from '../../store/pe-values.ts';
import { type KeyValue, type LastRun, load, loadLast, save } from '../../store/persist.ts';
import { advance, jumper } from '../../store/playback.ts';
import { remoteOf } from '../../store/remote.ts';
import { baseOf, routeOf } from '../../store/routes.ts';
import { shownRun } from '../../store/shown.ts';
import { sweep } from '../../store/sweep.ts';
import { createSweepActions, type SweepActions, type SweepDeps } from '../../store/sweep-actions.ts';
import { whole } from '../../store/whole.ts';
import { createWholeActions, type WholeActions, type WholeDeps } from '../../store/whole-actions.ts';
import { siteOf } from '../../trace/pe-site.ts';
import { TraceReader } from '../../trace/reader.ts';
import { eventsOf } from '../derived.ts';
import { onFrame } from '../raf.ts';
import { ADDRESS } from './address.ts';
import { hashOf } from './hash.ts';

interface Given {
  readonly client: Deps['client'];
  readonly models: WholeDeps['models'];
  readonly lessons: Parameters<typeof createLessonActions>[0]['lessons'];
  readonly createPool: SweepDeps['createPool'];
  /** A worker for each of two runs that are compared; started when they are. */
  readonly pair: Readonly<Record<SideId, Deps['client']>>;
  readonly storage: KeyValue;
  readonly demoUrl: string;
  readonly readTopology: Deps['readTopology'];
  readonly exportRun: Deps['exportRun'];
}

/** What the page is made of, beside its views. */
export interface Page {
  readonly actions: Actions;
  /** What a page around this one asks for; null for the page itself. */
  readonly embed: Embed | null;
  /** What the model page does. */
  readonly wholeActions: WholeActions;
  readonly sweepActions: SweepActions;
  readonly lessonActions: LessonActions;
  /** The Lab comes on screen: shows the link's run, or goes on with its last. Returns what to do when it leaves. */
  enterLab(): () => void;
  /** The gallery comes on screen; gives the run that was on screen last. */
  enterGallery(): LastRun | null;
  readonly compareActions: CompareActions;
  /** The compare page comes on screen: shows the link's runs. Returns what to do when it leaves. */
  enterCompare(): () => void;
}

/** A page inside another leaves what its visitor has kept on the page itself alone. */
const NOTHING_KEPT: KeyValue = { getItem: () => null, setItem: () => {} };

/** One core is the page's own. */
const coresToSpare = (): number => Math.max(1, Math.min(16, navigator.hardwareConcurrency - 1));

/** The router hears of it as of every change of the address. */
const showCompare = (): void => history.pushState(null, '', `${baseOf(location.pathname)}/compare/`);

/** Cycles around which playing slows down. */
function slowPlaces(): readonly number[] {
  const { reader, pe, slowAround } = lab.getState();
  return reader === null || slowAround === 0 ? [] : eventsOf(reader, pe).map((e) => e.cycle);
}

/** Runs the playback clock only while something plays. With reduced motion it jumps from phase to phase instead. */
function followPlayback(): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const jump = jumper(lab, (cycle, direction) => {
    const { reader, pe } = lab.getState();
    return reader === null ? cycle : nextBoundary(reader, pe ?? 0, cycle, direction);
  });
  let stop: (() => void) | null = null;
  lab.subscribe((state) => {
    if (state.playing && stop === null) {
      stop = onFrame((ms) => void (calm.matches ? jump(ms) : advance(lab, ms, slowPlaces())));
    } else if (!state.playing && stop !== null) {
      stop();
      stop = null;
    }
  });
}

/**
 * Makes a packed link in the address bar the readable one, before anything reads it: now, and whenever another is opened. Must be
 * called before anything else listens for changes of the hash.
 */
export async function expandPacked(): Promise<void> {
  const expand = async (hash: string): Promise<void> => {
    const readable = await unpackHash(hash).catch(() => DAMAGED);
    ADDRESS.replace(readable);
  };
  addEventListener('hashchange', (event) => {
    const hash = hashOf(event);
    if (!isPacked(hash)) return;
    event.stopImmediatePropagation();
    void expand(hash).then(() => dispatchEvent(new HashChangeEvent('hashchange')));
  });
  if (isPacked(location.hash)) await expand(location.hash);
}

/** A link of the time when the Lab was at the start goes on to the Lab. Returns whether there was one. */
export function forwardOldLink(): boolean {
  const { pathname, search, hash } = location;
  if (routeOf(pathname) !== null || !/^#(1\.|(.*&)?(v|model|scenario|url)=)/.test(hash)) return false;
  history.replaceState(null, '', `${baseOf(pathname)}/lab/${search}${hash}`);
  return true;
}

/** Restores what was kept; each route starts what it needs when it comes on screen. */
export function start({ client, models, lessons, createPool, pair, storage: own, demoUrl, readTopology, exportRun }: Given): Page {
  const embed = parseEmbed(location.search);
  const storage = embed === null ? own : NOTHING_KEPT;
  const makeReader: Deps['makeReader'] = (program, trace, ahead) => {
    const reader = new TraceReader(program, trace, ahead?.tables);
    return ahead ? withAhead(reader, ahead) : reader;
  };
  const actions = createActions({ lab, client, makeReader, demoUrl, readTopology, showCompare, exportRun });
  const compareActions = createCompareActions({ clients: pair, makeReader, landmarks, demoUrl });
  lab.setState(load(storage));
  if (embed?.theme) lab.setState({ theme: embed.theme });
  lab.subscribe((state, before) => {
    if (state.theme !== before.theme) save(storage, state);
  });
  learn.setState({ kept: loadLessons(storage) });
  learn.subscribe((state, before) => {
    if (state.kept !== before.kept) saveLessons(storage, state);
  });
  followMoment(lab, client, siteOf);
  followValues(lab, client);
  followPlayback();
  passMessages(lab);
  passMessages(compare);
  return {
    actions,
    embed,
    wholeActions: createWholeActions({ whole, models, demoUrl }),
    sweepActions: createSweepActions({ sweep, createPool, cores: coresToSpare(), demoUrl }),
    lessonActions: createLessonActions({ learn, lessons }),
    compareActions,
    enterLab: () => enterLab(actions, storage),
    enterGallery: () => loadLast(storage),
    enterCompare: () => enterCompare(compareActions),
  };
}

function enterLab(actions: Actions, storage: KeyValue): () => void {
  const open = (event?: HashChangeEvent): void => {
    const hash = hashOf(event);
    const remote = remoteOf(hash);
    if (remote === null) return void actions.open(hash, lab.getState().config);
    const opened = actions.open('', lab.getState().config);
    if (typeof remote === 'string') void opened.then(() => actions.say(remote));
    else lab.setState({ remote });
  };
  const dropped = takeDropped('lab');
  const hasRun = shownRun(lab.getState()) !== null && location.hash === '';
  if (dropped !== null) void actions.openFile(dropped);
  else if (hasRun) ADDRESS.replace(linkOf(lab.getState()));
  else open();
  const unfollow = followAddress(lab, ADDRESS, storage);
  // Only a link typed or opened by hand fires this; what the page writes itself does not.
  addEventListener('hashchange', open);
  return () => {
    unfollow();
    removeEventListener('hashchange', open);
    lab.setState({ playing: false });
  };
}

function enterCompare(actions: CompareActions): () => void {
  const open = (event?: HashChangeEvent): void => actions.open(hashOf(event), lab.getState().config);
  const waiting = location.hash === '' ? compare.getState().waiting : null;
  const hasRuns = waiting === null && compare.getState().a.reader !== null && location.hash === '';
  if (waiting !== null) actions.open(waiting, lab.getState().config);
  else if (!hasRuns) open();
  compare.setState({ waiting: null });
  const writer = paced(ADDRESS, () => replaceLink(ADDRESS, encodeCompare(compareLinkOf(compare.getState()))));
  if (hasRuns) writer.soon();
  const stops = [compare.subscribe(writer.soon), followPair(), writer.stop];
  addEventListener('hashchange', open);
  return () => {
    for (const stop of stops) stop();
    removeEventListener('hashchange', open);
    compare.setState({ playing: false });
  };
}

/** The clock of two runs; with reduced motion it jumps. */
function followPair(): () => void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  let stop: (() => void) | null = null;
  const end = (): void => {
    stop?.();
    stop = null;
  };
  const unsubscribe = compare.subscribe(({ playing }) => {
    if (!playing) end();
    else if (stop === null) {
      const jump = pairJumper();
      stop = onFrame((ms) => (calm.matches ? jump(ms) : advancePair(ms)));
    }
  });
  return () => {
    unsubscribe();
    end();
  };
}
