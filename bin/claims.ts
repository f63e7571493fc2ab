/** `weft claims`: what is claimed of such machines, beside what was computed. */
import { claims } from '../src/api/claims.ts';
import type { MachineId } from '../src/machine/spec.ts';
import type { Claim } from '../src/plan/claims-types.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { interruptible } from './estimate.ts';

export interface ClaimsFlags {
  readonly machine: MachineId;
  readonly json?: boolean;
}

export async function claimsCommand({ machine, json }: ClaimsFlags, signal: AbortSignal): Promise<void> {
  const found = await interruptible('checking claims', signal, (watch) => claims({ machine }, watch));
  process.stdout.write(json ? toJson({ machine, claims: found }) : `${found.flatMap(linesOf).map(printable).join('\n')}\n`);
}

const linesOf = ({ claim, verdict, ours, why, input }: Claim): string[] => [
  `${claim}: ${verdict.toUpperCase()}`,
  `  ours   ${ours}`,
  `  why    ${why}`,
  `  input  ${input}`,
  '',
];
