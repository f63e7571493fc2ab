/** Words that are in memory before tick 0, for PEs whose control wavelets come from there. */
import type { LoadTable, PeClass, Program } from '../../../machine/program.ts';

/** Gives for a PE its loaded words by address, undefined for PEs that send no control wavelets. */
export function initialWords(program: Program): (pe: number) => ((address: number) => number | undefined) | undefined {
  const sends = program.classes.map(sendsControl);
  if (!sends.includes(true)) return () => undefined;
  const { pe: pes, address: at, length, data, source, offset } = program.loads;
  const segments = new Map<number, number[]>();
  for (let i = 0; i < pes.length; i++) {
    if (!sends[program.classOf[pes[i]]]) continue;
    segments.set(pes[i], [...(segments.get(pes[i]) ?? []), i]);
  }
  return (pe) => {
    if (!sends[program.classOf[pe]]) return undefined;
    return (address) => {
      const bytes = new Uint8Array(4);
      for (const i of segments.get(pe) ?? []) {
        for (let k = 0; k < 4; k++) {
          const from = address + k - at[i];
          if (from >= 0 && from < length[i]) bytes[k] = data[source[i]][offset[i] + from];
        }
      }
      return new DataView(bytes.buffer).getInt32(0, true);
    };
  };
}

export const sendsControl = ({ tasks }: PeClass): boolean =>
  tasks.some(({ code }) => code.some((i) => i.kind === 'vector' && i.destination.kind === 'fabricOut' && i.destination.control === true));

/** What is loaded before tick 0 that may decide about cycles: into PEs that send control wavelets from their memory. */
export function loadsThatDecide({ classes, classOf, loads }: Program): LoadTable {
  const sends = classes.map(sendsControl);
  const kept: number[] = [];
  for (let i = 0; i < loads.pe.length; i++) if (sends[classOf[loads.pe[i]]]) kept.push(i);
  const sources = [...new Set(kept.map((i) => loads.source[i]))];
  return {
    data: sources.map((source) => loads.data[source]),
    source: Uint16Array.from(kept, (i) => sources.indexOf(loads.source[i])),
    pe: Uint32Array.from(kept, (i) => loads.pe[i]),
    address: Uint32Array.from(kept, (i) => loads.address[i]),
    offset: Float64Array.from(kept, (i) => loads.offset[i]),
    length: Uint32Array.from(kept, (i) => loads.length[i]),
  };
}
