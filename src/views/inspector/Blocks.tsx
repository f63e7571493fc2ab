/** A stored Q4_K block of the PE's rows, chosen by row and block: its numbers as they lie in memory and as weights. */
import { lab } from '../../store/lab.ts';
import type { PeDetail } from '../../store/types.ts';
import { Select } from '../controls/Choice.tsx';
import { Fold } from '../controls/Fold.tsx';
import { real } from '../format.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { EXACT_TEXT } from './strings.ts';

const t = EXACT_TEXT.blocks;

type Stored = PeDetail['blocks'][number];

/** Weights of a sub-block, which share a scale and a min. */
const SUB = 32;

function SubBlocks({ block }: { block: Stored }) {
  return (
    <table className="t blocks">
      <thead>
        <tr>
          <th scope="col">{t.columns.weights}</th>
          <th scope="col" className="num">
            {t.columns.scale}
          </th>
          <th scope="col" className="num">
            {t.columns.min}
          </th>
          <th scope="col">{t.columns.nibbles}</th>
        </tr>
      </thead>
      <tbody>
        {block.scales.map((scale, sub) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sub-blocks have no name but their place
          <tr key={sub}>
            <th scope="row">{t.weights(sub * SUB, sub * SUB + SUB - 1)}</th>
            <td className="num">{scale}</td>
            <td className="num">{block.mins[sub]}</td>
            <td className="mono t11">{Array.from(block.quants.subarray(sub * SUB, sub * SUB + SUB), (q) => q.toString(16)).join('')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Blocks({ blocks }: Pick<PeDetail, 'blocks'>) {
  const place = useLab((s) => s.block);
  if (blocks.length === 0) return null;
  const rows = [...new Set(blocks.map((b) => b.row))];
  const row = rows[Math.min(place.row, rows.length - 1)];
  const own = blocks.filter((b) => b.row === row);
  const at = Math.min(place.block, own.length - 1);
  const block = own[at];
  return (
    <Fold id="blocks" summary={t.name}>
      <div className="row block-choice">
        <Select label={t.row} value={String(rows.indexOf(row))} onChange={(value) => lab.setState({ block: { ...place, row: Number(value) } })}>
          {rows.map((r, i) => (
            <option key={r} value={i}>
              {TEXT.row(r)}
            </option>
          ))}
        </Select>
        <Select label={t.block} value={String(at)} onChange={(value) => lab.setState({ block: { ...place, block: Number(value) } })}>
          {own.map((b, i) => (
            <option key={b.column} value={i}>
              {t.place(i, own.length, b.column)}
            </option>
          ))}
        </Select>
      </div>
      <p className="t12">{t.scales(block.d, block.dmin)}</p>
      <SubBlocks block={block} />
      <Fold id="values" summary={t.values}>
        <p className="words">{Array.from(block.values, (w) => real(w, 4)).join(EXACT_TEXT.between)}</p>
      </Fold>
    </Fold>
  );
}
