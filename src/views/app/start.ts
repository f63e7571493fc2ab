/** Joins stores, actions and the page's clock; the page itself is App.tsx. Called once by main.tsx. */
import { nextBoundary } from '../../analysis/phases.ts';
import { type Actions, createActions, type Deps } from '../../store/actions.ts';
import { type Address, followAddress, linkOf } from '../../store/address.ts';
import { takeDropped } from '../../store/dropped.ts';
import { lab } from '../../store/lab.ts';
import { followMoment } from '../../store/moment.ts';
import { type KeyValue, type LastRun, load, loadLast, save } from '../../store/persist.ts';
import { advance, jumper } from '../../store/playback.ts';
import { baseOf, routeOf } from '../../store/routes.ts';
import { shownRun } from '../../store/shown.ts';
import { whole } from '../../store/whole.ts';
import { createWholeActions, type WholeActions, type WholeDeps } from '../../store/whole-actions.ts';
import { TraceReader } from '../../trace/reader.ts';
import { onFrame } from '../raf.ts';

interface Given {
  readonly client: Deps['client'];
  readonly models: WholeDeps['models'];
  readonly storage: KeyValue;
  readonly demoUrl: string;
  readonly exportRun: Deps['exportRun'];
}

/** What the page is made of, beside its views. */
export interface Page {
  readonly actions: Actions;
  /** What the model page does. */
  readonly wholeActions: WholeActions;
  /** The Lab comes on screen: shows the link's run, or goes on with its last. Returns what to do when it leaves. */
  enterLab(): () => void;
  /** The gallery comes on screen; gives the run that was on screen last. */
  enterGallery(): LastRun | null;
}

/** Routes have a base element, which a bare #hash would be taken relative to. */
const addressed = (hash: string): string => `${location.pathname}${location.search}#${hash}`;

const ADDRESS: Address = {
  read: () => location.hash,
  replace: (hash) => history.replaceState(null, '', addressed(hash)),
  push: (hash) => history.pushState(null, '', addressed(hash)),
};

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
      stop = onFrame((ms) => void (calm.matches ? jump(ms) : advance(lab, ms)));
    } else if (!state.playing && stop !== null) {
      stop();
      stop = null;
    }
  });
}

/** A link of the time when the Lab was at the start goes on to the Lab. Returns whether there was one. */
export function forwardOldLink(): boolean {
  const { pathname, search, hash } = location;
  if (routeOf(pathname) !== null || !/^#(.*&)?(v|model|scenario)=/.test(hash)) return false;
  history.replaceState(null, '', `${baseOf(pathname)}/lab/${search}${hash}`);
  return true;
}

/** Restores what was kept; each route starts what it needs when it comes on screen. */
export function start({ client, models, storage, demoUrl, exportRun }: Given): Page {
  const actions = createActions({ lab, client, makeReader: (program, trace) => new TraceReader(program, trace), demoUrl, exportRun });
  lab.setState(load(storage));
  lab.subscribe((state, before) => {
    if (state.theme !== before.theme) save(storage, state);
  });
  followMoment(lab, client);
  followPlayback();
  return {
    actions,
    wholeActions: createWholeActions({ whole, models, demoUrl }),
    enterLab: () => enterLab(actions, storage),
    enterGallery: () => loadLast(storage),
  };
}

function enterLab(actions: Actions, storage: KeyValue): () => void {
  const open = (): void => void actions.open(location.hash, lab.getState().config);
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
