/** Joins store, actions and the page's clock; the page itself is App.tsx. Called once by main.tsx. */
import { nextBoundary } from '../../analysis/phases.ts';
import { type Actions, createActions, type Deps } from '../../store/actions.ts';
import { type Address, followAddress } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';
import { followMoment } from '../../store/moment.ts';
import { type KeyValue, load } from '../../store/persist.ts';
import { advance, jumper } from '../../store/playback.ts';
import { TraceReader } from '../../trace/reader.ts';
import { onFrame } from '../raf.ts';

interface Page {
  readonly client: Deps['client'];
  readonly storage: KeyValue;
  readonly demoUrl: string;
  readonly exportRun: Deps['exportRun'];
}

const ADDRESS: Address = {
  read: () => location.hash,
  replace: (hash) => history.replaceState(null, '', `#${hash}`),
  push: (hash) => history.pushState(null, '', `#${hash}`),
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

/** Restores what was kept, shows the link, runs it. */
export function start({ client, storage, demoUrl, exportRun }: Page): Actions {
  const actions = createActions({ lab, client, makeReader: (program, trace) => new TraceReader(program, trace), demoUrl, exportRun });
  const kept = load(storage);
  lab.setState(kept);
  followAddress(lab, ADDRESS, storage);
  followMoment(lab, client);
  followPlayback();
  // Only a link typed or opened by hand fires this; what the page writes itself does not.
  addEventListener('hashchange', () => void actions.open(location.hash, lab.getState().config));
  void actions.open(location.hash, kept.config);
  return actions;
}
