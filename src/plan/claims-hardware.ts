/** Claims about the hardware: they need the presets only. Money and power are no part of the machine's model. */
import { grouped, percent } from '../base/numbers.ts';
import { MACHINES, type MachineSpec } from '../machine/spec.ts';
import type { Finding } from './claims-types.ts';

const CLAIMED = { sramBytes: 256 * 1024, cores: { wse2: 850_000, wse3: 900_000 }, totalBytes: 44e9 } as const;
/** Differences up to this are rounding of a data sheet. */
const ROUNDING = 0.02;
const GB = 1e9;

const pesOf = ({ usable }: MachineSpec): number => usable.width * usable.height;
const gigabytes = (bytes: number): string => `${grouped(bytes / GB, 1)} GB`;

export function hardwareFindings(machine: MachineSpec): Finding[] {
  return [sramFinding(machine), coresFinding(), totalFinding(), ...OUTSIDE];
}

function sramFinding({ name, id, sramBytes, codeReserve }: MachineSpec): Finding {
  const wafer = CLAIMED.sramBytes * CLAIMED.cores.wse3;
  return {
    id: 'sram-per-core',
    claim: '256 KB of SRAM in every core',
    ours: `${grouped(sramBytes)} B, of which ${grouped(sramBytes - codeReserve)} B are left beside the code reserve`,
    input: `sramBytes and codeReserve of the preset ${id}`,
    verdict: sramBytes >= CLAIMED.sramBytes * (1 - ROUNDING) ? 'holds' : 'does not hold',
    why: `${name} has ${percent(sramBytes / CLAIMED.sramBytes)} of it. The claim contradicts its own source: ${grouped(CLAIMED.cores.wse3)} such cores would hold ${gigabytes(wafer)}, and the source says ${gigabytes(CLAIMED.totalBytes)}.`,
  };
}

function coresFinding(): Finding {
  const { wse2, wse3 } = MACHINES;
  const share = (machine: MachineSpec, cores: number): string => percent(pesOf(machine) / cores);
  const all = pesOf(wse2) >= CLAIMED.cores.wse2 && pesOf(wse3) >= CLAIMED.cores.wse3;
  return {
    id: 'cores',
    claim: `${grouped(CLAIMED.cores.wse2)} cores on a WSE-2, ${grouped(CLAIMED.cores.wse3)} on a WSE-3`,
    ours: `${grouped(pesOf(wse2))} PEs (${wse2.usable.width} × ${wse2.usable.height}) and ${grouped(pesOf(wse3))} (${wse3.usable.width} × ${wse3.usable.height}) that one program can use`,
    input: 'usable of the presets wse2 and wse3',
    verdict: all ? 'holds' : 'partly',
    why: `The numbers are those of the data sheets; spare cores and those that carry the host's traffic are in them. A program gets ${share(wse2, CLAIMED.cores.wse2)} and ${share(wse3, CLAIMED.cores.wse3)} of them.`,
  };
}

function totalFinding(): Finding {
  const { wse3 } = MACHINES;
  const [all, data] = [pesOf(wse3) * wse3.sramBytes, pesOf(wse3) * (wse3.sramBytes - wse3.codeReserve)];
  const off = Math.abs(all / CLAIMED.totalBytes - 1);
  return {
    id: 'sram-total',
    claim: '44 GB of SRAM on a wafer',
    ours: `${gigabytes(all)} on the usable PEs of a WSE-3, ${gigabytes(data)} beside the code reserve`,
    input: 'usable, sramBytes and codeReserve of the preset wse3',
    verdict: off <= ROUNDING ? 'holds' : 'does not hold',
    why: `${percent(off)} off, since not every core of the data sheet belongs to the program. What a program can fill with weights and cache is the smaller number.`,
  };
}

const NOTHING = 'nothing: it is no quantity of this model';
const OUTSIDE: readonly Finding[] = [
  {
    id: 'power',
    claim: '23 kW',
    ours: NOTHING,
    input: 'none',
    verdict: 'outside the model',
    why: 'Power is not modelled. The estimate’s energy a token takes the published power of the system as given and says so.',
  },
  {
    id: 'price',
    claim: '5 to 10 dollars an hour',
    ours: NOTHING,
    input: 'none',
    verdict: 'outside the model',
    why: 'A price is what a seller asks; nothing in the machine determines it.',
  },
];
