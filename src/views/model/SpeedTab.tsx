/** How fast a whole model is: the four numbers, what others say, where the cycles go, what was simulated and what was not. */
import { type ModelEstimate, type PhaseEstimate, type StageRow, whole } from '../../store/whole.ts';
import { Segments } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { WideTable } from '../controls/WideTable.tsx';
import { bytes, clock, count, duration, factor, grouped, percent, prefixed, real, signed } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { Answer } from './Answer.tsx';
import { Beside } from './Beside.tsx';
import { useWhole } from './context.ts';

const rate = (value: number): string => (value >= 1000 ? grouped(Math.round(value)) : real(value, 3));

function Headline({ e }: { e: ModelEstimate }) {
  const joules = e.energyPerToken === null ? 'not known' : `${real(e.energyPerToken, 3)} J`;
  const cells = [
    {
      name: 'Decode',
      value: `${rate(e.decodeTokensPerSecond)} tokens/s`,
      text: `One token more for each of ${count(e.batch, 'sequence')}, ${grouped(e.context)} tokens in the cache. ${e.decode.schedule}, ${e.decode.weights} weights.`,
    },
    { name: 'Prefill', value: `${rate(e.prefillTokensPerSecond)} tokens/s`, text: `${grouped(e.prompt)} tokens of a prompt together.` },
    { name: 'First token', value: duration(1e6 * e.timeToFirstToken), text: 'From the prompt to the first new token.' },
    { name: 'Energy a token', value: joules, text: e.energy.source },
    { name: 'At most, one row a PE', value: `${rate(e.bound.tokensPerSecond)} tokens/s`, text: e.bound.meaning },
  ];
  return (
    <dl className="cells wide">
      {cells.map(({ name, value, text }) => (
        <div key={name}>
          <dt className="term">
            {name}
            <Explain name={name} text={text} />
          </dt>
          <dd className="big">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function StageLine({ row, clockHz }: { row: StageRow; clockHz: number }) {
  const { name, meaning, per, times, cycles, allCycles, share, boundBy, lowerBound, pes, product } = row;
  return (
    <tr>
      <th scope="row">
        <span className="term">
          {name}
          <Explain name={name} text={meaning} />
        </span>
      </th>
      <td>
        {product
          ? `${product.kernel}${product.panels > 1 ? `, ${product.panels} panels` : ''} ${grouped(product.panel.width)} × ${grouped(product.panel.height)}`
          : ''}
      </td>
      <td className="num">{grouped(pes)}</td>
      <td className="num">{product ? grouped(product.rowsPerPe) : ''}</td>
      <td className="num">
        {grouped(Math.round(cycles))} <span className="t3">{lowerBound > 0 ? factor(cycles / lowerBound) : ''}</span>
      </td>
      <td className="num">
        {grouped(times)} <span className="t3">a {per === 'layer' ? 'token, in layers' : 'token'}</span>
      </td>
      <td className="num b5">{duration((1e6 * allCycles) / clockHz)}</td>
      <td className="share-cell">
        <span className="share" style={{ width: `${100 * share}%` }} />
        <span>{percent(share)}</span>
      </td>
      <td>{boundBy}</td>
    </tr>
  );
}

function Stages({ e, phase }: { e: ModelEstimate; phase: PhaseEstimate }) {
  return (
    <WideTable label="Stages">
      <table className="t stages">
        <thead>
          <tr>
            <th>stage</th>
            <th>placed</th>
            <th className="num">PEs</th>
            <th className="num">rows a PE</th>
            <th className="num">cycles × bound</th>
            <th className="num">times</th>
            <th className="num">time</th>
            <th>share</th>
            <th>bound by</th>
          </tr>
        </thead>
        <tbody>
          {phase.stages.map((row) => (
            <StageLine key={row.id} row={row} clockHz={e.clock} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td colSpan={5} className="num">
              {grouped(Math.round(phase.cycles))} cycles
            </td>
            <td className="num b6">{duration(1e6 * phase.seconds)}</td>
            <td colSpan={2} />
          </tr>
        </tfoot>
      </table>
    </WideTable>
  );
}

const STAGES = 'Where the cycles go';

/** The stages as numbers. */
const stagesData = (e: ModelEstimate, phase: PhaseEstimate): ChartData => ({
  title: STAGES,
  columns: [
    { name: 'Stage', key: 'stage' },
    { name: 'PEs', key: 'pes' },
    { name: 'Rows a PE', key: 'rows_per_pe' },
    { name: 'Cycles', key: 'cycles' },
    { name: 'Lower bound', key: 'lower_bound_cycles' },
    { name: 'Times', key: 'times' },
    { name: 'Per', key: 'per' },
    { name: 'All cycles', key: 'all_cycles' },
    { name: 'Seconds', key: 'seconds' },
    { name: 'Share', key: 'share' },
    { name: 'Bound by', key: 'bound_by' },
  ],
  rows: phase.stages.map((s) => [
    ...[s.name, s.pes, s.product?.rowsPerPe ?? null, s.cycles, s.lowerBound, s.times, s.per],
    ...[s.allCycles, s.allCycles / e.clock, s.share, s.boundBy],
  ]),
});

function Phases({ e }: { e: ModelEstimate }) {
  const which = useWhole((s) => s.phase);
  const phase = e[which];
  return (
    <section>
      <div className="row wrap">
        <h3>{STAGES}</h3>
        <Segments
          label="Phase"
          value={which}
          options={[
            { id: 'decode', name: `Decode of ${count(e.decode.tokens, 'token')}` },
            { id: 'prefill', name: `Prefill of ${count(e.prefill.tokens, 'token')}` },
          ]}
          onChange={(phase) => whole.setState({ phase })}
        />
        <span className="t11 t3">
          {phase.schedule}, {phase.mapping}, weights {phase.weights}, on {grouped(phase.rectangle.width)} × {grouped(phase.rectangle.height)} PEs
        </span>
        <span className="sp" />
        <SaveMenu of={STAGES} stem="weft-stages" pictures={[chartsOf('#stages', 'weft-stages', STAGES)]} data={() => [stagesData(e, phase)]} />
      </div>
      <div id="stages" data-picture="words">
        <Stages e={e} phase={phase} />
      </div>
    </section>
  );
}

function Alternatives({ e }: { e: ModelEstimate }) {
  return (
    <section>
      <h3>
        Looked at <span className="t11 t3">{`${grouped(e.searched.candidates)} places, ${grouped(e.searched.pruned)} left out by their bound`}</span>
      </h3>
      <table className="t">
        <tbody>
          {e.alternatives.map(({ name, fits, tokensPerSecond, why }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">{tokensPerSecond === null ? (fits ? '' : 'does not fit') : `${rate(tokensPerSecond)} tokens/s`}</td>
              <td className="t2">{why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Residence({ residence: r }: { residence: ModelEstimate['residence'] }) {
  return (
    <section>
      <h3>
        On the wafer <span className={`badge ${r.fits ? 'ok' : 'warn'}`}>{r.fits ? '✓ all of it' : count(r.wafers, 'wafer')}</span>
      </h3>
      <p className="t12 t2">{r.meaning}</p>
      <dl className="facts rule">
        {[
          ['Weights', `${prefixed(r.weightBytes)}B on ${grouped(r.weightPes)} PEs`],
          ['Keys and values', `${prefixed(r.cacheBytes)}B on ${grouped(r.cachePes)} PEs, ${bytes(r.cacheBytesPerToken)} a token`],
          ['Longest context at this batch', count(r.maxContext, 'token')],
          ['Largest batch at this context', count(r.maxBatch, 'sequence')],
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Evidence({ evidence }: { evidence: ModelEstimate['evidence'] }) {
  return (
    <section>
      <h3>What this rests on</h3>
      <p className="t12 t2">
        <b className="b5">Simulated wavelet by wavelet:</b> {evidence.simulated}
      </p>
      <p className="t12 t2">
        <b className="b5">By closed form:</b> {evidence.closedForm}
      </p>
      {evidence.assumed.map((sentence) => (
        <p key={sentence} className="t12 t2">
          <b className="b5">Assumed:</b> {sentence}
        </p>
      ))}
      {evidence.pieces.length > 0 && (
        <table className="t">
          <caption>Pieces run on the wavelet engine for this answer</caption>
          <thead>
            <tr>
              <th>piece</th>
              <th className="num">simulated</th>
              <th className="num">closed form</th>
              <th className="num">error</th>
            </tr>
          </thead>
          <tbody>
            {evidence.pieces.map(({ piece, simulated, closedForm, error }) => (
              <tr key={piece.name}>
                <th scope="row">{piece.name}</th>
                <td className="num">{grouped(simulated)}</td>
                <td className="num">{grouped(Math.round(closedForm))}</td>
                <td className="num">{signed(Math.round(10_000 * error) / 100)} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

export function SpeedTab() {
  const ask = useWhole((s) => s.speed);
  return (
    <Answer ask={ask} wait="Searching the best places, and running pieces of it…">
      {(e) => (
        <div className="report-flow">
          <h2>
            {e.model} on {e.machine.name}: {rate(e.decodeTokensPerSecond)} tokens a second
          </h2>
          <p className="lead">
            At {clock(e.clock)}, a context of {grouped(e.context)} tokens, {count(e.batch, 'sequence')} at once.
          </p>
          <Headline e={e} />
          <Beside e={e} />
          <Phases e={e} />
          <div className="columns flush">
            <Alternatives e={e} />
            <Residence residence={e.residence} />
            <Evidence evidence={e.evidence} />
          </div>
        </div>
      )}
    </Answer>
  );
}
