/**
 * The compute elements of the wavelet engine: tasks, threads, the issue slot, vector ops. One event = one turn of a
 * PE's element; it sleeps while its threads wait for wavelets or room. A vector op without fabric operands on a PE
 * without microthreads cannot be disturbed, so it runs as one batch and is cut only when somebody looks (materialise).
 * Rules: docs/tick.md 8-15. Values: alu.ts, vector.ts.
 */
import { WeftError } from '../base/error.ts';
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { banksConflict } from '../machine/price.ts';
import { MAIN_THREAD, type Program, REGISTERS } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import type { Recorder } from '../trace/recorder.ts';
import { element, type ScalarContext, scalarStep } from './alu.ts';
import { AT, type CompiledClass, type CompiledInstruction, type CompiledOperand, type CompiledProgram, IS } from './compile.ts';
import type { Fabric } from './fabric.ts';
import { dataRange, endlessTask, FREE_LIMIT, memoryFault } from './faults.ts';
import { executeRange, offsetOf, type Views } from './vector.ts';
import type { EventWheel } from './wheel.ts';

const READY = -1;
/** Simulated memory above this is refused before it is allocated. */
const MEMORY_LIMIT = 1.5 * 2 ** 30;
const F32_MUL = VECTOR_OP_NAMES.indexOf('f32_mul');
const F32_DOT = VECTOR_OP_NAMES.indexOf('f32_dot');
const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');

/** A flag change that becomes visible at a later tick. */
interface Pending {
  readonly tick: number;
  readonly task: number;
  readonly kind: 'activate' | 'block' | 'unblock';
}

export class Elements {
  /** Threads of PE p: first[p] .. first[p + 1] - 1; main is the last. */
  readonly first: Uint32Array;
  readonly task: Int16Array;
  readonly pc: Uint16Array;
  readonly started: Uint8Array;
  /** 1 when the running op's operands were checked to lie inside the memory. */
  private readonly safe: Uint8Array;
  readonly done: Int32Array;
  readonly scalar: Int32Array;
  readonly baseD: Int32Array;
  readonly baseA: Int32Array;
  readonly baseB: Int32Array;
  readonly mark: Int32Array;
  readonly ready: Int32Array;
  private readonly stallKind: Int8Array;
  private readonly stallFrom: Int32Array;
  /** Issue tick of the batch's next group, or -1 when the thread runs no batch. */
  readonly batch: Int32Array;
  // per PE
  readonly slotFree: Int32Array;
  readonly lastMicro: Int8Array;
  readonly active: Int32Array;
  readonly blocked: Int32Array;
  readonly pending = new Map<number, Pending[]>();
  readonly registers: Int32Array;
  /** Data memory of PE p: bytes from memoryAt[p] + dataStart of its address space. */
  readonly memoryAt: Float64Array;
  readonly bytes: Uint8Array;
  readonly views: Views;
  /** End of the last issue or pick. */
  readonly last = new Int32Array(1);
  /** Threads that have an instruction. */
  readonly running = new Int32Array(1);

  private readonly actor: number;
  private readonly context: ScalarContext;
  private pe = 0;
  private now = 0;
  private currentTask = 0;

  private readonly program: Program;
  private readonly c: CompiledProgram;
  private readonly wheel: EventWheel;
  private readonly fabric: Fabric;
  private readonly recorder: Recorder | undefined;

