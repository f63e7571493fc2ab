/** The 48 KiB of a PE as a bar with a cursor: arrow keys or a press name a range and its bytes; as a table, every range at once. */
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Allocation } from '../../machine/program.ts';
import { lab } from '../../store/lab.ts';
import { addresses, MemoryBar, MemoryList } from '../controls/MemoryBar.tsx';
import { percent } from '../format.ts';
import { useLab } from '../hooks.ts';
import { MEMORY_NAMES, TEXT } from '../strings.ts';
import type { ChartData } from '../table/chart-data.ts';
import { DataTable } from '../table/DataTable.tsx';
import { INSPECTOR_TEXT } from './strings.ts';

const t = INSPECTOR_TEXT.memory;

/** A named range, or one that is free. */
export interface Range {
  readonly name: string;
  readonly kind: string;
  readonly address: number;
  readonly bytes: number;
}

/** Every byte of the memory in order of address: allocations that hold some, and what is free between and behind them. */
export function rangesOf(memory: readonly Allocation[], capacity: number): readonly Range[] {
  const ranges: Range[] = [];
  let at = 0;
  const free = (to: number): void => {
    if (to > at) ranges.push({ name: TEXT.free, kind: '', address: at, bytes: to - at });
  };
  for (const { name, kind, address, bytes: size } of memory.filter((a) => a.bytes > 0).toSorted((a, b) => a.address - b.address)) {
    free(address);
    ranges.push({ name, kind: MEMORY_NAMES[kind], address, bytes: size });
    at = Math.max(at, address + size);
  }
  free(capacity);
  return ranges;
}

/** "weights: bytes 4 176 to 6 479 (1050–194f), 2 304 B". */
const words = ({ name, address, bytes }: Range): string => t.range(name, address, address + bytes - 1, addresses(address, bytes));

/** Every byte of a PE's memory, as a table. */
export const memoryData = (memory: readonly Allocation[], capacity: number): ChartData => ({
  title: t.table(capacity),
  columns: [
    { name: t.columns.range, key: 'range' },
    { name: t.columns.kind, key: 'kind' },
    { name: t.columns.first, key: 'first_byte' },
    { name: t.columns.last, key: 'last_byte' },
    { name: t.columns.bytes, key: 'bytes' },
    { name: t.columns.share, key: 'share', show: percent },
  ],
  rows: rangesOf(memory, capacity).map((r) => [r.name, r.kind, r.address, r.address + r.bytes - 1, r.bytes, r.bytes / capacity]),
});

/** The range that a key leads to; undefined for other keys. */
function target(key: string, at: number, last: number): number | undefined {
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.min(last, at + 1);
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.max(0, at - 1);
  return { Home: 0, End: last }[key];
}

export function MemoryMap({ memory, capacity }: { memory: readonly Allocation[]; capacity: number }) {
  const chosen = useLab((s) => s.memoryRange);
  const ranges = rangesOf(memory, capacity);
  const at = Math.min(chosen ?? 0, ranges.length - 1);
  const range = ranges[at];
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = target(event.key, at, ranges.length - 1);
    if (next === undefined) return;
    event.preventDefault();
    lab.setState({ memoryRange: next });
  };
  const onPointer = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const address = ((event.clientX - box.left) / box.width) * capacity;
    lab.setState({ memoryRange: ranges.findLastIndex((r) => r.address <= address) });
  };
  return (
    <>
      <div
        role="slider"
        className="memory-map"
        tabIndex={0}
        aria-label={t.map}
        aria-valuemin={0}
        aria-valuemax={capacity}
        aria-valuenow={range.address}
        aria-valuetext={t.rangeOf(words(range), at + 1, ranges.length)}
        onKeyDown={onKeyDown}
        onPointerDown={onPointer}
      >
        <MemoryBar memory={memory} capacity={capacity} />
        {chosen !== null && <i className="cursor" style={{ left: `${(100 * range.address) / capacity}%`, width: `${(100 * range.bytes) / capacity}%` }} />}
      </div>
      {chosen !== null && <p className="t11 t2">{words(range)}</p>}
    </>
  );
}

/** Map and list, or the table of all ranges. */
export function MemoryView({ memory, capacity, table }: { memory: readonly Allocation[]; capacity: number; table: boolean }) {
  if (table) return <DataTable data={memoryData(memory, capacity)} />;
  return (
    <>
      <MemoryMap memory={memory} capacity={capacity} />
      <MemoryList memory={memory} capacity={capacity} />
    </>
  );
}
