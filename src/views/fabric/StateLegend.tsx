/** PEs by state: swatch, name, count, share, in a fixed order so that numbers do not jump. Zero rows stay, in grey. */
import { IDLE_COUNT } from '../../analysis/fabric-frame.ts';
import { grouped, percent } from '../../base/numbers.ts';
import { KIND, KINDS } from '../../trace/schema.ts';
import { StateSwatch } from '../icons.tsx';
import { STATE_NAMES, type StateName, TEXT } from '../strings.ts';
import { LEGEND_KINDS } from '../theme/glyphs.ts';

interface Row {
  readonly name: StateName;
  readonly count: number;
}

/** Waiting for the issue slot is waiting: the fabric shows both alike. */
export function stateRows(counts: readonly number[]): Row[] {
  const rows = LEGEND_KINDS.map((kind): Row => ({ name: KINDS[kind], count: counts[kind] + (kind === KIND.wait ? counts[KIND.slot] : 0) }));
  return [...rows, { name: 'idle', count: counts[IDLE_COUNT] }];
}

export function StateLegend({ counts, pes }: { readonly counts: readonly number[]; readonly pes: number }) {
  return (
    <section className="fab-states">
      <h3>{TEXT.statesNow}</h3>
      <ul>
        {stateRows(counts).map(({ name, count }) => (
          <li key={name} className={count === 0 ? 'zero' : ''}>
            <StateSwatch name={name} />
            <span className="name">{STATE_NAMES[name]}</span>
            <span className="num">{grouped(count)}</span>
            <span className="num share">{percent(count / pes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