  constructor(program: Program, c: CompiledProgram, wheel: EventWheel, fabric: Fabric, recorder: Recorder | undefined) {
    this.program = program;
    this.c = c;
    this.wheel = wheel;
    this.fabric = fabric;
    this.recorder = recorder;
    const pes = program.width * program.height;
    this.actor = c.channels.count;
    this.first = new Uint32Array(pes + 1);
    this.memoryAt = new Float64Array(pes);
    let total = 0;
    for (let pe = 0; pe < pes; pe++) {
      const cls = this.classOf(pe);
      this.first[pe + 1] = this.first[pe] + cls.threads.length + 1;
      this.memoryAt[pe] = total - cls.dataStart;
      total += cls.dataEnd - cls.dataStart;
    }
    if (total > MEMORY_LIMIT) {
      throw new WeftError('memory', `the PEs' memories need ${total} B here, more than the ${MEMORY_LIMIT} B this engine holds`, ['simulate a smaller rectangle or tensor']);
    }
    const buffer = new ArrayBuffer((total + 7) & ~7);
    this.bytes = new Uint8Array(buffer);
    this.registers = new Int32Array(pes * REGISTERS);
    this.views = {
      f32: new Float32Array(buffer),
      i32: new Int32Array(buffer),
      u16: new Uint16Array(buffer),
      registers: this.registers,
      floatRegisters: new Float32Array(this.registers.buffer),
    };
    const threads = this.first[pes];
    const column = (): Int32Array => new Int32Array(threads);
    [this.done, this.scalar, this.baseD, this.baseA, this.baseB, this.ready, this.stallFrom] = [column(), column(), column(), column(), column(), column(), column()];
    this.task = new Int16Array(threads).fill(-1);
    this.pc = new Uint16Array(threads);
    this.started = new Uint8Array(threads);
    this.safe = new Uint8Array(threads);
    this.mark = column().fill(-1);
    this.batch = column().fill(-1);
    this.stallKind = new Int8Array(threads).fill(-1);
    this.slotFree = new Int32Array(pes);
    this.lastMicro = new Int8Array(pes).fill(-1);
    this.active = Int32Array.from({ length: pes }, (_, pe) => this.classOf(pe).active);
    this.blocked = Int32Array.from({ length: pes }, (_, pe) => this.classOf(pe).blocked);
    this.context = this.scalarContext();
    this.load();
    for (let pe = 0; pe < pes; pe++) if (this.active[pe] & ~this.blocked[pe]) wheel.schedule(this.actor + pe, 0);
  }

  /** The arrays that make up the elements' state, in a fixed order; pending flags apart. */
  stateArrays() {
    return [
      this.task, this.pc, this.started, this.safe, this.done, this.scalar, this.baseD, this.baseA, this.baseB, this.mark, this.ready,
      this.stallKind, this.stallFrom, this.batch, this.slotFree, this.lastMicro, this.active, this.blocked, this.registers, this.bytes,
      this.last, this.running,
    ]; // biome-ignore format: a list of fields reads better in rows
  }

  classOf(pe: number): CompiledClass {
    return this.c.classes[this.program.classOf[pe]];
  }

  /** Copies the load table into the memories. */
  private load(): void {
    const { data, source, pe, address, offset, length } = this.program.loads;
    for (let i = 0; i < pe.length; i++) {
      this.bytes.set(data[source[i]].subarray(offset[i], offset[i] + length[i]), this.memoryAt[pe[i]] + address[i]);
    }
  }

  /** A compute element's turn at tick t. */
  event(pe: number, t: number): void {
    const main = this.first[pe + 1] - 1;
    if (this.batch[main] >= 0 && this.ready[main] <= t) this.finishBatch(pe, main, t);
    this.applyPending(pe, t);
    if (this.task[main] < 0 && this.ready[main] <= t) this.pick(pe, main, t);
    this.grant(pe, main, t);
    if (this.busy(pe) && this.slotFree[pe] > t) this.wheel.schedule(this.actor + pe, this.slotFree[pe]);
  }

  /** Whether a thread has an instruction or a task could be picked. */
  private busy(pe: number): boolean {
    if (this.active[pe] & ~this.blocked[pe]) return true;
    for (let th = this.first[pe]; th < this.first[pe + 1]; th++) if (this.task[th] >= 0) return true;
    return false;
  }

