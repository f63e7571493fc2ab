/** What fits where: the facts, what overflows and what mends it, every matrix with every byte of its PEs. */

import { Fragment } from 'react';
import { toggled } from '../../store/link-fields.ts';
import { type CapacityReport, type MatrixPlan, type Overflow, type PeAccount, type RowsOnPes, whole } from '../../store/whole.ts';
import { Explain } from '../controls/Definition.tsx';
import { MemoryBar, MemoryList } from '../controls/MemoryBar.tsx';
import { WideTable } from '../controls/WideTable.tsx';
import { bytes, grouped, real, sentence } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import { formatName, TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Answer } from './Answer.tsx';
import { useWhole, useWholeActions } from './context.ts';
import { FITS_TEXT as t } from './strings.ts';
import { WaferBar } from './WaferBar.tsx';

function Overflows({ overflows }: { overflows: readonly Overflow[] }) {
  const { configure } = useWholeActions();
  return overflows.map(({ what, problem, fixes }) => (
    <div key={what} className="error-box" role="alert">
      <strong>{sentence(problem)}</strong>
      {fixes.length === 0 && <p>{t.noFix}</p>}
      <ul>
        {fixes.map(({ flags, label, change: { storage, ...change }, outcome }) => (
          <li key={flags}>
            <button type="button" className="btn o s" onClick={() => configure({ ...change, ...(storage && { format: storage }) })}>
              {sentence(label)}
            </button>{' '}
            <span className="t2">{sentence(outcome)}</span>
          </li>
        ))}
      </ul>
    </div>
  ));
}

