/** At most three sentences about the run, each with a way to the place that shows it. */
import { lab } from '../../store/lab.ts';
import { insightsOf } from '../derived.ts';
import { useLab } from '../hooks.ts';
import { VERDICT_TEXT } from './strings.ts';

export function Insights() {
  const result = useLab((s) => s.result);
  const reader = useLab((s) => s.reader);
  if (result === null || reader === null) return null;
  const list = insightsOf(result, reader);
  if (list.length === 0) return null;
  return (
    <section className="sec">
      <h3>{VERDICT_TEXT.insights.name}</h3>
      <ol className="insights">
        {list.map(({ id, text, pe }) => (
          <li key={id}>
            <span>
              {text}{' '}
              {pe !== null && (
                <button type="button" className="link" onClick={() => lab.setState({ pe })}>
                  {VERDICT_TEXT.insights.show}
                </button>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