  private applyPending(pe: number, t: number): void {
    const list = this.pending.get(pe);
    if (!list) return;
    const later: Pending[] = [];
    for (const p of list) {
      if (p.tick > t) later.push(p);
      else if (p.kind === 'activate') this.active[pe] |= 1 << p.task;
      else if (p.kind === 'block') this.blocked[pe] |= 1 << p.task;
      else this.blocked[pe] &= ~(1 << p.task);
    }
    if (later.length > 0) this.pending.set(pe, later);
    else this.pending.delete(pe);
    for (const p of later) this.wheel.schedule(this.actor + pe, p.tick);
  }

  /** Notes a flag change; one that is visible at once is applied by the caller's own turn. */
  private flag(pe: number, task: number, kind: Pending['kind'], tick: number, now: number): void {
    const list = this.pending.get(pe);
    if (list) list.push({ tick, task, kind });
    else this.pending.set(pe, [{ tick, task, kind }]);
    if (tick > now) this.wheel.schedule(this.actor + pe, tick);
  }

  /** Rule 9: the lowest-numbered task that is active and not blocked. */
  private pick(pe: number, main: number, t: number): void {
    const runnable = this.active[pe] & ~this.blocked[pe];
    if (runnable === 0) return;
    const task = 31 - Math.clz32(runnable & -runnable);
    this.active[pe] &= ~(1 << task);
    this.task[main] = task;
    this.running[0]++;
    this.goTo(main, 0);
    this.last[0] = Math.max(this.last[0], t + 1);
    this.runFree(pe, main, t, t + 1);
    if (this.task[main] < 0) this.wheel.schedule(this.actor + pe, t + 1);
  }

  /** Rules 11 and 12: who issues; the others' reasons for standing still are noted. */
  private grant(pe: number, main: number, t: number): void {
    const free = this.slotFree[pe] <= t;
    let winner = -1;
    const micros = main - this.first[pe];
    if (micros === 0) {
      if (this.task[main] < 0 || this.ready[main] > t) return;
      const status = this.status(pe, main, t);
      if (status === READY && free) winner = main;
      else this.stall(pe, main, status === READY ? KIND.slot : status, t);
    } else winner = this.grantAmong(pe, main, micros, free, t);
    if (winner < 0) return;
    this.endStall(pe, winner, t);
    if (winner === main) this.issueMain(pe, main, t);
    else this.issueMicrothread(pe, winner, t);
  }

  private grantAmong(pe: number, main: number, micros: number, free: boolean, t: number): number {
    const numbers = this.classOf(pe).threads;
    let start = numbers.findIndex((n) => n > this.lastMicro[pe]);
    if (start < 0) start = 0;
    let winner = -1;
    for (let k = 0; k <= micros; k++) {
      const th = k === micros ? main : this.first[pe] + ((start + k) % micros);
      if (this.task[th] < 0 || this.ready[th] > t) continue;
      const status = this.status(pe, th, t);
      if (status === READY && free && winner < 0) winner = th;
      else this.stall(pe, th, status === READY ? KIND.slot : status, t);
    }
    return winner;
  }

  private instruction(pe: number, th: number): CompiledInstruction {
    return this.classOf(pe).tasks[this.task[th]][this.pc[th]];
  }

  /** READY, or the kind of stall; what it waits for will wake the element. */
  private status(pe: number, th: number, t: number): number {
    const ins = this.instruction(pe, th);
    if (ins.is !== IS.VECTOR) return READY;
    const main = th === this.first[pe + 1] - 1;
    if (main && ins.thread >= 0) return this.task[this.microSlot(pe, ins.thread)] < 0 ? READY : KIND.slot;
    if (ins.memoryOnly || (main && !this.started[th] && ins.setup > 0)) return READY;
    const lanes = this.c.channels.inputFirst[pe];
    if (ins.aWords > 0 && !this.inputReady(pe, lanes + ins.a.index, ins.aWords, t)) return KIND.wait;
    if (ins.bWords > 0 && !this.inputReady(pe, lanes + ins.b.index, ins.bWords, t)) return KIND.wait;
    if (ins.d.at === AT.FABRIC) {
      const channel = this.c.outputChannel[this.c.channels.outputFirst[pe] + ins.d.index];
      if (!this.fabric.hasRoom(channel)) {
        this.fabric.wakeElementOnRoom(channel);
        return KIND.blocked;
      }
    }
    return READY;
  }

