/** The user's marks: go to one, name it, take it away. They are in the link, the names only in this browser. */
import { lab } from '../../store/lab.ts';
import { goToMark, nameMark, removeMark, toggleMark } from '../../store/marks.ts';
import type { Mark } from '../../store/types.ts';
import { grouped } from '../format.ts';
import { useCycle, useLab } from '../hooks.ts';

const placeOf = ({ at }: Mark): string => (at === null ? '' : `PE ${at.x},${at.y}`);

function Row({ mark, now }: { mark: Mark; now: boolean }) {
  const cycle = grouped(mark.cycle);
  return (
    <li className="row">
      <button type="button" className="link" aria-current={now || undefined} onClick={() => goToMark(lab, mark)}>
        cycle {cycle}
      </button>
      <span className="t3 t12">{placeOf(mark)}</span>
      {mark.digit !== undefined && <kbd>{mark.digit}</kbd>}
      <input
        className="inp"
        type="text"
        aria-label={`Name of the mark at cycle ${cycle}`}
        placeholder="Name"
        maxLength={60}
        value={mark.name}
        onChange={(event) => nameMark(lab, mark, event.target.value)}
      />
      <button type="button" className="btn s" aria-label={`Remove the mark at cycle ${cycle}`} onClick={() => removeMark(lab, mark)}>
        Remove
      </button>
    </li>
  );
}

export function Marks() {
  const marks = useLab((s) => s.marks);
  const cycle = useCycle();
  const marked = marks.some((m) => m.cycle === cycle);
  return (
    <section className="marks" aria-label="Marks">
      <p className="t12 row">
        {marks.length === 0 ? 'No cycle is marked yet.' : 'Marks'}
        <button type="button" className="btn s" title="M" onClick={() => toggleMark(lab)}>
          {marked ? 'Take this mark away' : `Mark cycle ${grouped(cycle)}`}
        </button>
      </p>
      <ul>
        {marks.map((mark) => (
          <Row key={`${mark.cycle} ${placeOf(mark)}`} mark={mark} now={mark.cycle === cycle} />
        ))}
      </ul>
    </section>
  );
}
