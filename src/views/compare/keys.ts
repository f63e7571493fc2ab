/** The keys of strings.ts KEYS on the compare page: both runs move together. */
import { tinykeys } from 'tinykeys';
import { nextBoundary } from '../../analysis/phases.ts';
import { changePairSpeed, compare, compareLinkOf, cycleOf, rangeOf, SIDES, seekPair, stepPair, togglePair } from '../../store/compare.ts';
import type { CompareActions } from '../../store/compare-actions.ts';
import { COMPARE_LAYERS, COMPARE_VIEWS, encodeCompare } from '../../store/compare-url.ts';
import { lab } from '../../store/lab.ts';
import { ARROWS, always, free, PRESSED, single } from '../app/keymap.ts';
import { saveProject } from '../app/project.ts';
import { copyHash } from '../app/share.ts';
import { TEXT } from '../strings.ts';
import { peOf } from './spot.ts';

/** Side by side, A, B, overlay, difference, and again. */
const nextView = (): void => compare.setState(({ view }) => ({ view: COMPARE_VIEWS[(COMPARE_VIEWS.indexOf(view) + 1) % COMPARE_VIEWS.length] }));

/** The layer after (1) or before (-1) the one shown. */
const nextLayer = (by: 1 | -1): void =>
  compare.setState(({ layer }) => ({ layer: COMPARE_LAYERS[(COMPARE_LAYERS.indexOf(layer) + by + COMPARE_LAYERS.length) % COMPARE_LAYERS.length] }));

/** To the nearest change of what the selected PE does, in either run. */
export function stepPairPhase(direction: 1 | -1): void {
  const state = compare.getState();
  const spot = state.spot ?? { x: 0, y: 0 };
  const places = SIDES.flatMap((id) => {
    const { reader } = state[id];
    const pe = peOf(state, id, spot);
    if (reader === null || pe === null) return [];
    const ahead = cycleOf(state, id) - state.t;
    return [nextBoundary(reader, pe, Math.floor(cycleOf(state, id)), direction) - ahead];
  }).filter((t) => (direction === 1 ? t > Math.floor(state.t) : t < Math.floor(state.t)));
  if (places.length > 0) seekPair(direction === 1 ? Math.min(...places) : Math.max(...places));
}

export const copyPairLink = (say: (message: string) => void): Promise<void> => copyHash(encodeCompare(compareLinkOf(compare.getState())), say);

export function bindPairKeys({ say }: CompareActions, openFile: () => void): () => void {
  return tinykeys(window, {
    Space: free(togglePair, PRESSED),
    c: single(nextView),
    l: single(() => nextLayer(1)),
    'Shift+l': single(() => nextLayer(-1)),
    ArrowLeft: free(() => stepPair(-1), ARROWS),
    ArrowRight: free(() => stepPair(1), ARROWS),
    'Shift+ArrowLeft': free(() => stepPairPhase(-1), ARROWS),
    'Shift+ArrowRight': free(() => stepPairPhase(1), ARROWS),
    Home: free(() => seekPair(rangeOf(compare.getState())[0]), ARROWS),
    End: free(() => seekPair(rangeOf(compare.getState())[1]), ARROWS),
    Escape: () => compare.setState({ hover: null }),
    '[': single(() => changePairSpeed(-1)),
    ']': single(() => changePairSpeed(1)),
    '?': single(() => lab.setState({ help: true })),
    'Shift+?': single(() => lab.setState({ help: true })),
    '$mod+Shift+c': always(() => void copyPairLink(say)),
    '$mod+o': always(openFile),
    '$mod+s': always(() => say(TEXT.saved(saveProject('compare')))),
  });
}
