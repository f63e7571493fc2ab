/** A PE or two that run one measured program: classes, memory and loads without the row's layout. */
import { WeftError } from '../../base/error.ts';
import type { Rng } from '../../base/rng.ts';
import type { Bytes } from '../../base/units.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { R } from '../measured/stamps.ts';

/**
 * From a dispatch to the first execution of a vector op, cycles: where S2's windows "dispatch to ..." begin. Part of every
 * set-up; *assumed* the same on WSE-2.
 */
const DISPATCH = 4;

/** How much of a set-up lies behind the dispatch. */
export const afterDispatch = (setup: number): number => Math.min(DISPATCH, setup);

/** One PE's program with its data: allocations in order, bytes for some of them. */
export class OnePe {
  private readonly plan: MemoryPlan;
  private readonly loads: { readonly address: Bytes; readonly bytes: Uint8Array }[] = [];
  private readonly machine: MachineSpec;
  readonly begin: Bytes;
  readonly end: Bytes;

  constructor(machine: MachineSpec) {
    this.machine = machine;
    this.plan = new MemoryPlan(machine);
    this.begin = this.plan.add('time stamp at the begin', 'results', 4);
    this.end = this.plan.add('time stamp at the end', 'results', 4);
  }

  /** Reserves memory for these bytes at an address that is `phase` modulo 8. */
  data(name: string, bytes: Uint8Array, phase = 0): Bytes {
    const address = this.plan.add(name, 'activations', bytes.length, 8, phase);
    this.loads.push({ address, bytes });
    return address;
  }

  /** @throws WeftError (`field`) if memory overflows. */
  program(field: string, code: readonly Instruction[]): Program {
    const over = this.plan.usedBytes - this.machine.sramBytes;
    if (over > 0) throw new WeftError(field, `the vectors overflow a PE by ${over} B of its ${this.machine.sramBytes} B`, [`use a smaller ${field}`]);
    const stamps: Instruction = {
      kind: 'scalar',
      activity: 'compute',
      steps: [
        { op: 'st32', b: R.begin, imm: this.begin },
        { op: 'st32', b: R.end, imm: this.end },
      ],
    };
    const { loads } = this;
    return {
      machine: this.machine,
      width: 1,
      height: 1,
      classes: [
        {
          name: 'bench',
          tasks: [{ name: 'main', code: [...code, stamps], active: true, blocked: false }],
          memory: this.plan.allocations,
          inputs: [],
          outputs: [],
        },
      ],
      classOf: new Uint16Array(1),
      routes: [[]],
      routeOf: new Uint16Array(1),
      loads: {
        data: loads.map((load) => load.bytes),
        source: Uint16Array.from(loads.keys()),
        pe: new Uint32Array(loads.length),
        address: Uint32Array.from(loads, (load) => load.address),
        offset: new Float64Array(loads.length),
        length: Uint32Array.from(loads, (load) => load.bytes.length),
      },
      sources: [],
      sinks: [],
      streams: [],
      marks: [],
    };
  }
}

/** The bytes of values of either kind. */
export const bytesOf = (values: Float32Array | Uint16Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** `length` seeded elements of this width: f32 in [-1, 1), or 16-bit words that are small positive numbers in f16 too. */
export const seeded = (random: Rng, length: number, width: 2 | 4): Float32Array | Uint16Array =>
  width === 4 ? Float32Array.from({ length }, () => 2 * random.unit() - 1) : Uint16Array.from({ length }, () => random.bits() & 0x3fff);