function Facts({ facts }: Pick<CapacityReport, 'facts'>) {
  return (
    <dl className="cells wide">
      {facts.map(({ name, value, unit, meaning }) => (
        <div key={name}>
          <dt className="term">
            {name}
            <Explain name={name} text={meaning} />
          </dt>
          <dd>
            {unit === 'B' ? bytes(value) : Number.isInteger(value) ? grouped(value) : real(value, 3)} {unit !== 'B' && <span className="t3">{unit}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `0 to 31`, or the layers one by one where there are gaps. */
function layersOf(blocks: readonly number[]): string {
  if (blocks[0] === -1) return t.once;
  const [first, last] = [blocks[0], blocks[blocks.length - 1]];
  if (last - first + 1 === blocks.length) return first === last ? String(first) : t.layers(first, last);
  return t.someLayers(blocks.length, first, last);
}

function Account({ title, account, capacity }: { title: string; account: PeAccount; capacity: number }) {
  return (
    <div className="account">
      <h4>{title}</h4>
      <MemoryBar memory={account.parts} capacity={capacity} />
      <MemoryList memory={account.parts} capacity={capacity} />
    </div>
  );
}

const FITS = { yes: ['ok', TEXT.fits], split: ['warn', t.split], no: ['err', TEXT.doesNotFit] } as const;

const rowsTitle = (place: string, { rowsPerPe, slices, pes }: RowsOnPes): string => t.rows(place, rowsPerPe, slices, pes);

function MatrixRow({ matrix, capacity, at }: { matrix: MatrixPlan; capacity: number; at: number }) {
  const opened = useWhole((s) => s.opened) ?? [];
  const open = opened.includes(at);
  const toggle = (): void => whole.setState({ opened: toggled(opened, at, !open) });
  const { kind, blocks, format, rows, k, paddedK, storedBytes, fits, densest, spread, overflowing } = matrix;
  const [tone, word] = FITS[fits];
  const shown = densest?.account ?? overflowing;
  return (
    <Fragment>
      <tr>
        <th scope="row">
          <button type="button" className="disclosure" aria-expanded={open} onClick={toggle}>
            {kind}
          </button>
        </th>
        <td>{layersOf(blocks)}</td>
        <td>{formatName(format)}</td>
        <td className="num">
          {grouped(rows)} × {grouped(k)}
          {paddedK !== k && <span className="t3"> → {grouped(paddedK)}</span>}
        </td>
        <td className="num">{bytes(storedBytes)}</td>
        <td>
          <span className={`badge ${tone}`}>{word}</span>
        </td>
        <td className="num">{densest ? grouped(densest.rowsPerPe) : '0'}</td>
        <td className="num">{densest ? grouped(densest.pes) : '—'}</td>
        <td className="bar-cell">{shown && <MemoryBar memory={shown.parts} capacity={capacity} />}</td>
        <td className="num">{shown ? bytes(shown.usedBytes) : ''}</td>
      </tr>
      {open && (
        <tr>
          <td colSpan={10}>
            <div className="accounts">
              {densest && <Account title={rowsTitle(t.fewest, densest)} account={densest.account} capacity={capacity} />}
              {spread && <Account title={rowsTitle(t.spread, spread)} account={spread.account} capacity={capacity} />}
              {overflowing && <Account title={t.singleRow} account={overflowing} capacity={capacity} />}
            </div>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** The matrices as numbers: the bars are the bytes of the fullest PE by what fills them. */
function matricesData({ matrices }: CapacityReport): ChartData {
  const parts = [...new Set(matrices.flatMap((m) => (m.densest?.account ?? m.overflowing)?.parts.map(({ name }) => name) ?? []))];
  const keyOf = (name: string): string => `${name.toLowerCase().replace(/\W+/g, '_')}_bytes`;
  return {
    title: t.matrices,
    columns: [
      { name: t.columns.matrix, key: 'matrix' },
      { name: t.columns.rows, key: 'rows' },
      { name: 'K', key: 'k' },
      { name: t.columns.stored, key: 'stored_bytes' },
      { name: t.columns.rowsPerPe, key: 'rows_per_pe' },
      { name: t.columns.pes, key: 'pes' },
      ...parts.map((name) => ({ name, key: keyOf(name) })),
    ],
    rows: matrices.map(({ kind, rows, k, storedBytes, densest, overflowing }) => {
      const account = densest?.account ?? overflowing;
      const bytesOf = (name: string): number => account?.parts.reduce((sum, part) => sum + (part.name === name ? part.bytes : 0), 0) ?? 0;
      return [kind, rows, k, storedBytes, densest?.rowsPerPe ?? 0, densest?.pes ?? null, ...parts.map(bytesOf)];
    }),
  };
}

function Matrices({ report }: { report: CapacityReport }) {
  return (
    <>
      <div className="row">
        <span className="sp" />
        <SaveMenu of={t.matrices} stem="weft-matrices" pictures={[chartsOf('#matrices', 'weft-matrices', t.matrices)]} data={() => [matricesData(report)]} />
      </div>
      <div id="matrices" data-picture="words">
        <MatricesTable report={report} />
      </div>
    </>
  );
}

function MatricesTable({ report }: { report: CapacityReport }) {
  return (
    <WideTable label={t.matrices}>
      <table className="t matrices">
        <caption>{t.caption(report.question.kernel)}</caption>
        <thead>
          <tr>
            <th>{t.heads.matrix}</th>
            <th>{t.heads.layers}</th>
            <th>{t.heads.format}</th>
            <th className="num">{t.heads.shape}</th>
            <th className="num">{t.heads.stored}</th>
            <th>{t.heads.fits}</th>
            <th className="num">{t.heads.rowsPerPe}</th>
            <th className="num">{t.heads.pes}</th>
            <th>{t.heads.fullest}</th>
            <th className="num">{t.heads.of(report.machine.sramBytes)}</th>
          </tr>
        </thead>
        <tbody>
          {report.matrices.map((matrix, at) => (
            <MatrixRow key={`${matrix.kind} ${matrix.format} ${matrix.blocks[0]}`} at={at} matrix={matrix} capacity={report.machine.sramBytes} />
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function Beside({ report }: { report: CapacityReport }) {
  const { cache, norms, onHost, machine, notes } = report;
  return (
    <div className="columns flush">
      {cache && (
        <section>
          <h3>{t.cache.title}</h3>
          <p className="t12 t2">
            {t.cache.size(cache.bytesPerToken, cache.bytes, cache.pesPerLayer, cache.tokensPerPe)} {t.cache.context(cache.longestContext, cache.modelContext)}
          </p>
          <Account title={t.cache.pe(cache.tokensPerPe)} account={cache.account} capacity={machine.sramBytes} />
        </section>
      )}
      {norms.map((norm) => (
        <section key={`${norm.hidden} ${norm.count}`}>
          <h3>{t.norms.title}</h3>
          <p className="t12 t2">{t.norms.size(norm.count, norm.hidden, norm.pes)}</p>
          <Account title={t.norms.pe} account={norm.account} capacity={machine.sramBytes} />
        </section>
      ))}
      <section>
        <h3>{t.host}</h3>
        <ul className="plain">
          {onHost.map(({ name, bytes: size, why }) => (
            <li key={name}>
              <b className="b5">{name}</b> {bytes(size)} <span className="t2">{why}</span>
            </li>
          ))}
        </ul>
        {notes.length > 0 && <h3>{t.notes}</h3>}
        <ul className="plain t2">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function verdict({ wafers, layersAtOnce, machine, model }: CapacityReport): string {
  if (wafers === null) return t.noPlace(model.name, machine.name);
  if (wafers === 1) return t.onOne(model.name, machine.name);
  return t.onMany(model.name, machine.name, wafers, layersAtOnce);
}

export function FitsTab() {
  const ask = useWhole((s) => s.fits);
  return (
    <Answer ask={ask} wait={t.planning}>
      {(report) => (
        <div className="report-flow">
          <h2>{verdict(report)}</h2>
          <Overflows overflows={report.overflows} />
          <WaferBar report={report} />
          <Facts facts={report.facts} />
          <Matrices report={report} />
          <Beside report={report} />
        </div>
      )}
    </Answer>
  );
}
