/** A PE of both runs in words: the selected one above the fabrics, the one under the pointer beside it. */
import { useStore } from 'zustand';
import { describePe, stateName } from '../../analysis/describe.ts';
import { ONLY_A, pairGrid, peUnder } from '../../analysis/pair-map.ts';
import { PORT_NAMES } from '../../machine/fabric.ts';
import { compare, cycleIn, SIDES, type SideId, type Spot } from '../../store/compare.ts';
import type { CompareLayer } from '../../store/compare-url.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { beside } from '../fabric/beside.ts';
import { differenceText, magnitudeText } from '../fabric/layer.ts';
import { LAYER_NAMES } from '../strings.ts';
import { useCompare } from './context.ts';
import type { PairPainter, PaneId } from './painter.ts';
import { subtracted } from './pair-values.ts';
import { peOf } from './spot.ts';
import { COMPARE_TEXT } from './strings.ts';
import { pairView, type SpotNumbers } from './view.ts';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The layer's numbers of a PE in both runs with their unit, and what lies between them, link by link where it is of links. */
function numbersOf({ a, b, upTo, difference, links }: SpotNumbers, layer: CompareLayer): Readonly<Record<SideId | 'difference', string>> {
  const of = subtracted(layer);
  const own = (value: number, last: number | null): string => (value < 0 || (last !== null && value > last) ? COMPARE_TEXT.noNumber : magnitudeText(of, value));
  const text = (delta: number): string => {
    if (Number.isFinite(delta)) return differenceText(of, delta);
    return Number.isNaN(delta) ? COMPARE_TEXT.noValue.neither : delta === ONLY_A ? COMPARE_TEXT.noValue.onlyA : COMPARE_TEXT.noValue.onlyB;
  };
  const byLink = links?.flatMap((delta, port) => (Number.isFinite(delta) && delta !== 0 ? [COMPARE_TEXT.ofLink(PORT_NAMES[port], text(delta))] : [])) ?? [];
  return { a: own(a, upTo.a), b: own(b, upTo.b), difference: byLink.length === 0 ? text(difference) : byLink.join(', ') };
}

/** What the PE of a run under a cell does; with its name where it lies elsewhere. */
function wordsOf(reader: TraceReader, pe: number, { x, y }: Spot, cycle: number): string {
  const [name, ...rest] = describePe(reader, pe, cycle).split(': ');
  const isElsewhere = pe % reader.trace.width !== x || Math.floor(pe / reader.trace.width) !== y;
  return isElsewhere ? [name, ...rest].join(': ') : rest.join(': ');
}

/** The selected PE of both runs in words; with the focus, arrows choose another. */
export function SelectedPe() {
  const spot = useCompare((s) => s.spot);
  const a = useCompare((s) => s.a.reader);
  const b = useCompare((s) => s.b.reader);
  const layer = useCompare((s) => s.layer);
  const cycleA = useCompare((s) => (s.playing ? -1 : Math.floor(cycleIn(s, 'a'))));
  const cycleB = useCompare((s) => (s.playing ? -1 : Math.floor(cycleIn(s, 'b'))));
  const numbers = useStore(pairView, (s) => s.spot);
  if (a === null || b === null) return null;
  const grid = pairGrid(a, b);
  const { x, y } = spot ?? { x: 0, y: 0 };
  const words = (reader: TraceReader, cycle: number): string =>
    wordsOf(reader, peUnder(reader, grid, Math.min(x, grid.width - 1), Math.min(y, grid.height - 1)), { x, y }, cycle);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = ARROWS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next: Spot = { x: Math.min(grid.width - 1, Math.max(0, x + step[0])), y: Math.min(grid.height - 1, Math.max(0, y + step[1])) };
    compare.setState({ spot: next });
  };
  const text = cycleA < 0 ? COMPARE_TEXT.playing : COMPARE_TEXT.bothPes(words(a, cycleA), words(b, cycleB));
  const told = cycleA < 0 || numbers === null ? '' : COMPARE_TEXT.numbers(LAYER_NAMES[subtracted(layer)], numbersOf(numbers, layer));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot stand for PEs that are not in it
    <div role="grid" className="selected-pe t12" aria-label={COMPARE_TEXT.grid(grid.width, grid.height)} aria-rowcount={grid.height} aria-colcount={grid.width}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its cell takes the focus */}
      <div role="row" aria-rowindex={y + 1}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="gridcell" tabIndex={0} aria-colindex={x + 1} aria-selected={spot !== null} onKeyDown={onKeyDown} title={COMPARE_TEXT.arrows}>
          <b>
            PE {x},{y}
          </b>{' '}
          {told} <span className="t2">{text}</span>
        </div>
      </div>
    </div>
  );
}

/** Space the words beside the pointer need, px. */
const ROOM = { width: 240, height: 80 };

/** The PE under the pointer in a pane: its numbers in both runs, their unit, and what each does. The line above says the same of a selected PE. */
export function PairTip({ id, painter }: { id: PaneId; painter: PairPainter }) {
  const hover = useCompare((s) => s.hover);
  const layer = useCompare((s) => s.layer);
  const numbers = useStore(pairView, (s) => s.hover);
  const place = hover && painter.placeOf(id, hover);
  if (hover === null || numbers === null || !place) return null;
  const state = compare.getState();
  const told = numbersOf(numbers, layer);
  const doing = (side: SideId): string => {
    const [pe, { reader }] = [peOf(state, side, hover), state[side]];
    return reader === null || pe === null ? '' : stateName(reader.stateOf(pe, Math.floor(cycleIn(state, side))));
  };
  return (
    <div className="fab-tip" aria-hidden="true" style={beside(place, ROOM)}>
      <b>
        PE {hover.x},{hover.y}
      </b>{' '}
      <span className="t3">{LAYER_NAMES[subtracted(layer)]}</span>
      {SIDES.map((side) => (
        <div key={side}>
          {side.toUpperCase()} {told[side]} <span className="t3">{doing(side)}</span>
        </div>
      ))}
      {COMPARE_TEXT.minus} {told.difference}
    </div>
  );
}
