/** What the run should cost and why: terms of the closed form and the bound, prices on every machine, the kernel's own numbers. */
import { type Price, priceTotal } from '../../machine/price.ts';
import type { TimedRun } from '../../store/types.ts';
import { Define, Explain } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { grouped, real, signed } from '../format.ts';
import { DOCK_TEXT } from './strings.ts';

function Terms({ result }: { result: TimedRun }) {
  const { closedForm, lowerBound } = result.estimate;
  const terms = closedForm.terms.filter((t) => t.cycles !== 0);
  return (
    <table className="t">
      <caption>
        <span className="term">
          {DOCK_TEXT.estimate.terms}
          <Define term="closedForm" />
        </span>
      </caption>
      <thead>
        <tr>
          <th>{DOCK_TEXT.estimate.term}</th>
          <th className="num">{DOCK_TEXT.estimate.cycles}</th>
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
          <th scope="row">{DOCK_TEXT.estimate.closedForm}</th>
          <td className="num">
            <b>{grouped(closedForm.cycles)}</b> <span className="t3">{signed(closedForm.cycles - result.metrics.cycles)}</span>
          </td>
        </tr>
        {(['issue', 'link', 'path'] as const).map((name) => (
          <tr key={name}>
            <th scope="row">{DOCK_TEXT.estimate.bound[name]}</th>
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
        <span className="term">
          {DOCK_TEXT.estimate.prices}
          <Explain name={DOCK_TEXT.estimate.price} text={DOCK_TEXT.estimate.priceMeaning} />
        </span>
      </caption>
      <thead>
        <tr>
          <th>{DOCK_TEXT.estimate.machine}</th>
          <th>{DOCK_TEXT.estimate.program}</th>
          <th className="num">{DOCK_TEXT.estimate.elements}</th>
          <th className="num">{DOCK_TEXT.estimate.setup}</th>
          <th className="num">{DOCK_TEXT.estimate.scalar}</th>
          <th className="num">{DOCK_TEXT.estimate.sum}</th>
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
              <td className="t2">{DOCK_TEXT.estimate.programs[program]}</td>
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
      <caption>{DOCK_TEXT.estimate.of(kernel)}</caption>
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
    <ScrollRegion label={DOCK_TEXT.estimate.label}>
      <div className="columns">
        <Terms result={result} />
        <Prices result={result} />
        <Facts result={result} />
      </div>
    </ScrollRegion>
  );
}