  private inputReady(pe: number, lane: number, words: number, t: number): boolean {
    const ready = this.fabric.inputReady(lane, words);
    if (ready >= 0 && ready <= t) return true;
    if (ready < 0) this.fabric.inWanted[lane] = 1;
    else this.wheel.schedule(this.actor + pe, ready);
    return false;
  }

  private microSlot(pe: number, thread: number): number {
    return this.first[pe] + this.classOf(pe).threads.indexOf(thread);
  }

  private stall(pe: number, th: number, kind: number, t: number): void {
    if (this.stallKind[th] === kind) return;
    this.endStall(pe, th, t);
    this.stallKind[th] = kind;
    this.stallFrom[th] = t;
  }

  private endStall(pe: number, th: number, t: number): void {
    if (this.stallKind[th] < 0) return;
    this.recorder?.span(pe, this.threadNumber(pe, th), this.stallKind[th], this.mark[th], this.stallFrom[th], t);
    this.stallKind[th] = -1;
  }

  /** Thread number of a thread slot: a microthread's, or main's. */
  threadNumber(pe: number, th: number): number {
    return th === this.first[pe + 1] - 1 ? MAIN_THREAD : this.classOf(pe).threads[th - this.first[pe]];
  }

  /** Takes the issue slot during [t, t + cycles) and records it. */
  private hold(pe: number, th: number, ins: CompiledInstruction, t: number, cycles: number): void {
    this.ready[th] = t + cycles;
    this.slotFree[pe] = t + cycles;
    if (t + cycles > this.last[0]) this.last[0] = t + cycles;
    this.recorder?.span(pe, this.threadNumber(pe, th), ins.activity, this.mark[th], t, t + cycles);
  }

  private goTo(th: number, pc: number): void {
    this.pc[th] = pc;
    this.started[th] = 0;
    this.done[th] = 0;
    this.scalar[th] = 0;
    this.baseD[th] = 0;
    this.baseA[th] = 0;
    this.baseB[th] = 0;
  }

  private issueMain(pe: number, main: number, t: number): void {
    const ins = this.instruction(pe, main);
    if (ins.is !== IS.VECTOR) {
      const cost = this.controlCycles(pe, ins);
      this.hold(pe, main, ins, t, cost);
      this.control(pe, main, ins, t, t + cost);
      this.runFree(pe, main, t, t + cost);
      return;
    }
    if (ins.thread >= 0) {
      this.launch(pe, main, ins, t);
      return;
    }
    if (!this.started[main]) {
      this.started[main] = 1;
      this.capture(pe, main, ins);
      if (ins.setup > 0) this.hold(pe, main, ins, t, ins.setup);
      if (ins.memoryOnly && this.safe[main] && main === this.first[pe]) return this.startBatch(pe, main, ins, t + ins.setup);
      if (ins.setup > 0) return;
    }
    if (this.issueGroup(pe, main, ins, t)) this.endOp(pe, main, ins, t, this.ready[main]);
  }

  /** A vector op of main is over at tick e: flags, next instruction, free ones behind it. */
  private endOp(pe: number, main: number, ins: CompiledInstruction, t: number, e: number): void {
    this.completionFlags(pe, ins, t, e);
    this.goTo(main, this.pc[main] + 1);
    this.runFree(pe, main, t, e);
  }

  private completionFlags(pe: number, ins: CompiledInstruction, t: number, e: number): void {
    if (ins.activates >= 0) this.flag(pe, ins.activates, 'activate', e, t);
    if (ins.unblocks >= 0) this.flag(pe, ins.unblocks, 'unblock', e, t);
  }

