/** The user's marks: cycles and ranges; go to one, name it, take it away. They are in the link, the names only in this browser. */
import { lab } from '../../store/lab.ts';
import { chosenRange, goToMark, nameMark, removeMark, toggleAnchor, toggleMark } from '../../store/marks.ts';
import { wholeCycle } from '../../store/playback.ts';
import type { LabState, Mark } from '../../store/types.ts';
import { useCycle, useLab } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { TEXT } from '../strings.ts';
import { spanText } from '../table/run-data.ts';
import { DOCK_TEXT } from './strings.ts';

const placeOf = ({ at }: Mark): string => (at === null ? '' : `PE ${at.x},${at.y}`);

/** "cycle 120", or "cycles 120 to 340". */
const cyclesOf = ({ cycle, end }: Pick<Mark, 'cycle' | 'end'>): string => (end === undefined ? TEXT.cycle(cycle) : spanText({ from: cycle, to: end }));

/** What M would mark now. */
function markable(state: LabState): Pick<Mark, 'cycle' | 'end'> {
  const range = chosenRange(state);
  return range === null ? { cycle: wholeCycle(state) } : { cycle: range.from, end: range.to };
}

function Row({ mark, now }: { mark: Mark; now: boolean }) {
  const cycle = cyclesOf(mark);
  return (
    <li className="row">
      <button type="button" className="link" aria-current={now || undefined} onClick={() => goToMark(lab, mark)}>
        {cycle}
      </button>
      <span className="t3 t12">
        {mark.end !== undefined && TEXT.cycles(mark.end - mark.cycle)} {placeOf(mark)}
      </span>
      {mark.digit !== undefined && <kbd>{mark.digit}</kbd>}
      <input
        className="inp"
        type="text"
        aria-label={DOCK_TEXT.marks.nameOf(cycle)}
        placeholder={DOCK_TEXT.marks.name}
        maxLength={60}
        value={mark.name}
        onChange={(event) => nameMark(lab, mark, event.target.value)}
      />
      <button type="button" className="btn s" aria-label={DOCK_TEXT.marks.removeOf(cycle)} onClick={() => removeMark(lab, mark)}>
        {DOCK_TEXT.marks.remove}
      </button>
    </li>
  );
}

export function Marks() {
  const marks = useLab((s) => s.marks);
  const cycle = useCycle();
  const words = useLab((s) => cyclesOf(markable(s)));
  const marked = marks.some((m) => cyclesOf(m) === words);
  const anchored = useLab((s) => s.anchor !== null);
  const box = useKeptFocus<HTMLElement>();
  return (
    <section ref={box} className="marks" aria-label={DOCK_TEXT.marks.label}>
      <p className="t12 row">
        {marks.length === 0 ? TEXT.noMarks : TEXT.marks}
        <button type="button" className="btn s" title="M" onClick={() => toggleMark(lab)}>
          {marked ? TEXT.unmark : TEXT.mark(words)}
        </button>
        <button type="button" className="btn s" title="R" aria-pressed={anchored} onClick={() => toggleAnchor(lab)}>
          {anchored ? TEXT.dropRange : TEXT.beginRange}
        </button>
      </p>
      <ul>
        {marks.map((mark) => (
          <Row key={`${cyclesOf(mark)} ${placeOf(mark)}`} mark={mark} now={mark.cycle === cycle} />
        ))}
      </ul>
    </section>
  );
}
