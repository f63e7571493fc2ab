/** The English of the controls; what a field is called comes from whoever shows it. */
import { grouped } from '../format.ts';

export const CONTROL_TEXT = {
  whatIs: (name: string) => `What is ${name}?`,
  bytesUsed: (used: number, capacity: number) => `${grouped(used)} of ${grouped(capacity)} bytes used`,
  over: 'over',
  notWhole: (field: string) => `${field} must be a whole number.`,
  notBetween: (field: string, min: number, max: number) => `${field} must be between ${grouped(min)} and ${grouped(max)}.`,
  /** `valid`: the nearest values that are. */
  notMultiple: (field: string, step: number, valid: readonly number[]) =>
    `${field} must be a multiple of ${grouped(step)}: ${valid.map((n) => grouped(n)).join(' or ')}.`,
} as const;
