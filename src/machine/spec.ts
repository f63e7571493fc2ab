/**
 * What the hardware is: one constant per machine, every number with its source.
 * Source keys (S1 .. S12) are those of docs/machine.md; *assumed* marks what no source gives.
 */
import { COLORS } from './fabric.ts';
import { type OpRates, TEACHING_RATES, WSE2_RATES, WSE3_RATES } from './ops.ts';

export type MachineId = 'teaching' | 'wse2' | 'wse3';

/** Costs of scalar instructions in issue cycles. */
export interface ScalarCosts {
  /** Integer and register instructions. */
  readonly alu: number;
  /** Floating-point instructions and conversions. */
  readonly fp: number;
  /** f32 division. */
  readonly div: number;
  readonly load: number;
  readonly store: number;
  /** Reading the time-stamp counter. */
  readonly timestamp: number;
  readonly branchTaken: number;
  readonly branchNotTaken: number;
}

/**
 * Set-up of one vector op, paid in issue cycles by the thread that starts it: base + perOperand * (memory and fabric
 * operands), or `mapped` for an op that repeats the one before it over the next vectors (its descriptors stay in registers).
 */
export interface VectorSetup {
  readonly base: number;
  readonly perOperand: number;
  readonly mapped: number;
  /** Words to load from memory for each operand descriptor that is not in a register yet, where `perOperand` does not cover it. */
  readonly descriptorWords: number;
}

/** The host's side: wavelets a cycle for the whole wafer, per channel and per edge port, and what every step costs beside. */
export interface HostSpec {
  readonly wordsInPerCycle: number;
  readonly wordsOutPerCycle: number;
  /** Wavelets a cycle through one edge port. */
  readonly lanePerCycle: number;
  /** I/O channels a copy uses, and wavelets a cycle through one of them. */
  readonly channels: number;
  readonly channelPerCycle: number;
  /** Cycles before a copy or launch begins to have effect. */
  readonly latency: number;
}

/** What a switch may change from one position to the next. */
export interface SwitchSpec {
  /** Colors on which a position may differ from the one before it in rx and tx; on the others in one of them only. */
  readonly bothSides: readonly number[];
}

/** Constants of a preset set by hand (tuning.ts has what each is); what is absent is the preset's. */
export interface Tuning {
  readonly hop?: number;
  readonly ramp?: number;
  readonly queue?: number;
  readonly fifo?: number;
  readonly clock?: number;
  readonly mac?: number;
}

export interface MachineSpec {
  readonly id: MachineId;
  readonly name: string;
  /** Largest rectangle a program may use, in PEs. */
  readonly usable: { readonly width: number; readonly height: number };
  readonly clockHz: number;
  /** Router to router, cycles. */
  readonly hop: number;
  /** Ramp latency T_R each way, cycles. */
  readonly ramp: number;
  /** Depth of a link-fed FIFO, one per (PE, port, color), in wavelets. */
  readonly fifoDepth: number;
  /** Input queue depths in words, by queue number. */
  readonly inputQueues: readonly number[];
  /** Output queue depths in words, by queue number. */
  readonly outputQueues: readonly number[];
  readonly sramBytes: number;
  /** Code and run-time reserve of every PE, bytes. */
  readonly codeReserve: number;
  readonly rates: OpRates;
  readonly setup: VectorSetup;
  readonly scalar: ScalarCosts;
  /** Cycles from the end of an op to the tick at which the flag it sets is visible to the picker. */
  readonly completion: number;
  readonly switches: SwitchSpec;
  /** True where the preset offers the fused one-cycle dot by default (*assumed*; Teaching only). */
  readonly fusedDot: boolean;
  readonly host: HostSpec;
  /** Absent on a preset. */
  readonly tuning?: Tuning;
  /** Source of each constant, by field name, for reports. */
  readonly sources: Readonly<Record<string, string>>;
}

const HOST: HostSpec = { wordsInPerCycle: 44, wordsOutPerCycle: 44 / 7.5, lanePerCycle: 1, channels: 16, channelPerCycle: 44 / 8, latency: 0 };
const SRAM = { sramBytes: 49152, codeReserve: 4176 } as const;
/** 1 instruction a cycle, dependent FP 2, branch 3 or 6, load-op-store about 7 = 3 + 1 + 3. */
const SCALAR = { alu: 1, fp: 2, div: 50, load: 3, store: 3, branchTaken: 6, branchNotTaken: 3 } as const;

const ALL_COLORS = Array.from({ length: COLORS }, (_, color) => color);

const COMMON_SOURCES = {
  sramBytes: 'S1 (official)',
  codeReserve: 'S2 (a minimal vendor program leaves 44 976 B)',
  scalar: 'S2 (WSE-3); division S5; load and store split of the 7-cycle load-op-store assumed',
  host: 'S12 1.2 Tb/s, 16 channels that saturate it at 8; device-to-host 7.5 times slower and latency 0 assumed',
} as const;