  private issueMicrothread(pe: number, th: number, t: number): void {
    const ins = this.instruction(pe, th);
    this.lastMicro[pe] = this.threadNumber(pe, th);
    if (!this.issueGroup(pe, th, ins, t)) return;
    this.completionFlags(pe, ins, t, this.ready[th]);
    this.task[th] = -1;
    this.running[0]--;
  }

  /** Rule 13: main starts a microthread op. */
  private launch(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    const th = this.microSlot(pe, ins.thread);
    this.hold(pe, main, ins, t, Math.max(1, ins.setup));
    this.task[th] = this.task[main];
    this.goTo(th, this.pc[main]);
    this.started[th] = 1;
    this.mark[th] = this.mark[main];
    this.ready[th] = this.ready[main];
    this.running[0]++;
    this.capture(pe, th, ins);
    this.goTo(main, this.pc[main] + 1);
    this.runFree(pe, main, t, this.ready[main]);
  }

  /** Reads scalar and base registers for the op of thread `th`, and checks its operands against the memory. */
  private capture(pe: number, th: number, ins: CompiledInstruction): void {
    const at = pe * REGISTERS;
    const base = (o: CompiledOperand): number => (o.base >= 0 ? this.registers[at + o.base] : 0);
    this.baseD[th] = base(ins.d);
    this.baseA[th] = base(ins.a);
    this.baseB[th] = base(ins.b);
    this.scalar[th] = ins.scalarRegister >= 0 ? this.registers[at + ins.scalarRegister] : ins.scalarImm;
    const { from, to } = dataRange(this.program.classes[this.program.classOf[pe]], this.program.machine);
    const inside = (o: CompiledOperand, b: number): boolean => {
      if (o.at !== AT.MEMORY) return true;
      const start = o.address + b;
      return start + o.lo >= from && start + o.hi + o.width <= to && start % o.width === 0;
    };
    this.safe[th] = inside(ins.d, this.baseD[th]) && inside(ins.a, this.baseA[th]) && inside(ins.b, this.baseB[th]) ? 1 : 0;
  }

  /** Rule 10: instructions that cost nothing, until one that does or the task's end. */
  private runFree(pe: number, main: number, t: number, visible: number): void {
    const code = this.classOf(pe).tasks[this.task[main]];
    for (let count = 0; this.pc[main] < code.length; count++) {
      const ins = code[this.pc[main]];
      if (ins.is === IS.VECTOR || this.controlCycles(pe, ins) > 0) return;
      if (count === FREE_LIMIT) throw endlessTask(this.program, t, pe, this.task[main]);
      this.control(pe, main, ins, t, visible);
    }
    this.task[main] = -1;
    this.running[0]--;
  }

  private controlCycles(pe: number, ins: CompiledInstruction): number {
    if (ins.is !== IS.LOOP) return ins.cost;
    return ((this.registers[pe * REGISTERS + ins.register] - 1) | 0) > 0 ? ins.cost : ins.costElse;
  }

  private control(pe: number, main: number, ins: CompiledInstruction, t: number, visible: number): void {
    const at = pe * REGISTERS;
    let to = this.pc[main] + 1;
    if (ins.is === IS.SCALAR) {
      this.pe = pe;
      this.now = t;
      this.currentTask = this.task[main];
      for (const step of ins.steps) scalarStep(step, this.context);
    } else if (ins.is === IS.LOOP) {
      if (--this.registers[at + ins.register] > 0) to = ins.to;
    } else if (ins.is === IS.MARK) this.mark[main] = ins.register < 0 ? -1 : this.registers[at + ins.register];
    else this.flag(pe, ins.task, ins.flag, visible, t);
    this.goTo(main, to);
  }

