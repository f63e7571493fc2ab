/** Two sentences compared on the simulated wafer: their tokens, how alike they are, and what every launch cost. */

import type { SimilarityResult } from '../../store/whole.ts';
import { PRODUCT_KERNELS } from '../../store/whole.ts';
import { Select } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { PlainError } from '../controls/PlainError.tsx';
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { WideTable } from '../controls/WideTable.tsx';
import { duration, grouped, percent, real, signed } from '../format.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { FIELD_NAMES, MACHINE_NAMES, TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Charted } from './Charted.tsx';
import { useWhole, useWholeActions } from './context.ts';
import { MachineChoice } from './ModelForm.tsx';
import { Strip } from './Strip.tsx';
import { SENTENCES_TEXT as t } from './strings.ts';

function SentenceInput({ name, value, onChange }: { name: string; value: string; onChange: (text: string) => void }) {
  return (
    <label className="sentence-field">
      <span className="lbl t12 t2">{name}</span>
      <span className="inp">
        <input type="text" value={value} maxLength={2000} onChange={(event) => onChange(event.target.value)} />
      </span>
    </label>
  );
}

function Form() {
  const { configure, compare, cancel } = useWholeActions();
  const { a, b, product, similarity, progress } = useWhole((s) => s);
  const box = useKeptFocus<HTMLSpanElement>();
  const running = similarity.status === 'loading';
  const share = progress ? Math.min(1, progress.cycle / Math.max(1, progress.expected)) : 0;
  return (
    <form
      className="sentences stack"
      onSubmit={(event) => {
        event.preventDefault();
        void compare();
      }}
    >
      <SentenceInput name={t.first} value={a} onChange={(text) => configure({ a: text })} />
      <SentenceInput name={t.second} value={b} onChange={(text) => configure({ b: text })} />
      <div className="row wrap">
        <span className="t12 t2">{t.try}</span>
        {t.pairs.map(([first, second]) => (
          <button key={first} type="button" className="btn o s" onClick={() => configure({ a: first, b: second })}>
            {first}
          </button>
        ))}
      </div>
      <div className="row wrap">
        <span className="t12 t2">{t.on}</span>
        <MachineChoice />
        <span className="t12 t2">{t.productsBy}</span>
        <Select label={FIELD_NAMES.kernel} value={product} onChange={(value) => configure({ product: value as typeof product })}>
          {PRODUCT_KERNELS.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </Select>
        <span ref={box} className="row">
          <button type="submit" className="btn p" aria-disabled={running}>
            {t.compare}
          </button>
          {running && (
            <button type="button" className="btn o" onClick={cancel}>
              {TEXT.cancel}
            </button>
          )}
        </span>
      </div>
      {running && (
        <div className="loading">
          <span>{progress ? t.launch(progress.launch + 1, progress.launches, progress.name) : t.opening}</span>
          <ProgressBar label={t.comparison} done={100 * share} of={100} />
        </div>
      )}
    </form>
  );
}

/** What a cosine between sentences means, in words. Bounds are ours, for orientation only. */
const likeness = (cosine: number): string => (cosine > 0.75 ? t.alike.much : cosine > 0.5 ? t.alike.somewhat : cosine > 0.25 ? t.alike.little : t.alike.not);

function Cosine({ result }: { result: SimilarityResult }) {
  const { cosine, cosineFloat64, totals, clockHz, machine, conservation } = result;
  const name = MACHINE_NAMES.find(({ id }) => id === machine)?.name ?? machine;
  return (
    <>
      <div className="headline">
        <b data-testid="cosine">{grouped(cosine, 4)}</b>
        <span className="t2">{likeness(cosine)}</span>
        <Explain name={t.cosine} text={t.cosineMeaning} />
      </div>
      <dl className="cells wide">
        {[
          [t.float64, signed(cosine - cosineFloat64, 9)],
          [t.allLaunches, TEXT.cycles(totals.cycles)],
          [t.time(name, clockHz), duration(1e6 * totals.seconds)],
          [t.loading, duration(1e6 * totals.loadSeconds)],
          [t.macs, grouped(totals.macs)],
          [t.physics, t.checks(conservation.passed, conservation.checks, conservation.bitsOff)],
        ].map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const embeddingData = (text: string, embedding: Float32Array): ChartData => ({
  title: text,
  columns: [
    { name: t.columns.place, key: 'place' },
    { name: t.columns.value, key: 'value', show: (v) => real(v, 6) },
  ],
  rows: Array.from(embedding, (value, i) => [i, value]),
});

function Sentences({ sentences }: Pick<SimilarityResult, 'sentences'>) {
  const most = Math.max(...sentences.flatMap(({ embedding }) => [...embedding].map(Math.abs)));
  return sentences.map(({ text, tokens, embedding, against }, i) => (
    // The two may be equal.
    // biome-ignore lint/suspicious/noArrayIndexKey: first and second sentence
    <section key={i}>
      <h3>{text}</h3>
      <ol className="tokens">
        {tokens.map(({ id, piece }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a sentence, in order
          <li key={at}>
            {piece} <span className="t3">{id}</span>
          </li>
        ))}
      </ol>
      <Charted id={i === 0 ? 'embedding-1' : 'embedding-2'} title={t.embedding(text)} data={[embeddingData(text, embedding)]}>
        <Strip values={embedding} most={most} label={t.embeddingStrip(text, embedding.length)} />
      </Charted>
      <p className="t11 t3">{t.against(tokens.length, real(against.cosine, 12), real(against.maxAbs, 3))}</p>
    </section>
  ));
}

function Launches({ launches }: Pick<SimilarityResult, 'launches'>) {
  return (
    <WideTable label={t.launches}>
      <table className="t">
        <caption>{t.caption}</caption>
        <thead>
          <tr>
            <th>{t.heads.matrix}</th>
            <th className="num">{t.heads.shape}</th>
            <th className="num">PEs</th>
            <th className="num">{t.heads.cycles}</th>
            <th className="num">{t.heads.closedForm}</th>
            <th className="num">{t.heads.utilisation}</th>
            <th>{t.heads.bitsOff}</th>
          </tr>
        </thead>
        <tbody>
          {launches.map(({ name, shape, rectangle, cycles, closedForm, utilisation, bitsOff }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">
                {grouped(shape.m)} × {grouped(shape.k)} × {grouped(shape.n)}
              </td>
              <td className="num">
                {grouped(rectangle.width)} × {grouped(rectangle.height)}
              </td>
              <td className="num b5">{grouped(cycles)}</td>
              <td className="num">{signed(closedForm - cycles)}</td>
              <td className="num">{percent(utilisation.mac)}</td>
              <td>{bitsOff}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function Host({ onHost, model }: Pick<SimilarityResult, 'onHost' | 'model'>) {
  return (
    <section>
      <h3>{t.host}</h3>
      <ul className="plain t2">
        {onHost.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      <p className="t11 t3">{model.attribution}</p>
    </section>
  );
}

export function SentencesTab() {
  const { status, value, error } = useWhole((s) => s.similarity);
  return (
    <div className="report-flow">
      <h2>{t.title}</h2>
      <p className="lead">{t.lead}</p>
      <Form />
      {status === 'failed' && error && !error.cancelled && <PlainError error={error} />}
      {status === 'failed' && error?.cancelled && <p className="notice">{t.cancelled}</p>}
      {value && (
        <div className={`report-flow${status === 'loading' ? ' late' : ''}`}>
          <Cosine result={value} />
          <Sentences sentences={value.sentences} />
          <Launches launches={value.launches} />
          <Host onHost={value.onHost} model={value.model} />
        </div>
      )}
    </div>
  );
}
