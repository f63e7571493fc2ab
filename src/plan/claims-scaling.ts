/** Claims about batches: what the closed form of `batched` says of one 4096 x 4096 matrix on the whole usable fabric. */
import { count, grouped, percent } from '../base/numbers.ts';
import { bandsOf } from '../kernels/batched/bands.ts';
import { type Throughput, type ThroughputQuestion, throughput } from '../kernels/batched/throughput.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { cacheRoom } from './claims-speed.ts';
import type { Finding } from './claims-types.ts';

const SIZE = 4096;
const BATCH = 50_000;
const LARGE = 10_000;
/** More than this over the knee's rate counts as growing. */
const GROWING = 1.05;

export function scalingFindings(machine: MachineSpec): Finding[] {
  const question: ThroughputQuestion = { m: SIZE, k: SIZE, format: 'q4_k', machine, inner: 'streaming' };
  const batches = [1, 10, 100, 1000, LARGE, BATCH, 10 ** 6];
  const shared = throughput(question, batches);
  const free = throughput({ ...question, hostLimited: false }, batches);
  return [mappingFinding(machine), linearFinding(machine, shared, free), costFinding(machine, question, shared)];
}

const input = ({ id }: MachineSpec): string => `throughput of batched, streaming, M = K = ${SIZE}, Q4_K, on the usable fabric of ${id}`;

function mappingFinding(machine: MachineSpec): Finding {
  const bands = bandsOf(SIZE, BATCH, machine.usable);
  const pes = machine.usable.width * machine.usable.height;
  const wanted = SIZE * BATCH;
  return {
    id: 'batch-mapping',
    claim: `batches of ${grouped(BATCH)} and more mapped as M × batch cores`,
    ours: `${grouped(wanted)} PEs wanted, ${grouped(pes)} there: ${grouped(Math.ceil(wanted / pes))} waves by count, ${grouped(bands.waves)} in bands of ${bands.band.height} fabric rows`,
    input: `bands of M = ${SIZE}, batch ${BATCH} on ${machine.usable.width} × ${machine.usable.height} PEs of ${machine.id}`,
    verdict: wanted <= pes ? 'holds' : 'does not hold',
    why: `One PE a row and sequence is ${grouped(wanted / pes)} wafers. On one wafer ${count(bands.fitting, 'sequence goes', 'sequences go')} through at a time, the others wait their turn.`,
  };
}

function linearFinding(machine: MachineSpec, shared: Throughput, free: Throughput): Finding {
  const most = shared.points[shared.points.length - 1].batch;
  return {
    id: 'linear-batch',
    claim: 'throughput grows linearly with the batch',
    ours: `linear up to ${count(shared.linearTo, 'sequence')}, no growth to speak of from ${grouped(shared.knee)} on; with no limit at the host linear up to ${grouped(free.linearTo)}`,
    input: input(machine),
    verdict: shared.linearTo >= most ? 'holds' : shared.linearTo > 1 ? 'partly' : 'does not hold',
    why: 'Linear means at least 95 % of batch times what one sequence gives. First the host’s rate is used up, at the latest the PEs are: after that sequences queue.',
  };
}

function costFinding(machine: MachineSpec, question: ThroughputQuestion, shared: Throughput): Finding {
  const rateAt = (batch: number): number => throughput(question, [batch]).points[0].columnsPerSecond;
  const [knee, large] = [rateAt(shared.knee), rateAt(LARGE)];
  return {
    id: 'cost-above-10000',
    claim: `the best price a token above batch ${grouped(10_000)}`,
    ours: `${grouped(large)} columns/s at batch ${grouped(LARGE)}, ${grouped(knee)} at batch ${grouped(shared.knee)}: ${percent(large / knee)}`,
    input: input(machine),
    verdict: large > knee * GROWING ? 'holds' : 'does not hold',
    why: `Prices are outside the model; but at a fixed price an hour a token costs as throughput says, and that has stopped growing by batch ${grouped(shared.knee)}. The caches of so many sequences of Llama-2-7B have room for ${grouped(cacheRoom(machine, LARGE))} tokens each, without any weights.`,
  };
}
