/** The program as readers of a run need it: what it loads stays behind, it holds the weights. */
import type { LoadTable, Program } from './program.ts';

export function withoutLoads(program: Program): Program {
  const host = program.host?.map((step) => (step.kind === 'copyIn' ? { ...step, loads: nothing() } : step));
  return { ...program, loads: nothing(), ...(host ? { host } : {}) };
}

const nothing = (): LoadTable => ({
  data: [],
  source: new Uint16Array(),
  pe: new Uint32Array(),
  address: new Uint32Array(),
  offset: new Float64Array(),
  length: new Uint32Array(),
});