  private scalarContext(): ScalarContext {
    const index = (address: number, width: 2 | 4): number => {
      this.checkAccess(this.pe, this.currentTask, address, width, this.now);
      return this.memoryAt[this.pe] + address;
    };
    return {
      get: (register) => this.registers[this.pe * REGISTERS + register],
      set: (register, word) => {
        this.registers[this.pe * REGISTERS + register] = word;
      },
      load: (address, width) => {
        const at = index(address, width);
        return width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
      },
      store: (address, word) => {
        this.views.i32[index(address, 4) >> 2] = word;
      },
    };
  }

  private checkAccess(pe: number, task: number, address: number, width: number, t: number): void {
    const { from, to } = dataRange(this.program.classes[this.program.classOf[pe]], this.program.machine);
    if (address < from || address + width > to || address % width !== 0) throw memoryFault(this.program, t, pe, task, address, width);
  }

  /** Issues the next group of a thread's op; true if it was the last. */
  private issueGroup(pe: number, th: number, ins: CompiledInstruction, t: number): boolean {
    const from = this.done[th];
    const to = Math.min(ins.length, from + ins.width);
    this.hold(pe, th, ins, t, ins.cycles + this.conflict(ins, th, from));
    if (ins.memoryOnly && this.safe[th]) this.execute(pe, th, ins, from, to);
    else for (let i = from; i < to; i++) this.oneElement(pe, th, ins, i, t);
    this.done[th] = to;
    return to === ins.length;
  }

  /** 1 when the sources of the group that begins at element i conflict. */
  private conflict(ins: CompiledInstruction, th: number, i: number): 0 | 1 {
    if (!ins.twoMemorySources) return 0;
    const a = ins.a.address + this.baseA[th] + offsetOf(ins.a, i);
    return banksConflict(a, ins.b.address + this.baseB[th] + offsetOf(ins.b, i)) ? 1 : 0;
  }

  private execute(pe: number, th: number, ins: CompiledInstruction, from: number, to: number): void {
    const at = this.memoryAt[pe];
    const d = at + ins.d.address + this.baseD[th];
    const a = at + ins.a.address + this.baseA[th];
    const b = at + ins.b.address + this.baseB[th];
    executeRange(ins, this.views, from, to, d, a, b, this.scalar[th], pe * REGISTERS + ins.d.index);
  }

