/** How the PEs are shared, as one bar: matrices by kind, norms, keys and values, and what is free or missing. */
import type { CapacityReport } from '../../store/whole.ts';
import { grouped, percent } from '../format.ts';
import { TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Charted } from './Charted.tsx';
import { FITS_TEXT } from './strings.ts';

const t = FITS_TEXT.wafer;

interface Share {
  readonly name: string;
  readonly pes: number;
  readonly fill: string;
}

/** Weights as what is received, the rest as in memory bars (visual.md section 3). */
function sharesOf({ matrices, norms, cache }: CapacityReport): Share[] {
  const weights = matrices.map((m) => ({ name: m.kind, pes: (m.densest?.pes ?? 0) * m.blocks.length, fill: 'var(--s-recv)' }));
  const byName = new Map<string, Share>();
  for (const share of weights) byName.set(share.name, { ...share, pes: share.pes + (byName.get(share.name)?.pes ?? 0) });
  const normPes = norms.reduce((sum, n) => sum + n.pes * n.count, 0);
  return [...byName.values(), { name: t.norms, pes: normPes, fill: 'var(--s-wait)' }, { name: t.cache, pes: cache?.pes ?? 0, fill: 'var(--s-send)' }].filter(
    ({ pes }) => pes > 0,
  );
}

const dataOf = (shares: readonly Share[], all: number, used: number): ChartData => ({
  title: t.title,
  columns: [
    { name: t.columns.for, key: 'for' },
    { name: 'PEs', key: 'pes' },
    { name: t.columns.share, key: 'share', show: percent },
  ],
  rows: [...shares.map(({ name, pes }) => [name, pes, pes / all]), [used > all ? t.missing : TEXT.free, Math.abs(all - used), Math.abs(all - used) / all]],
});

export function WaferBar({ report }: { report: CapacityReport }) {
  const { pes: all, name } = report.machine;
  const shares = sharesOf(report);
  const used = shares.reduce((sum, { pes }) => sum + pes, 0);
  const whole = Math.max(all, used);
  return (
    <Charted id="wafer-bar" title={t.title} data={[dataOf(shares, all, used)]}>
      <figure className="wafer-bar">
        <figcaption className="t11 t3">{t.used(used, all, name)}</figcaption>
        <div className="bar" role="img" aria-label={shares.map((s) => t.share(s.name, s.pes)).join(', ')}>
          {shares.map((s) => (
            <i key={s.name} style={{ width: `${(100 * s.pes) / whole}%`, background: s.fill }} title={t.shareHint(s.name, s.pes)} />
          ))}
          {used < all && <i className="idle" style={{ flex: 1 }} />}
          {used > all && <b className="edge" style={{ left: `${(100 * all) / whole}%` }} />}
        </div>
        <ul className="legend">
          {shares.map((s) => (
            <li key={s.name}>
              <span className="swatch" style={{ background: s.fill }} />
              {s.name} <span className="t3">{grouped(s.pes)}</span>
            </li>
          ))}
          <li>
            <span className="swatch outline" />
            {used > all ? t.missing : TEXT.free} <span className="t3">{grouped(Math.abs(all - used))}</span>
          </li>
        </ul>
      </figure>
    </Charted>
  );
}
