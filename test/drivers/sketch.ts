/**
 * Small programs for tests, written PE by PE: routes, queues, tasks and memory are added where they are needed, and PEs that
 * come out alike share a class. Numbers are given as in program.ts; nothing is checked here (validateProgram does).
 */
import type { Pop } from '../../src/machine/control.ts';
import { neighbour, type Port } from '../../src/machine/fabric.ts';
import { MemoryPlan } from '../../src/machine/memory.ts';
import type { HostSink, HostSource, Instruction, MemoryFifo, PeClass, Program, Route, RoutePosition, Task } from '../../src/machine/program.ts';
import type { MachineSpec } from '../../src/machine/spec.ts';

interface SketchedPe {
  readonly plan: MemoryPlan;
  readonly tasks: Task[];
  readonly inputs: { queue: number; color: number }[];
  readonly outputs: { queue: number; color: number }[];
  readonly routes: Route[];
  readonly fifos: MemoryFifo[];
}

interface Load {
  readonly pe: number;
  readonly address: number;
  readonly bytes: Uint8Array;
}

export class Sketch {
  readonly machine: MachineSpec;
  readonly width: number;
  readonly height: number;
  private readonly pes: SketchedPe[];
  private readonly sources: HostSource[] = [];
  private readonly sinks: HostSink[] = [];
  private readonly loads: Load[] = [];

  constructor(machine: MachineSpec, width: number, height: number) {
    this.machine = machine;
    this.width = width;
    this.height = height;
    this.pes = Array.from({ length: width * height }, () => ({ plan: new MemoryPlan(machine), tasks: [], inputs: [], outputs: [], routes: [], fifos: [] }));
  }

  /** Gives (pe, color) its switch positions, each [rx, tx]. */
  route(pe: number, color: number, positions: ReadonlyArray<readonly [number, number]>, ring = false, pop?: Pop): this {
    this.pes[pe].routes.push({ color, positions: positions.map(([rx, tx]): RoutePosition => ({ rx, tx })), ring, ...(pop && { pop }) });
    return this;
  }

  /** Binds an input queue of the machine (the lowest free one unless given) to a color; returns its number in the class. */
  input(pe: number, color: number, queue?: number): number {
    return bind(this.pes[pe].inputs, color, queue);
  }

  output(pe: number, color: number, queue?: number): number {
    return bind(this.pes[pe].outputs, color, queue);
  }

  /** Reserves memory and returns its address; `phase` as in MemoryPlan.add. */
  memory(pe: number, bytes: number, phase = 0): number {
    const { plan } = this.pes[pe];
    return plan.add(`part ${plan.allocations.length}`, 'activations', bytes, 8, phase);
  }

  /** Memory that holds these f32 values; returns its address. */
  floats(pe: number, values: readonly number[], phase = 0): number {
    return this.loaded(pe, new Uint8Array(Float32Array.from(values).buffer), phase);
  }

  loaded(pe: number, bytes: Uint8Array, phase = 0): number {
    const address = this.memory(pe, bytes.length, phase);
    this.loads.push({ pe, address, bytes });
    return address;
  }

  /** Adds a FIFO in memory; returns its number. */
  fifo(pe: number, capacity: number, more: Pick<MemoryFifo, 'activatesOnPush' | 'activatesOnPop'> = {}): number {
    const { fifos } = this.pes[pe];
    return fifos.push({ name: `fifo ${fifos.length}`, address: this.memory(pe, 4 * capacity), capacity, ...more }) - 1;
  }

  /** Adds a task; returns its number. It is active and not blocked unless said otherwise. */
  task(pe: number, code: readonly Instruction[], flags: Partial<Task> = {}): number {
    const { tasks } = this.pes[pe];
    tasks.push({ name: `t${tasks.length}`, active: true, blocked: false, ...flags, code });
    return tasks.length - 1;
  }

  source(pe: number, port: Port, color: number, words: ArrayLike<number>, more: Pick<HostSource, 'controls' | 'from' | 'rate'> = {}): this {
    this.sources.push({ name: `source ${this.sources.length}`, pe, port, color, words: Uint32Array.from(words), ...more });
    return this;
  }

  sink(pe: number, port: Port, color: number, expect: number, more: Pick<HostSink, 'rate'> = {}): this {
    this.sinks.push({ name: `sink ${this.sinks.length}`, pe, port, color, expect, ...more });
    return this;
  }

  neighbour(pe: number, port: number): number {
    return neighbour(pe, port, this.width, this.height);
  }

  /** Whether a host source already uses this edge port. */
  hasSource(pe: number, port: number): boolean {
    return this.sources.some((source) => source.pe === pe && source.port === port);
  }

  build(more: Pick<Program, 'host' | 'picker'> = {}): Program {
    const classes = shared(
      this.pes.map(({ plan, tasks, inputs, outputs, fifos }): PeClass => {
        return { name: '', tasks, memory: plan.allocations, inputs, outputs, ...(fifos.length > 0 && { fifos }) };
      }),
    );
    const routes = shared(this.pes.map((pe) => pe.routes));
    return {
      machine: this.machine,
      width: this.width,
      height: this.height,
      classes: classes.values.map((cls, i) => ({ ...cls, name: `class ${i}` })),
      classOf: classes.of,
      routes: routes.values,
      routeOf: routes.of,
      loads: {
        data: this.loads.map((load) => load.bytes),
        source: Uint16Array.from(this.loads.keys()),
        pe: Uint32Array.from(this.loads, (load) => load.pe),
        address: Uint32Array.from(this.loads, (load) => load.address),
        offset: new Float64Array(this.loads.length),
        length: Uint32Array.from(this.loads, (load) => load.bytes.length),
      },
      sources: this.sources,
      sinks: this.sinks,
      streams: [],
      marks: [],
      ...more,
    };
  }
}

function bind(bindings: { queue: number; color: number }[], color: number, queue: number | undefined): number {
  let free = 0;
  while (bindings.some((b) => b.queue === free)) free++;
  bindings.push({ queue: queue ?? free, color });
  return bindings.length - 1;
}

/** Equal values once each, and which of them every index has. */
function shared<Value>(all: readonly Value[]): { readonly values: Value[]; readonly of: Uint16Array } {
  const numbers = new Map<string, number>();
  const values: Value[] = [];
  const of = Uint16Array.from(all, (value) => {
    const key = JSON.stringify(value);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, values.length);
    return values.push(value) - 1;
  });
  return { values, of };
}