  /** One element with fabric operands; the usual shapes first. */
  private oneElement(pe: number, th: number, ins: CompiledInstruction, i: number, t: number): void {
    if (this.safe[th] && ins.a.at === AT.MEMORY && ins.b.at === AT.FABRIC && (ins.op === F32_MUL || ins.op === F32_DOT)) {
      this.multiply(pe, th, ins, i, t);
      return;
    }
    const x = this.readSource(pe, th, ins.a, this.baseA[th], i, t);
    const y = ins.b.at === AT.NONE ? 0 : this.readSource(pe, th, ins.b, this.baseB[th], i, t);
    const register = pe * REGISTERS + ins.d.index;
    const acc = ins.d.at === AT.REGISTER ? this.registers[register] : 0;
    const word = ins.op === MOV32 ? x : element(VECTOR_OP_NAMES[ins.op], x, y, this.scalar[th], acc);
    if (ins.d.at === AT.REGISTER) this.registers[register] = word;
    else if (ins.d.at === AT.FABRIC) this.send(pe, ins, word, i, t);
    else {
      const address = ins.d.address + this.baseD[th] + offsetOf(ins.d, i);
      if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, ins.d.width, t);
      const at = this.memoryAt[pe] + address;
      if (ins.d.width === 2) this.views.u16[at >> 1] = word;
      else this.views.i32[at >> 2] = word;
    }
  }

  /** f32 memory times fabric word, into memory or added to a register. */
  private multiply(pe: number, th: number, ins: CompiledInstruction, i: number, t: number): void {
    const { f32, floatRegisters } = this.views;
    const w = f32[(this.memoryAt[pe] + ins.a.address + this.baseA[th] + offsetOf(ins.a, i)) >> 2];
    const lane = this.c.channels.inputFirst[pe] + ins.b.index;
    const x = this.fabric.inFloat[this.fabric.inAt[lane] + this.fabric.inHead[lane]];
    this.fabric.pop(lane);
    this.recorder?.use(lane, t);
    if (ins.op === F32_DOT) {
      const register = pe * REGISTERS + ins.d.index;
      floatRegisters[register] = floatRegisters[register] + Math.fround(w * x);
    } else f32[(this.memoryAt[pe] + ins.d.address + this.baseD[th] + offsetOf(ins.d, i)) >> 2] = w * x;
  }

  private readSource(pe: number, th: number, o: CompiledOperand, base: number, i: number, t: number): number {
    if (o.at === AT.FABRIC) {
      const lane = this.c.channels.inputFirst[pe] + o.index;
      this.recorder?.use(lane, t);
      const word = this.fabric.pop(lane);
      return o.width === 2 ? word & 0xffff : word;
    }
    const address = o.address + base + offsetOf(o, i);
    if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, o.width, t);
    const at = this.memoryAt[pe] + address;
    return o.width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
  }

  private send(pe: number, ins: CompiledInstruction, word: number, i: number, t: number): void {
    const lane = this.c.channels.outputFirst[pe] + ins.d.index;
    const advance = ins.d.advance && i === ins.length - 1 ? 1 : 0;
    this.fabric.push(this.c.outputChannel[lane], word, t + this.program.machine.ramp, advance);
    this.recorder?.send(lane, t);
  }

  /** A memory-only op of a PE without microthreads: its end is known, so only that is scheduled. */
  private startBatch(pe: number, main: number, ins: CompiledInstruction, begin: number): void {
    const end = begin + this.batchCycles(ins, main, 0);
    this.batch[main] = begin;
    this.ready[main] = end;
    this.slotFree[pe] = end;
    if (end > this.last[0]) this.last[0] = end;
    this.wheel.schedule(this.actor + pe, end);
  }

  /** Issue cycles of the groups from element `from` on. */
  private batchCycles(ins: CompiledInstruction, th: number, from: number): number {
    let cycles = Math.ceil((ins.length - from) / ins.width) * ins.cycles;
    if (ins.twoMemorySources) for (let i = from; i < ins.length; i += ins.width) cycles += this.conflict(ins, th, i);
    return cycles;
  }

  /** `now` is the tick whose turn this is; a batch cut by materialise ends before its turn. */
  private finishBatch(pe: number, main: number, now: number): void {
    const ins = this.instruction(pe, main);
    this.execute(pe, main, ins, this.done[main], ins.length);
    const e = this.ready[main];
    this.recorder?.span(pe, MAIN_THREAD, ins.activity, this.mark[main], this.batch[main], e);
    this.batch[main] = -1;
    this.endOp(pe, main, ins, now, e);
  }

  /** Cuts a running batch at tick k: the groups issued before k have happened, the others not (so that state(k) is exact). */
  materialise(pe: number, k: number): void {
    const main = this.first[pe + 1] - 1;
    if (this.batch[main] < 0 || this.batch[main] >= k) return;
    const ins = this.instruction(pe, main);
    let tick = this.batch[main];
    let i = this.done[main];
    for (; i < ins.length && tick < k; i += ins.width) tick += ins.cycles + this.conflict(ins, main, i);
    if (i >= ins.length) {
      this.finishBatch(pe, main, k - 1);
      if (!this.busy(pe) && !this.pending.has(pe)) this.wheel.cancel(this.actor + pe);
      return;
    }
    this.execute(pe, main, ins, this.done[main], i);
    this.recorder?.span(pe, MAIN_THREAD, ins.activity, this.mark[main], this.batch[main], tick);
    this.done[main] = i;
    this.batch[main] = tick;
  }
}
