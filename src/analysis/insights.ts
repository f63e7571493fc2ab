/**
 * What a run teaches, in at most three sentences, each with its numbers and none without evidence in the trace. They name
 * what costs the most and where it shows; what a change would save is another run's to say.
 */
import { count, grouped, percent } from '../base/numbers.ts';
import { peName } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { Metrics } from './metrics.ts';

export interface Insight {
  readonly id: 'dequantise' | 'source' | 'mapping' | 'waiting' | 'receive';
  readonly text: string;
  /** PE that shows it, where there is one. */
  readonly pe: number | null;
  /** PE-cycles it accounts for; the order of the list. */
  readonly peCycles: number;
}

/** What the trace does not know about the work. */
export interface Facts {
  readonly n: number;
  readonly usedPes: number;
  /** Blocks of a row. */
  readonly blocks: number;
  /** Whether every block is unpacked again for every column, once and kept, or when its row comes by. */
  readonly unpacks: 'perColumn' | 'once' | 'asItComes';
}

/** Below this share of all PE-cycles a cause is not worth a sentence. */
const WORTH_SAYING = 0.05;

export function insights(reader: TraceReader, metrics: Metrics, facts: Facts): readonly Insight[] {
  const all = [dequantise(metrics, reader, facts), heldSource(reader, metrics), unused(reader, metrics, facts), waiting(reader, metrics)];
  const worth = all.filter((i) => i !== null && i.peCycles >= WORTH_SAYING * reader.pes * metrics.cycles);
  return (worth as Insight[]).sort((a, b) => b.peCycles - a.peCycles).slice(0, 3);
}

function dequantise(metrics: Metrics, reader: TraceReader, facts: Facts): Insight | null {
  const spent = metrics.peCycles.dequantise ?? 0;
  if (spent === 0) return null;
  const share = percent(spent / (reader.pes * metrics.cycles), 0);
  const blocks = count(facts.blocks, 'block');
  const again = facts.n === 1 ? `${blocks} a row, for one column.` : `each of ${blocks} is unpacked again for every one of ${grouped(facts.n)} columns.`;
  const once = `each of ${blocks} is unpacked once and kept.`;
  const words = { perColumn: again, once, asItComes: 'every block is unpacked when it arrives, on every PE it passes.' } as const;
  return { id: 'dequantise', text: `Dequantising takes ${share} of PE time: ${words[facts.unpacks]}`, pe: null, peCycles: spent };
}

/** Cycles in which a host source had a word to send and no room for it. */
export function sourceStall(reader: TraceReader, source: number): number {
  const total = reader.program.sources[source].words.length;
  const last = total === 0 ? -1 : reader.sourceTick(source, total - 1);
  return last < 0 ? 0 : last + 1 - total;
}

function heldSource(reader: TraceReader, metrics: Metrics): Insight | null {
  const held = reader.program.sources.map((s, i) => ({ s, cycles: sourceStall(reader, i) })).sort((a, b) => b.cycles - a.cycles)[0];
  if (held === undefined || held.cycles === 0) return null;
  const where = peName(held.s.pe, reader.trace.width);
  const share = percent(held.cycles / metrics.cycles, 0);
  const letter = reader.program.streams.find((s) => s.color === held.s.color)?.letter ?? held.s.name;
  const text = `The ${letter} stream is held at ${where} for ${count(held.cycles, 'cycle')} (${share} of the run): the PEs cannot take it faster.`;
  return { id: 'source', text, pe: held.s.pe, peCycles: held.cycles * reader.pes };
}

function unused(reader: TraceReader, metrics: Metrics, facts: Facts): Insight | null {
  const idle = reader.pes - facts.usedPes;
  if (idle === 0) return null;
  const text = `${grouped(idle)} of ${count(reader.pes, 'PE')} hold no row: mapping ${percent(metrics.utilisation.mapping)}. Another rectangle fits better.`;
  return { id: 'mapping', text, pe: facts.usedPes, peCycles: idle * metrics.cycles };
}

function waiting(reader: TraceReader, metrics: Metrics): Insight | null {
  const spent = metrics.peCycles.wait ?? 0;
  if (spent === 0) return null;
  const share = percent(spent / (reader.pes * metrics.cycles), 0);
  return { id: 'waiting', text: `PEs wait ${share} of their time for the next activation to arrive.`, pe: reader.pes - 1, peCycles: spent };
}
