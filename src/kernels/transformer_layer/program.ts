/** From the layout and a layer's numbers to a Program: every stage's PEs, their classes and what the host loads. */
import { assert, WeftError } from '../../base/error.ts';
import { each } from '../../base/pieces.ts';
import type { LoadTable, PeClass, Program } from '../../machine/program.ts';
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { Layer } from '../types.ts';
import { attention, attentionLoads } from './attention.ts';
import { attentionLayout } from './attention-layout.ts';
import { bypassColor, inputColor, outputColor, routeAll, sinkOf, sourceOf, streamsOf } from './fabric.ts';
import type { Projection } from './form.ts';
import { type Layout, type Placed, placeOf, usedIn } from './layout.ts';
import { norm, normLayout } from './norm.ts';
import { type Colors, classOf, type Load, loadOf, type PeProgram } from './pe.ts';
import { jobOf, keyOf, type Pipeline, sharesOf } from './pipeline.ts';
import { firstPacked, projection } from './projection.ts';
import { floatRow, type ProjectionJob, type ProjectionLayout, packedRow, projectionLayout } from './projection-layout.ts';
import { residual, residualLayout } from './residual.ts';
import { turner } from './turner.ts';

/** Classes and loads, gathered PE by PE. */
class Pes {
  readonly classes: PeClass[];
  readonly classOf: Uint16Array;
  private readonly known = new Map<string, number>();
  private readonly data = new Map<Uint8Array, number>();
  private readonly loads: Record<'source' | 'pe' | 'address' | 'offset' | 'length', number[]> = { source: [], pe: [], address: [], offset: [], length: [] };
  private readonly width: number;

  constructor({ machine, layout }: Pipeline) {
    const { width, height } = layout.rectangle;
    this.width = width;
    this.classOf = new Uint16Array(width * height);
    const memory = [{ name: 'code and run-time reserve', kind: 'code', address: 0, bytes: machine.codeReserve }] as const;
    this.classes = [{ name: 'idle', tasks: [], memory, inputs: [], outputs: [] }];
  }

  /** The PE at x, y: PEs with the same key share the program, which is made once. */
  add(x: number, y: number, key: string, colors: Colors, program: () => PeProgram, loads: readonly Load[]): void {
    const pe = y * this.width + x;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.classes.push(classOf(program(), colors)) - 1;
      this.known.set(key, index);
    }
    this.classOf[pe] = index;
    for (const load of loads) this.load(pe, load);
  }

  private load(at: number, load: Load): void {
    const { source, pe, address, offset, length } = this.loads;
    const number = this.data.get(load.data) ?? this.data.size;
    this.data.set(load.data, number);
    source.push(number);
    pe.push(at);
    address.push(load.address);
    offset.push(load.offset);
    length.push(load.length);
  }

  table(): LoadTable {
    const { source, pe, address, offset, length } = this.loads;
    return {
      data: [...this.data.keys()],
      source: Uint16Array.from(source),
      pe: Uint32Array.from(pe),
      address: Uint32Array.from(address),
      offset: Float64Array.from(offset),
      length: Uint32Array.from(length),
    };
  }
}

/** In pieces. */
export function* buildProgram(p: Pipeline, layer: Layer): Generator<void, Program> {
  const { machine, form, layout } = p;
  checkNumbers(p, layer);
  const pes = new Pes(p);
  for (const [index, placed] of layout.stages.entries()) {
    const { stage } = placed;
    if (stage.kind === 'projection') yield* addProjection(pes, p, layer, placed, stage, index);
    else if (stage.kind === 'attention') addAttention(pes, p, placed, index);
    else if (stage.kind === 'norm') addNorm(pes, p, layer, placed, index);
    else addResidual(pes, p, placed, index);
  }
  const { width, height } = layout.rectangle;
  return {
    machine,
    width,
    height,
    classes: pes.classes,
    classOf: pes.classOf,
    ...(yield* routeAll(layout)),
    loads: pes.table(),
    sources: [sourceOf(layer.x)],
    sinks: [sinkOf(layout, wordsAtSink(form.tokens, form.hidden, layout))],
    streams: streamsOf(layout),
    marks: [{ name: 'token', size: form.tokens }],
  };
}

/** Control wavelets of the last region reach the sink where no residual ends them: one a fabric row and token. */
export function controlsAtSink(layout: Layout): number {
  const last = layout.stages[layout.stages.length - 1];
  return last.stage.kind === 'residual' ? 0 : last.height;
}

const wordsAtSink = (tokens: number, hidden: number, layout: Layout): number => tokens * (hidden + controlsAtSink(layout));

/** PEs from one yield to the next. */
const BREATH = 1 << 9;