export const TEACHING: MachineSpec = {
  id: 'teaching',
  name: 'Teaching',
  usable: { width: 64, height: 64 },
  clockHz: 1e9,
  hop: 1,
  ramp: 2,
  fifoDepth: 4,
  inputQueues: [4, 4, 4, 4, 4, 4, 4, 4],
  outputQueues: [4, 4, 4, 4, 4, 4],
  ...SRAM,
  rates: TEACHING_RATES,
  setup: { base: 0, perOperand: 0, mapped: 0, descriptorWords: 0 },
  scalar: { alu: 0, fp: 0, div: 0, load: 0, store: 0, timestamp: 0, branchTaken: 0, branchNotTaken: 0 },
  completion: 0,
  switches: { bothSides: ALL_COLORS },
  fusedDot: true,
  host: HOST,
  sources: {
    ...COMMON_SOURCES,
    usable: 'assumed',
    clockHz: 'assumed',
    hop: 'assumed',
    ramp: 'assumed',
    fifoDepth: 'assumed',
    inputQueues: 'assumed',
    outputQueues: 'assumed',
    rates: 'assumed: one element a cycle',
    setup: 'assumed: none',
    scalar: 'assumed: free',
    timestamp: 'assumed: free',
    completion: 'assumed: none',
    switches: 'assumed: no restriction',
    fusedDot: 'assumed',
  },
};

export const WSE2: MachineSpec = {
  id: 'wse2',
  name: 'WSE-2',
  usable: { width: 750, height: 994 },
  clockHz: 850e6,
  hop: 1,
  ramp: 2,
  fifoDepth: 2,
  inputQueues: [6, 6, 4, 4, 2, 2, 2, 2],
  outputQueues: [2, 2, 6, 6, 2, 2],
  ...SRAM,
  rates: WSE2_RATES,
  setup: { base: 6, perOperand: 0, mapped: 3, descriptorWords: 3 },
  scalar: { ...SCALAR, timestamp: 0 },
  completion: 6,
  switches: { bothSides: [] },
  fusedDot: false,
  host: HOST,
  sources: {
    ...COMMON_SOURCES,
    usable: 'S5 (official)',
    clockHz: 'S3',
    hop: 'S6; fit of S3 gives 0.99',
    ramp: 'S6',
    fifoDepth: 'assumed: hop + 1',
    inputQueues: 'S1',
    outputQueues: 'S1',
    rates: 'S1 (official); running add S2, WSE-2 assumed the same',
    setup: 'S3: n + 6 between two time stamps, 28 more with three descriptors to load; mapped as on WSE-3, assumed',
    timestamp: 'assumed: inside the 6 of the set-up, which S3 measured with it',
    completion: 'assumed: 6, with which the 21 cycles between the two phases and the 39 between the rounds of a tree (S3) follow',
    switches: 'SDK documents: a position changes rx or tx',
    fusedDot: 'assumed',
  },
};

export const WSE3: MachineSpec = {
  id: 'wse3',
  name: 'WSE-3',
  usable: { width: 755, height: 1170 },
  clockHz: 875e6,
  hop: 2,
  ramp: 2,
  fifoDepth: 3,
  inputQueues: [8, 8, 4, 4, 4, 4, 4, 4],
  outputQueues: [8, 8, 8, 8, 8, 8, 8, 8],
  ...SRAM,
  rates: WSE3_RATES,
  setup: { base: 7, perOperand: 1, mapped: 3, descriptorWords: 0 },
  scalar: { ...SCALAR, timestamp: 6 },
  completion: 0,
  switches: { bothSides: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 17, 20, 21] },
  fusedDot: false,
  host: HOST,
  sources: {
    ...COMMON_SOURCES,
    usable: 'derived from S2 by the rule of S5',
    clockHz: 'S9',
    hop: 'S2, S5 topic-13 log',
    ramp: 'S6 for WSE-2; assumed the same',
    fifoDepth: 'assumed: hop + 1',
    inputQueues: 'S1',
    outputQueues: 'S1',
    rates: 'S1 (official); running add S2',
    setup: 'S2: one cycle a descriptor load, dispatch 4 after the last one, execution 4 later; a mapped step about 3',
    timestamp: 'S2: 15 (two operands) and 16 (three) between two time stamps beside the elements',
    completion: 'S2: the task runs 3 after the last wavelet reached the router, which is T_R and its own issue',
    switches: 'SDK documents: both sides, on these colors',
    fusedDot: 'assumed',
  },
};

export const MACHINES: Readonly<Record<MachineId, MachineSpec>> = { teaching: TEACHING, wse2: WSE2, wse3: WSE3 };
