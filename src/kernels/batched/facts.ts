/** What `batched` tells beside its cycles: groups, waves by two counts, the host's lanes, replication, throughput and its knee. */
import { periodOf, sharedRate } from '../host-share.ts';
import type { InnerId } from '../inner.ts';
import type { Estimate, Fact, Plan } from '../types.ts';
import type { Bands } from './bands.ts';
import { lanesOf } from './estimate.ts';
import { throughput } from './throughput.ts';

/** `replicaBytes` is one replica of A as stored. */
export function factsOf(plan: Omit<Plan, 'facts'>, bands: Bands, replicaBytes: number, estimate: Estimate): Fact[] {
  return [...placementFacts(plan, bands), ...hostFacts(plan, bands), ...costFacts(plan, bands, replicaBytes, estimate), kneeFact(plan)];
}

function placementFacts({ shape, rowsPerPe }: Omit<Plan, 'facts'>, bands: Bands): Fact[] {
  const { rectangle, band, fitting, groups, waves, replicaPes, batch } = bands;
  const pes = rectangle.width * rectangle.height;
  const wanted = replicaPes * batch;
  return [
    {
      name: 'Groups',
      value: groups,
      unit: '',
      meaning: `Replicas of A that work at the same time; ${fitting} fit into the rectangle, one is used by each of ${batch} sequences at most.`,
    },
    {
      name: 'Fabric rows a group',
      value: band.height,
      unit: 'rows',
      meaning: `One replica has ${shape.m} rows, ${rowsPerPe} a PE, in whole fabric rows of ${band.width} PEs.`,
    },
    {
      name: 'PEs wanted',
      value: wanted,
      unit: 'PEs',
      meaning: `One PE for each pair of ${rowsPerPe === 1 ? 'a row' : `${rowsPerPe} rows`} and a sequence: first limit, the number of PEs.`,
    },
    {
      name: 'Waves by PE count alone',
      value: Math.ceil(wanted / pes),
      unit: 'waves',
      meaning: `PEs wanted over the ${pes} of the rectangle, as if pairs could be put anywhere.`,
    },
    { name: 'Waves by whole rows', value: waves, unit: 'waves', meaning: `Sequences over groups that fit: second limit, a group takes whole fabric rows.` },
    {
      name: 'Fabric rows left over',
      value: rectangle.height - fitting * band.height,
      unit: 'rows',
      meaning: 'Rows of the rectangle too few for one more group.',
    },
  ];
}

function hostFacts({ machine }: Omit<Plan, 'facts'>, { groups, band }: Bands): Fact[] {
  const lanes = lanesOf(groups, band);
  const { wordsInPerCycle, wordsOutPerCycle } = machine.host;
  const every = (perCycle: number, count: number): number => round(periodOf(sharedRate(perCycle, count)));
  return [
    {
      name: 'Cycles between activations of a lane',
      value: every(wordsInPerCycle, lanes.in),
      unit: 'cycles',
      meaning: `Third limit, the host: ${lanes.in} lanes share ${round(wordsInPerCycle)} wavelets a cycle.`,
    },
    {
      name: 'Cycles between results of a lane',
      value: every(wordsOutPerCycle, lanes.out),
      unit: 'cycles',
      meaning: `One lane for each of ${lanes.out} fabric rows; they share ${round(wordsOutPerCycle)} wavelets a cycle.`,
    },
  ];
}

function costFacts({ shape, machine, weightBytes }: Omit<Plan, 'facts'>, { groups }: Bands, replicaBytes: number, { closedForm }: Estimate): Fact[] {
  const host = closedForm.terms.filter((term) => term.name.startsWith('waiting for the host')).reduce((sum, term) => sum + term.cycles, 0);
  return [
    {
      name: 'Bytes for replicas',
      value: weightBytes - replicaBytes,
      unit: 'B',
      meaning: `What the ${groups - 1} replicas beside the first one add to the load.`,
    },
    { name: 'Waiting for the host', value: host, unit: 'cycles', meaning: 'Part of the closed form that would go if every lane ran at full rate.' },
    {
      name: 'Throughput',
      value: Math.round((shape.n * machine.clockHz) / closedForm.cycles),
      unit: 'columns/s',
      meaning: 'Columns over the cycles of the closed form, weights being resident.',
    },
  ];
}

/** Of sequences of one column on all of the usable fabric. */
function kneeFact({ shape, machine, options }: Omit<Plan, 'facts'>): Fact {
  const { batch: _batch, inner, ...rest } = options;
  const { m, k, format } = shape;
  const { linearTo, knee } = throughput({ m, k, format, machine, inner: inner as InnerId, options: rest }, [1, 10 ** 6]);
  const { width, height } = machine.usable;
  const meaning = `On ${width}x${height} PEs more sequences bring less than 5 % more columns a second from here on; up to ${linearTo} they bring them in proportion.`;
  return { name: 'Knee', value: knee, unit: 'sequences', meaning };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
