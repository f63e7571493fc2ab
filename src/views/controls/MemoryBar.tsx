/** The SRAM account of a PE as a bar and as a list: the bar never stands without the list's bytes. */
import type { Allocation } from '../../machine/program.ts';
import { bytes } from '../format.ts';
import { MEMORY_NAMES, TEXT } from '../strings.ts';
import { CONTROL_TEXT } from './strings.ts';

/** Fill of the activity that fills the bytes (visual.md section 3). */
const FILLS: Readonly<Record<string, string>> = {
  code: 'var(--s-wait)',
  weights: 'var(--s-recv)',
  block: 'var(--s-deq)',
};
const fillOf = (kind: string): string => FILLS[kind] ?? 'var(--s-send)';

const hex = (address: number): string => address.toString(16).padStart(4, '0');
/** First and last byte, as addresses are written: "1050–194f". */
export const addresses = (address: number, count: number): string => `${hex(address)}–${hex(address + count - 1)}`;

/** Named bytes of a PE; names differ. Where they lie is shown if it is known. */
interface Props {
  readonly memory: readonly (Pick<Allocation, 'name' | 'kind' | 'bytes'> & Partial<Pick<Allocation, 'address'>>)[];
  readonly capacity: number;
}

export function MemoryBar({ memory, capacity }: Props) {
  const used = memory.reduce((sum, a) => sum + a.bytes, 0);
  const whole = Math.max(capacity, used);
  return (
    <div className="bar mem" role="img" aria-label={CONTROL_TEXT.bytesUsed(used, capacity)}>
      {memory.map((a) => (
        <i
          key={a.name}
          title={a.address === undefined ? a.name : `${a.name}, ${addresses(a.address, a.bytes)}`}
          style={{ width: `${(a.bytes / whole) * 100}%`, background: fillOf(a.kind) }}
        />
      ))}
    </div>
  );
}

export function MemoryList({ memory, capacity }: Props) {
  const used = memory.reduce((sum, a) => sum + a.bytes, 0);
  return (
    <ul className="allocs">
      {memory.map((a) => (
        <li key={a.name} className={a.bytes === 0 ? 'zero' : ''}>
          <span className="swatch" style={{ background: fillOf(a.kind) }} />
          <span title={MEMORY_NAMES[a.kind]}>
            {a.name} {a.address !== undefined && a.bytes > 0 && <span className="t11 t3 mono">{addresses(a.address, a.bytes)}</span>}
          </span>
          <span className="num">{bytes(a.bytes)}</span>
        </li>
      ))}
      <li>
        <span className="swatch" />
        <span>{used > capacity ? CONTROL_TEXT.over : TEXT.free}</span>
        <span className="num">{bytes(Math.abs(capacity - used))}</span>
      </li>
    </ul>
  );
}
