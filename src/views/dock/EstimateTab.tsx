/** What the run should cost and why: terms of the closed form and the bound, prices on every machine, the kernel's own numbers. */
import { type Price, priceTotal } from '../../machine/price.ts';
import type { TimedRun } from '../../store/types.ts';
import { Define, Explain } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { grouped, real, signed } from '../format.ts';
import { ESTIMATE_TEXT } from './strings.ts';

function Terms({ result }: { result: TimedRun }) {
  const { closedForm, lowerBound } = result.estimate;
  const terms = closedForm.terms.filter((t) => t.cycles !== 0);
  return (
    <table className="t">
      <caption>
        {ESTIMATE_TEXT.terms} <Define term="closedForm" />
      </caption>
      <thead>
        <tr>
          <th>{ESTIMATE_TEXT.term}</th>
          <th className="num">{ESTIMATE_TEXT.cycles}</th>
        </tr>
      </thead>
      <tbody>
        {terms.map((t) => (
          <tr key={t.name}>
            <th scope="row">{t.name}</th>
            <td className="num">{grouped(t.cycles)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{ESTIMATE_TEXT.closedForm}</th>
          <td className="num">
            <b>{grouped(closedForm.cycles)}</b> <span className="t3">{signed(closedForm.cycles - result.metrics.cycles)}</span>
          </td>
        </tr>
        {(['issue', 'link', 'path'] as const).map((name) => (
          <tr key={name}>
            <th scope="row">{ESTIMATE_TEXT.bound[name]}</th>
            <td className="num">{grouped(lowerBound[name])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PriceCells({ price }: { price: Price }) {
  return [price.element, price.setup, price.scalar, priceTotal(price)].map((cycles, i) => (
    // The four columns are fixed.
    <td key={['element', 'setup', 'scalar', 'sum'][i]} className="num">
      {i === 3 ? <b>{grouped(cycles)}</b> : grouped(cycles)}
    </td>
  ));
}

function Prices({ result }: { result: TimedRun }) {
  return (
    <table className="t">
      <caption>
        {ESTIMATE_TEXT.prices}
        <Explain name={ESTIMATE_TEXT.price} text={ESTIMATE_TEXT.priceMeaning} />
      </caption>
      <thead>
        <tr>
          <th>{ESTIMATE_TEXT.machine}</th>
          <th>{ESTIMATE_TEXT.program}</th>
          <th className="num">{ESTIMATE_TEXT.elements}</th>
          <th className="num">{ESTIMATE_TEXT.setup}</th>
          <th className="num">{ESTIMATE_TEXT.scalar}</th>
          <th className="num">{ESTIMATE_TEXT.sum}</th>
        </tr>
      </thead>
      <tbody>
        {result.prices.flatMap(({ machine, name, price }) =>
          (['dequantise', 'dot'] as const).map((program) => (
            <tr key={`${machine} ${program}`} className={machine === result.plan.machine.id ? 'on' : ''}>
              {program === 'dequantise' && (
                <th scope="rowgroup" rowSpan={2}>
                  {name}
                </th>
              )}
              <td className="t2">{ESTIMATE_TEXT.programs[program]}</td>
              <PriceCells price={price[program]} />
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

function Facts({ result }: { result: TimedRun }) {
  const { facts = [], kernel } = result.plan;
  if (facts.length === 0) return null;
  return (
    <table className="t">
      <caption>{ESTIMATE_TEXT.of(kernel)}</caption>
      <tbody>
        {facts.map(({ name, value, unit, meaning }) => (
          <tr key={name}>
            <th scope="row">
              <span className="term">
                {name}
                <Explain name={name} text={meaning} />
              </span>
            </th>
            <td className="num">
              {Number.isInteger(value) ? grouped(value) : real(value, 3)} <span className="t3">{unit}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function EstimateTab({ result }: { result: TimedRun }) {
  return (
    <ScrollRegion label={ESTIMATE_TEXT.label}>
      <div className="columns">
        <Terms result={result} />
        <Prices result={result} />
        <Facts result={result} />
      </div>
    </ScrollRegion>
  );
}
