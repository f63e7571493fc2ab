/**
 * The SRAM account of a PE: every byte has a name (machine.md section 4). Allocations follow one another from the code
 * reserve upwards; what does not fit is one error that says by how many bytes.
 */
import { WeftError } from '../base/error.ts';
import type { Allocation, MemoryKind } from './program.ts';
import type { MachineSpec } from './spec.ts';

export class MemoryPlan {
  private readonly list: Allocation[];
  private next: number;

  /** Starts with the code reserve at address 0. */
  constructor(machine: MachineSpec) {
    this.list = [{ name: 'code and run-time reserve', kind: 'code', address: 0, bytes: machine.codeReserve }];
    this.next = machine.codeReserve;
  }

  /**
   * Reserves `bytes` at the next address that equals `phase` modulo `align` and returns the address. The phase places
   * vectors in different banks (bank = address bits 3:1); padding is accounted to the allocation that needs it.
   */
  add(name: string, kind: MemoryKind, bytes: number, align = 8, phase = 0): number {
    const padding = (((phase - this.next) % align) + align) % align;
    const address = this.next + padding;
    this.list.push({ name, kind, address, bytes });
    if (padding > 0) this.list.splice(this.list.length - 1, 0, { name: `padding before ${name}`, kind, address: this.next, bytes: padding });
    this.next = address + bytes;
    return address;
  }

  get allocations(): readonly Allocation[] {
    return this.list;
  }

  get usedBytes(): number {
    return this.next;
  }
}

/** Sum of the bytes of an account. */
export const usedBytes = (memory: readonly Allocation[]): number => memory.reduce((sum, a) => sum + a.bytes, 0);

/** Throws when an account exceeds the SRAM: names the bytes over, the largest parts, and the fixes given. */
export function checkFits(memory: readonly Allocation[], machine: MachineSpec, what: string, fixes: readonly string[]): void {
  const used = usedBytes(memory);
  const over = used - machine.sramBytes;
  if (over <= 0) return;
  const largest = [...memory].sort((a, b) => b.bytes - a.bytes).slice(0, 3);
  const parts = largest.map((a) => `${a.name} ${a.bytes} B`).join(', ');
  throw new WeftError('placement', `${what} overflows a PE by ${over} B: it needs ${used} B of ${machine.sramBytes} B (${parts})`, fixes);
}