function* addProjection(pes: Pes, p: Pipeline, layer: Layer, placed: Placed, stage: Projection, index: number): Generator<void, void> {
  const colors = { input: inputColor(index), output: outputColor(index) };
  const known = new Map<string, { readonly job: ProjectionJob; readonly layout: ProjectionLayout }>();
  const shares = sharesOf(stage);
  const add = (i: number): void => {
    const share = shares[i];
    const key = `${index} ${keyOf(p.form, share)}`;
    let made = known.get(key);
    if (!made) {
      const job = jobOf(p, stage, share);
      made = { job, layout: projectionLayout(job) };
      known.set(key, made);
    }
    const { job, layout } = made;
    const { x, y } = placeOf(placed, i);
    const loads = share.matrices.flatMap((name, g) => rowLoads(job, layout, g, layer.matrices[name]?.rows ?? new Uint8Array(), share.first));
    pes.add(x, y, key, colors, () => projection(job, layout, stage.name, p.form.tokens), loads);
  };
  yield* each(shares.length, add, BREATH);
  addTurners(pes, p, placed, index);
}

/** Rows from `first` on of group `g`: in one piece, or each into the tail of its f32. */
function rowLoads(job: ProjectionJob, layout: ProjectionLayout, g: number, data: Uint8Array, first: number): Load[] {
  const { rows } = job.groups[g];
  const length = packedRow(job, job.groups[g]);
  if (job.inner === 'streaming') return [{ data, address: layout.weights[g], offset: first * length, length: rows * length }];
  const at = firstPacked(job, layout, g);
  return Array.from({ length: rows }, (_, row) => ({ data, address: at + row * floatRow(job), offset: (first + row) * length, length }));
}

function addTurners(pes: Pes, { machine, form }: Pipeline, placed: Placed, index: number): void {
  for (let y = placed.y; y < placed.y + placed.height; y++) {
    const resets = y === placed.y;
    const program = turner(machine, form.tokens, resets);
    pes.add(placed.x + usedIn(placed, y), y, `turner ${index} ${resets}`, { output: outputColor(index) }, () => program, program.loads);
  }
}

function addAttention(pes: Pes, p: Pipeline, placed: Placed, index: number): void {
  const layout = attentionLayout(p.machine, p.form);
  const loads = attentionLoads(p.form, layout);
  for (let head = 0; head < p.form.heads; head++) {
    const { x, y } = placeOf(placed, head);
    pes.add(x, y, `head ${head}`, { input: inputColor(index), output: outputColor(index) }, () => attention(p.form, layout, head), loads);
  }
  addTurners(pes, p, placed, index);
}

function addNorm(pes: Pes, { machine, form }: Pipeline, layer: Layer, { stage, x, y }: Placed, index: number): void {
  assert(stage.kind === 'norm' && form.norm !== null && layer.norms !== undefined, 'a norm has gains');
  const layout = normLayout(machine, form.hidden);
  const { epsilon } = form.norm;
  const program = (): PeProgram => norm(layout, form.hidden, epsilon, form.tokens);
  pes.add(x, y, `norm ${index}`, { input: inputColor(index), output: outputColor(index) }, program, [loadOf(layer.norms[stage.gains], layout.gains)]);
}

function addResidual(pes: Pes, { machine, form, layout }: Pipeline, { x, y }: Placed, index: number): void {
  const memory = residualLayout(machine, form.hidden, form.tokens);
  const colors = { input: inputColor(index), bypass: bypassColor(layout, index), output: outputColor(index) };
  pes.add(x, y, `residual ${index}`, colors, () => residual(memory, form.hidden, form.tokens), []);
}

/** The numbers belong to the plan, and there are as many as its sizes say. */
function checkNumbers({ form }: Pipeline, layer: Layer): void {
  if (layer.x.length !== form.tokens * form.hidden)
    throw new WeftError('input', `${form.tokens} tokens of ${form.hidden} are ${form.tokens * form.hidden} values, not ${layer.x.length}`, [
      'give one token after the other',
    ]);
  if (form.norm && (layer.norms?.attention.length !== form.hidden || layer.norms.feedForward.length !== form.hidden))
    throw new WeftError('norms', `the gains of both norms are ${form.hidden} f32 each`, ['give both', 'use form bare']);
  for (const [name, matrix] of Object.entries(layer.matrices)) {
    const bytes = matrix.m * rowBytes(dequantiserFor(matrix.format).format, matrix.k);
    if (matrix.rows.length !== bytes) throw new WeftError('weights', `${name} is ${matrix.rows.length} B, not ${bytes} B`, ['give the whole matrix']);
  }
}
