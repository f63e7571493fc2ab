/** The parts of a report that are measured per PE and per link. */
import { latencyOf } from '../analysis/latency.ts';
import { type LinkLoad, linkLoads } from '../analysis/link-load.ts';
import { distribution, peBusy, peMap } from '../analysis/pe-load.ts';
import { Port } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { LinkReport, Report, ReportLink } from './types.ts';

/** Cells a side of a printed map. */
const MAP_SIDE = 64;
/** Links that are listed. */
const LISTED = 16;
const DIRECTIONS: Readonly<Record<number, string>> = {
  [Port.N]: 'north',
  [Port.E]: 'east',
  [Port.S]: 'south',
  [Port.W]: 'west',
  [Port.RAMP]: 'ramp to the PE',
};

/** Busy shares in percent bins, finish in cycles. */
export function peMeasures(reader: TraceReader, cycles: number): Pick<Report, 'peBusy' | 'peFinish'> {
  const { width, height } = reader.trace;
  const busy = peBusy(reader, cycles);
  const finish = latencyOf(reader).atEdge;
  return {
    peBusy: { distribution: distribution(busy, 100), map: peMap(busy, width, height, MAP_SIDE, 4) },
    peFinish: { distribution: distribution(finish), map: peMap(finish, width, height, MAP_SIDE, 0) },
  };
}

/** Demand and utilisation of the links; null where they are not followed or none carried anything. */
export function linkReport(reader: TraceReader, cycles: number): LinkReport | null {
  const loads = linkLoads(reader);
  if (loads === null || loads.length === 0) return null;
  const utilisation = distribution(
    loads.map((l) => l.wavelets / cycles),
    100,
  );
  const demand = distribution(
    loads.map((l) => (l.wavelets + l.waited) / cycles),
    100,
  );
  if (utilisation === null || demand === null) return null;
  return { used: loads.length, utilisation, demand, busiest: loads.slice(0, LISTED).map((load) => linkOf(load, reader.trace.width, cycles)) };
}

function linkOf({ pe, port, colors, wavelets, waited }: LinkLoad, width: number, cycles: number): ReportLink {
  const [x, y] = [pe % width, Math.floor(pe / width)];
  return { x, y, direction: DIRECTIONS[port], colors, wavelets, utilisation: wavelets / cycles, demand: (wavelets + waited) / cycles };
}
