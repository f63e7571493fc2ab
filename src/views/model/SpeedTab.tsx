/** How fast a whole model is: the four numbers, what others say, where the cycles go, what was simulated and what was not. */
import { type ModelEstimate, type PhaseEstimate, type StageRow, whole } from '../../store/whole.ts';
import { Segments } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { WideTable } from '../controls/WideTable.tsx';
import { duration, factor, grouped, percent, real, signed } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import { TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Answer } from './Answer.tsx';
import { Beside } from './Beside.tsx';
import { useWhole } from './context.ts';
import { MODEL_TEXT, SPEED_TEXT as t } from './strings.ts';

const rate = (value: number): string => (value >= 1000 ? grouped(Math.round(value)) : real(value, 3));

function Headline({ e }: { e: ModelEstimate }) {
  const joules = e.energyPerToken === null ? t.energy.notKnown : `${real(e.energyPerToken, 3)} J`;
  const cells = [
    {
      name: t.decode.name,
      value: MODEL_TEXT.tokensPerSecond(rate(e.decodeTokensPerSecond)),
      text: t.decode.meaning(e.batch, e.context, e.decode.schedule, e.decode.weights),
    },
    { name: t.prefill.name, value: MODEL_TEXT.tokensPerSecond(rate(e.prefillTokensPerSecond)), text: t.prefill.meaning(e.prompt) },
    { name: t.firstToken.name, value: duration(1e6 * e.timeToFirstToken), text: t.firstToken.meaning },
    { name: t.energy.name, value: joules, text: e.energy.source },
    { name: t.bound, value: MODEL_TEXT.tokensPerSecond(rate(e.bound.tokensPerSecond)), text: e.bound.meaning },
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
      <td className="placed">{product ? t.stages.placed(product.kernel, product.panels, product.panel.width, product.panel.height) : ''}</td>
      <td className="num">{grouped(pes)}</td>
      <td className="num">{product ? grouped(product.rowsPerPe) : ''}</td>
      <td className="num">
        {grouped(Math.round(cycles))} <span className="t3">{lowerBound > 0 ? factor(cycles / lowerBound) : ''}</span>
      </td>
      <td className="num">
        {grouped(times)} <span className="t3">{t.stages.per[per]}</span>
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
    <WideTable label={t.stages.label}>
      <table className="t stages">
        <thead>
          <tr>
            <th>{t.stages.heads.stage}</th>
            <th>{t.stages.heads.placed}</th>
            <th className="num">PEs</th>
            <th className="num">{t.stages.heads.rowsPerPe}</th>
            <th className="num">{t.stages.heads.cycles}</th>
            <th className="num">{t.stages.heads.times}</th>
            <th className="num">{t.stages.heads.time}</th>
            <th>{t.stages.heads.share}</th>
            <th>{t.stages.heads.boundBy}</th>
          </tr>
        </thead>
        <tbody>
          {phase.stages.map((row) => (
            <StageLine key={row.id} row={row} clockHz={e.clock} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t.stages.all}</th>
            <td colSpan={5} className="num">
              {TEXT.cycles(Math.round(phase.cycles))}
            </td>
            <td className="num b6">{duration(1e6 * phase.seconds)}</td>
            <td colSpan={2} />
          </tr>
        </tfoot>
      </table>
    </WideTable>
  );
}

/** The stages as numbers. */
const stagesData = (e: ModelEstimate, phase: PhaseEstimate): ChartData => ({
  title: t.stages.title,
  columns: [
    { name: t.stages.columns.stage, key: 'stage' },
    { name: 'PEs', key: 'pes' },
    { name: t.stages.columns.rowsPerPe, key: 'rows_per_pe' },
    { name: t.stages.columns.cycles, key: 'cycles' },
    { name: t.stages.columns.lowerBound, key: 'lower_bound_cycles' },
    { name: t.stages.columns.times, key: 'times' },
    { name: t.stages.columns.per, key: 'per' },
    { name: t.stages.columns.allCycles, key: 'all_cycles' },
    { name: t.stages.columns.seconds, key: 'seconds' },
    { name: t.stages.columns.share, key: 'share' },
    { name: t.stages.columns.boundBy, key: 'bound_by' },
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
        <h3>{t.stages.title}</h3>
        <Segments
          label={t.stages.phase}
          value={which}
          options={[
            { id: 'decode', name: t.decode.of(e.decode.tokens) },
            { id: 'prefill', name: t.prefill.of(e.prefill.tokens) },
          ]}
          onChange={(phase) => whole.setState({ phase })}
        />
        <span className="t11 t3">{t.stages.how(phase.schedule, phase.mapping, phase.weights, phase.rectangle.width, phase.rectangle.height)}</span>
        <span className="sp" />
        <SaveMenu of={t.stages.title} stem="weft-stages" pictures={[chartsOf('#stages', 'weft-stages', t.stages.title)]} data={() => [stagesData(e, phase)]} />
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
        {t.alternatives.title} <span className="t11 t3">{t.alternatives.searched(e.searched.candidates, e.searched.pruned)}</span>
      </h3>
      <table className="t">
        <tbody>
          {e.alternatives.map(({ name, fits, tokensPerSecond, why }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">{tokensPerSecond === null ? (fits ? '' : TEXT.doesNotFit) : MODEL_TEXT.tokensPerSecond(rate(tokensPerSecond))}</td>
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
        {t.residence.title} <span className={`badge ${r.fits ? 'ok' : 'warn'}`}>{r.fits ? t.residence.all : MODEL_TEXT.wafers(r.wafers)}</span>
      </h3>
      <p className="t12 t2">{r.meaning}</p>
      <dl className="facts rule">
        {[
          [t.residence.weights, t.residence.weightsOn(r.weightBytes, r.weightPes)],
          [t.residence.cache, t.residence.cacheOn(r.cacheBytes, r.cachePes, r.cacheBytesPerToken)],
          [t.residence.context, MODEL_TEXT.tokens(r.maxContext)],
          [t.residence.batch, MODEL_TEXT.sequences(r.maxBatch)],
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
      <h3>{t.evidence.title}</h3>
      <p className="t12 t2">
        <b className="b5">{t.evidence.simulated}</b> {evidence.simulated}
      </p>
      <p className="t12 t2">
        <b className="b5">{t.evidence.closedForm}</b> {evidence.closedForm}
      </p>
      {evidence.assumed.map((sentence) => (
        <p key={sentence} className="t12 t2">
          <b className="b5">{t.evidence.assumed}</b> {sentence}
        </p>
      ))}
      {evidence.pieces.length > 0 && (
        <table className="t">
          <caption>{t.evidence.pieces}</caption>
          <thead>
            <tr>
              <th>{t.evidence.heads.piece}</th>
              <th className="num">{t.evidence.heads.simulated}</th>
              <th className="num">{t.evidence.heads.closedForm}</th>
              <th className="num">{t.evidence.heads.error}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.pieces.map(({ piece, simulated, closedForm, error }) => (
              <tr key={piece.name}>
                <th scope="row">{piece.name}</th>
                <td className="num">{grouped(simulated)}</td>
                <td className="num">{grouped(Math.round(closedForm))}</td>
                <td className="num">{`${signed(100 * error, 2)}\u202f%`}</td>
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
    <Answer ask={ask} wait={t.searching}>
      {(e) => (
        <div className="report-flow">
          <h2>{t.title(e.model, e.machine.name, rate(e.decodeTokensPerSecond))}</h2>
          <p className="lead">{t.lead(e.clock, e.context, e.batch)}</p>
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
