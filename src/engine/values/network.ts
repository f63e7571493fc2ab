/** A whole program without time: its elements, the lines between them, the host. */
import { toEnd } from '../../base/pieces.ts';
import type { HostSource, HostStep, Program } from '../../machine/program.ts';
import { type Element, type Site, valueClass } from './element.ts';
import { FabricLines } from './fabric.ts';
import { Awake, controlTags, DATA, type Line, type Outlet } from './lines.ts';
import { sortingLoads } from './loads.ts';

/** What a program leaves. */
export interface Values {
  /** Words that each sink has received, in order. */
  readonly sinks: readonly Uint32Array[];
  /** What each copyOut step of the host has copied: its PEs' bytes one after the other; empty for other steps. */
  readonly copied: readonly Uint8Array[];
  /** A PE's bytes at the end, where they are kept; zeros where it has no code. */
  memory(pe: number, address: number, bytes: number): Uint8Array;
}

/** PEs that are made from one yield to the next. */
const BREATH = 1024;

export class Network {
  private readonly program: Program;
  private readonly awake = new Awake();
  private readonly fabric: FabricLines;
  private readonly make: (site: Site) => Element;
  private readonly elements: Array<Element | undefined> = [];

  /** `make` gives a PE with code its element. */
  constructor(program: Program, make: (site: Site) => Element) {
    this.program = program;
    this.make = make;
    this.fabric = new FabricLines(program, this.awake);
  }

  private *makeElements(): Generator<void, void> {
    const { program, fabric, elements } = this;
    const shared = program.classes.map((cls) => valueClass(cls, program.machine));
    const load = yield* sortingLoads(program.loads, program.classOf.length);
    // The host may copy into memories and out of them, whatever the PEs do.
    const has = program.classes.map(({ tasks }) => tasks.length > 0 || program.host !== undefined);
    const inputs: Line[][] = [];
    for (const [pe, c] of program.classOf.entries()) {
      inputs.push(has[c] ? program.classes[c].inputs.map(({ color }) => fabric.addInput(pe, color)) : []);
      if (pe % BREATH === BREATH - 1) yield;
    }
    for (const [pe, c] of program.classOf.entries()) {
      elements.push(has[c] ? this.make({ ...this.queuesOf(pe), pe, shared: shared[c], inputs: inputs[pe], load }) : undefined);
      if (pe % BREATH === BREATH - 1) yield;
    }
  }

  /** Where the words of a PE's output queues go. */
  private queuesOf(pe: number): Pick<Site, 'outputs' | 'turns'> {
    const { program, fabric } = this;
    const { outputs } = program.classes[program.classOf[pe]];
    return { outputs: outputs.map(({ color }) => fabric.fromRamp(pe, color)), turns: outputs.map(({ color }) => fabric.turns(pe, color)) };
  }

  /** Runs it to its end; yields between elements. @throws what the elements throw */
  *run(): Generator<void, Values> {
    const { program, fabric, elements } = this;
    const copied: Uint8Array[] = [];
    yield* this.makeElements();
    for (const source of program.sources) sendAll(source, fabric.outlet(source.pe, source.port, source.color));
    for (const element of elements) if (element) this.awake.wake(element);
    yield* this.settle();
    for (const step of program.host ?? []) {
      for (const element of elements) element?.rest();
      copied.push(this.step(step));
      yield* this.settle();
    }
    const memory = (pe: number, address: number, bytes: number): Uint8Array => elements[pe]?.memory(address, bytes) ?? new Uint8Array(bytes);
    return { sinks: fabric.sinks.map((line) => line.drain()), copied, memory };
  }

  private *settle(): Generator<void, void> {
    for (let actor = this.awake.pop(); actor; actor = this.awake.pop()) {
      actor.advance();
      yield;
    }
  }

  /** Does a step of the host; the bytes that it copies out. */
  private step(step: HostStep): Uint8Array {
    const { elements, program } = this;
    if (step.kind === 'copyOut') {
      const all = new Uint8Array(step.pes.length * step.bytes);
      step.pes.forEach((pe, i) => {
        const bytes = elements[pe]?.memory(step.address, step.bytes);
        if (bytes) all.set(bytes, i * step.bytes);
      });
      return all;
    }
    if (step.kind === 'copyIn') {
      const load = toEnd(sortingLoads(step.loads, program.classOf.length));
      for (const pe of new Set(step.loads.pe)) elements[pe]?.load(pe, load);
    } else {
      const tasks = program.classes.map((cls) => cls.tasks.findIndex((task) => task.name === step.task));
      program.classOf.forEach((cls, pe) => {
        if (tasks[cls] >= 0) elements[pe]?.launch(tasks[cls]);
      });
    }
    for (const element of elements) if (element) this.awake.wake(element);
    return new Uint8Array();
  }
}

/** Sends all words of a source, data in pieces, control wavelets one by one. */
function sendAll({ words, controls }: HostSource, outlet: Outlet): void {
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  for (let from = 0; from < words.length; ) {
    const isControl = controls?.[from] === 1;
    let to = from + 1;
    if (!isControl) while (to < words.length && controls?.[to] !== 1) to++;
    outlet.send(signed, from, to, isControl ? controlTags(false) : DATA);
    from = to;
  }
}
