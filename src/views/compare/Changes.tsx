/** What changes from A to B: metrics with their definitions, by how much; small changes can be hidden. */
import { useMemo } from 'react';
import { isBeyond, type Sort, sortChanges } from '../../analysis/compare.ts';
import { compare } from '../../store/compare.ts';
import { THRESHOLDS } from '../../store/compare-url.ts';
import { copyText } from '../app/copy.ts';
import { Select } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { percent } from '../format.ts';
import { SaveMenu } from '../picture/SavePicture.tsx';
import { TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { useCompare, useCompareActions } from './context.ts';
import { cellsOf, changesData, changesOf, type EndedRun, factsOf, markdownTable, nameOf } from './numbers.ts';
import { COMPARE_TEXT, SORT_NAMES } from './strings.ts';
import { Tag } from './Tag.tsx';

/** Units that go without saying: cycles are what most rows are, shares carry their sign. */
const UNIT_IN_NAME: ReadonlySet<string> = new Set(['', 'share', 'cycles', 'PE-cycles', 'wavelets', 'results']);

function useRows(a: EndedRun, b: EndedRun) {
  const threshold = useCompare((s) => s.threshold);
  const sort = useCompare((s) => s.sort);
  const changes = useMemo(() => changesOf(a, b), [a, b]);
  const facts = [...factsOf(a), ...factsOf(b)];
  const shown = sortChanges(changes, sort as Sort).filter((change) => change.difference === null || isBeyond(change, threshold));
  const rows = shown.map((change) => {
    const named = nameOf(change.metric, facts);
    return { metric: change.metric, ...named, cells: cellsOf(change, named.unit) };
  });
  return { rows, hidden: changes.length - shown.length };
}

function Tools({ hidden, copy, data }: { hidden: number; copy: () => void; data: () => readonly ChartData[] }) {
  const { say } = useCompareActions();
  const threshold = useCompare((s) => s.threshold);
  const sort = useCompare((s) => s.sort);
  return (
    <header className="ph changes-head">
      <h2>{COMPARE_TEXT.changes}</h2>
      <span className="sp" />
      {hidden > 0 && <span className="t11 t3">{COMPARE_TEXT.hidden(hidden, percent(threshold, 0))}</span>}
      <Select label={COMPARE_TEXT.threshold} ghost value={String(threshold)} onChange={(value) => compare.setState({ threshold: Number(value) })}>
        {THRESHOLDS.map((t) => (
          <option key={t} value={t}>
            {t === 0 ? COMPARE_TEXT.everyChange : COMPARE_TEXT.over(percent(t, 0))}
          </option>
        ))}
      </Select>
      <Select label={COMPARE_TEXT.sort} ghost value={sort} onChange={(value) => compare.setState({ sort: value as typeof sort })}>
        {SORT_NAMES.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <button type="button" className="btn s" onClick={copy}>
        {COMPARE_TEXT.copy}
      </button>
      <SaveMenu of={COMPARE_TEXT.changes} stem="weft-compare" pictures={[]} data={data} say={say} />
    </header>
  );
}

export function Changes({ a, b }: { a: EndedRun; b: EndedRun }) {
  const { say } = useCompareActions();
  const { rows, hidden } = useRows(a, b);
  const copy = async (): Promise<void> => {
    const head = [COMPARE_TEXT.metric, COMPARE_TEXT.runA(a.name), COMPARE_TEXT.runB(b.name), COMPARE_TEXT.minus, COMPARE_TEXT.ofA];
    const text = markdownTable(
      head,
      rows.map(({ name, unit, cells }) => [unit === '' || unit === 'share' ? name : `${name} (${unit})`, ...cells]),
    );
    if (await copyText(text)) say(COMPARE_TEXT.copied);
  };
  return (
    <section className="changes" aria-label={COMPARE_TEXT.changes}>
      <Tools hidden={hidden} copy={() => void copy()} data={() => [changesData(a, b)]} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="changes-scroll" tabIndex={0} aria-label={COMPARE_TEXT.table}>
        <table className="t">
          <thead>
            <tr>
              <th scope="col">{COMPARE_TEXT.metric}</th>
              <th scope="col" className="num">
                <Tag id="a" />
              </th>
              <th scope="col" className="num">
                <Tag id="b" />
              </th>
              <th scope="col" className="num">
                {COMPARE_TEXT.minus}
              </th>
              <th scope="col" className="num">
                {COMPARE_TEXT.ofA}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ metric, name, unit, meaning, cells }) => (
              <tr key={metric} data-metric={metric}>
                <th scope="row">
                  <span className="term">
                    {name}
                    {!UNIT_IN_NAME.has(unit) && <span className="t3">{unit}</span>}
                    {meaning !== '' && <Explain name={name} text={meaning} more={unit === '' ? undefined : COMPARE_TEXT.unitOf(unit)} />}
                  </span>
                </th>
                {cells.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
                  <td key={i} className={`num${i === 2 ? ' b5' : i === 3 ? ' t3' : ''}`}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {[a, b].some(({ run }) => 'window' in run) && <p className="t11 t3 changes-note">{TEXT.programWindow}</p>}
      </section>
    </section>
  );
}
