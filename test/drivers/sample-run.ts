/**
 * A small finished run for tests of views and analysis: a hand-written row-per-PE program on the reference engine. Every
 * block is "dequantised" (a scale), multiplied with the arriving x and summed; the results drain west by switch.
 */
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import { MemoryPlan } from '../../src/machine/memory.ts';
import type { Instruction, PeClass, Program, Route, RouteClass } from '../../src/machine/program.ts';
import { type MachineSpec, WSE2 } from '../../src/machine/spec.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';

export interface SampleShape {
  readonly width: number;
  readonly height: number;
  /** Columns of B, blocks of a row, weights of a block. */
  readonly columns: number;
  readonly blocks: number;
  readonly block: number;
  readonly machine: MachineSpec;
}

export const SAMPLE: SampleShape = { width: 4, height: 3, columns: 2, blocks: 2, block: 16, machine: WSE2 };
export const SAMPLE_X = 0;
export const SAMPLE_Y = 1;

/** Registers of the program. */
const R = { column: 0, block: 1, mark: 2, sum: 3, result: 4 };

function code(shape: SampleShape, at: { weights: number; block: number; results: number }): Instruction[] {
  const memory = (address: number) => ({ kind: 'memory', address, stride: 1 }) as const;
  const li = (d: number, imm: number) => ({ op: 'li', d, imm }) as const;
  const length = shape.block;
  return [
    { kind: 'scalar', activity: 'compute', steps: [li(R.column, shape.columns), li(R.mark, -1), li(R.result, at.results)] },
    { kind: 'scalar', activity: 'compute', steps: [li(R.block, shape.blocks), li(R.sum, 0)] },
    { kind: 'scalar', activity: 'compute', steps: [{ op: 'addi', d: R.mark, a: R.mark, imm: 1 }] },
    { kind: 'mark', register: R.mark },
    { kind: 'vector', op: 'f32_scale', activity: 'dequantise', length, destination: memory(at.block), a: memory(at.weights), scalar: { imm: 0x3f800000 } },
    { kind: 'vector', op: 'f32_mul', activity: 'compute', length, destination: memory(at.block), a: memory(at.block), b: { kind: 'fabricIn', queue: 0 } },
    { kind: 'vector', op: 'f32_sum', activity: 'compute', length, destination: { kind: 'register', register: R.sum }, a: memory(at.block) },
    { kind: 'loop', activity: 'compute', counter: R.block, to: 2 },
    {
      kind: 'scalar',
      activity: 'compute',
      steps: [
        { op: 'st32', a: R.result, b: R.sum, imm: 0 },
        { op: 'addi', d: R.result, a: R.result, imm: 4 },
      ],
    },
    { kind: 'loop', activity: 'compute', counter: R.column, to: 1 },
    {
      kind: 'vector',
      op: 'mov32',
      activity: 'send',
      length: shape.columns,
      destination: { kind: 'fabricOut', queue: 0, advance: true },
      a: memory(at.results),
    },
  ];
}

function peClass(shape: SampleShape): PeClass {
  const plan = new MemoryPlan(shape.machine);
  const at = {
    weights: plan.add('weights', 'weights', shape.block * shape.blocks * 4),
    block: plan.add('block', 'block', shape.block * 4),
    results: plan.add('results', 'results', shape.columns * 4),
  };
  const tasks = [{ name: 'main', code: code(shape, at), active: true, blocked: false }];
  return { name: 'row', tasks, memory: plan.allocations, inputs: [{ queue: 0, color: SAMPLE_X }], outputs: [{ queue: 0, color: SAMPLE_Y }] };
}

function routesOf(shape: SampleShape, x: number, y: number): RouteClass {
  const from = x > 0 || y === 0 ? Port.W : Port.N;
  const on = [Port.RAMP, ...(x < shape.width - 1 ? [Port.E] : []), ...(x === 0 && y < shape.height - 1 ? [Port.S] : [])];
  const drain: Route = {
    color: SAMPLE_Y,
    positions: [
      { rx: maskOf(Port.RAMP), tx: maskOf(Port.W) },
      { rx: maskOf(Port.E), tx: maskOf(Port.W) },
    ],
    ring: false,
  };
  return [{ color: SAMPLE_X, positions: [{ rx: maskOf(from), tx: maskOf(...on) }], ring: false }, drain];
}

export function sampleProgram(shape: SampleShape = SAMPLE): Program {
  const { width, height, columns, blocks, block, machine } = shape;
  const pes = width * height;
  const one = new Uint32Array(new Float32Array([1]).buffer)[0];
  return {
    machine,
    width,
    height,
    classes: [peClass(shape)],
    classOf: new Uint16Array(pes),
    routes: Array.from({ length: pes }, (_, pe) => routesOf(shape, pe % width, Math.floor(pe / width))),
    routeOf: Uint16Array.from({ length: pes }, (_, pe) => pe),
    loads: {
      data: [],
      source: new Uint16Array(0),
      pe: new Uint32Array(0),
      address: new Uint32Array(0),
      offset: new Float64Array(0),
      length: new Uint32Array(0),
    },
    sources: [{ name: 'x', pe: 0, port: Port.W, color: SAMPLE_X, words: new Uint32Array(columns * blocks * block).fill(one) }],
    sinks: Array.from({ length: height }, (_, y) => ({ name: `y, row ${y}`, pe: y * width, port: Port.W, color: SAMPLE_Y, expect: width * columns })),
    streams: [
      { color: SAMPLE_X, letter: 'x', meaning: 'activations' },
      { color: SAMPLE_Y, letter: 'y', meaning: 'results' },
    ],
    marks: [
      { name: 'column', size: columns },
      { name: 'block', size: blocks },
    ],
  };
}

/** Runs the sample to its end. */
export function sampleRun(shape: SampleShape = SAMPLE): TraceReader<Trace> {
  const program = sampleProgram(shape);
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = createReferenceEngine(program, recorder);
  engine.advance(1_000_000);
  return new TraceReader(program, recorder.finish(program.width, program.height, engine.cycle));
}
