/** From a placement and a kernel's own parts to a Program: classes, loads, host sources and sinks. */
import { each } from '../../base/pieces.ts';
import { assemble } from '../../machine/builder.ts';
import { Port } from '../../machine/fabric.ts';
import type { HostSink, LoadTable, PeClass, Program } from '../../machine/program.ts';
import type { Gemm } from '../types.ts';
import { activationWords } from './activations.ts';
import { drain, marksOf } from './code.ts';
import { ACTIVATIONS, ACTIVATIONS_QUEUE, controlsOf, exitOf, RESULTS, RESULTS_QUEUE, routeAll, STREAMS, turnsSwitches } from './fabric.ts';
import { packedBytes, type RowJob, type RowLayout, type RowMapping, type Segment } from './mapping.ts';
import { type Placement, rowsIn, rowsOn } from './placement.ts';

/** In pieces. `job` is that of a PE with rowsPerPe rows. */
export function* buildProgram<L extends RowLayout>(mapping: RowMapping<L>, placement: Placement, job: RowJob, gemm: Gemm): Generator<void, Program> {
  const { width, height } = placement.rectangle;
  return {
    machine: job.machine,
    width,
    height,
    ...(yield* classify(mapping, placement, job)),
    ...(yield* routeAll(placement, job)),
    loads: yield* loadTable(mapping, placement, job, gemm.weights),
    sources: [{ name: 'activations', pe: 0, port: Port.W, color: ACTIVATIONS, words: yield* activationWords(job, gemm.x) }],
    sinks: sinks(placement, job),
    streams: STREAMS,
    marks: marksOf(job),
  };
}

/** The job of a PE with this many rows. */
const withRows = (job: RowJob, rows: number): RowJob => ({ ...job, rows });

/** Full PEs, the last one if it holds fewer rows, those that end a fabric row if these turn its switches, idle ones. */
function* classify<L extends RowLayout>(mapping: RowMapping<L>, p: Placement, job: RowJob): Generator<void, { classes: PeClass[]; classOf: Uint16Array }> {
  const { width } = p.rectangle;
  const jobs: RowJob[] = [];
  const classOf = new Uint16Array(width * p.rectangle.height);
  yield* each(classOf.length, (pe) => {
    const rows = rowsOn(p, pe);
    const endsRow = turnsSwitches(p, job, pe % width, Math.floor(pe / width));
    let index = jobs.findIndex((own) => own.rows === rows && own.endsRow === endsRow);
    if (index < 0) index = jobs.push({ ...job, rows, endsRow }) - 1;
    classOf[pe] = index;
  });
  return { classes: jobs.map((own) => (own.rows > 0 ? rowClass(mapping, own) : idleClass(job))), classOf };
}

function rowClass<L extends RowLayout>(mapping: RowMapping<L>, job: RowJob): PeClass {
  const layout = mapping.layout(job);
  const code = assemble([...mapping.code(job, layout), ...drain(job, layout)]);
  return {
    name: `${job.rows} row${job.rows > 1 ? 's' : ''}${job.endsRow ? ', turns the switches' : ''}`,
    tasks: [{ name: mapping.id, code, active: true, blocked: false }],
    memory: layout.allocations,
    inputs: [{ queue: ACTIVATIONS_QUEUE, color: ACTIVATIONS }],
    outputs: [{ queue: RESULTS_QUEUE, color: RESULTS }],
  };
}

function idleClass(job: RowJob): PeClass {
  const reserve = { name: 'code and run-time reserve', kind: 'code', address: 0, bytes: job.machine.codeReserve } as const;
  return { name: 'no rows', tasks: [], memory: [reserve], inputs: [], outputs: [] };
}

/** Every used PE gets its rows out of the matrix as stored; nothing is copied here. */
function* loadTable<L extends RowLayout>(mapping: RowMapping<L>, p: Placement, job: RowJob, weights: Uint8Array): Generator<void, LoadTable> {
  const segments = (rows: number): readonly Segment[] => mapping.segments(withRows(job, rows), mapping.layout(withRows(job, rows)));
  const [full, last] = [segments(p.rowsPerPe), segments(p.rowsOfLast)];
  const count = (p.usedPes - 1) * full.length + last.length;
  const table = { pe: new Uint32Array(count), address: new Uint32Array(count), offset: new Float64Array(count), length: new Uint32Array(count) };
  let i = 0;
  yield* each(p.usedPes, (pe) => {
    const first = pe * p.rowsPerPe * packedBytes(job);
    for (const segment of pe === p.usedPes - 1 ? last : full) {
      table.pe[i] = pe;
      table.address[i] = segment.address;
      table.offset[i] = first + segment.offset;
      table.length[i] = segment.length;
      i++;
    }
  });
  return { data: [weights], source: new Uint16Array(count), ...table };
}

/** One sink for each fabric row with PEs that hold rows. */
function sinks(p: Placement, job: RowJob): HostSink[] {
  return Array.from({ length: p.usedHeight }, (_, y) => ({
    name: `results of fabric row ${y}`,
    ...exitOf(p, job, y),
    color: RESULTS,
    expect: rowsIn(p, y) * job.n + controlsOf(p, job, y, job.n),
  }));
}
