/**
 * Grids of runs: parameters with their values, and every combination of them over a base. A point is flat data, so that a line
 * of a journal, a message to another machine and a link can hold it.
 */
import { WeftError } from '../base/error.ts';

/** One run: `m`, `k`, `n`, `seed`, `kernel`, `machine`, `pes` ("8x8"), `model`, `tensor`, `format`, `as`, `engine`, options and constants by name. */
export type PointConfig = Readonly<Record<string, string | number>>;

/** What a parameter's values are. */
export type ParamKind = 'number' | 'decimal' | 'text' | 'rectangle';

export interface Param {
  readonly name: string;
  readonly values: readonly (string | number)[];
}

/** A grid with more points is a mistake. */
const MOST_POINTS = 500_000;

/**
 * `k=256..4096:256` (from, to, step), `n=1..64*2` (a factor instead), `kernel=streaming,stationary`, `pes=8x8,16x16`; parts may
 * be mixed with commas. Throws WeftError on `field` for a name that is not in `kinds` and for values that are none.
 */
export function parseParam(field: string, text: string, kinds: ReadonlyMap<string, ParamKind>): Param {
  const at = text.indexOf('=');
  const [name, list] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1)];
  const kind = kinds.get(name);
  if (at < 0 || kind === undefined) {
    throw new WeftError(field, `'${text}' does not begin with a parameter and =; parameters are ${[...kinds.keys()].join(', ')}`, [
      `write for example ${field} k=256..4096:256`,
    ]);
  }
  const values = list
    .split(',')
    .flatMap((part): (string | number)[] => (isNumeric(kind) ? numbers(field, text, part.trim(), kind) : [word(field, text, part.trim(), kind)]));
  return { name, values: [...new Set(values)] };
}

function word(field: string, text: string, part: string, kind: ParamKind): string {
  if (part === '') throw new WeftError(field, `'${text}' holds an empty value`, ['part values by single commas']);
  if (kind === 'rectangle' && !/^[1-9]\d{0,5}x[1-9]\d{0,5}$/.test(part))
    throw new WeftError(field, `'${part}' in '${text}' is not a rectangle, WIDTHxHEIGHT`, ['write for example pes=8x8,16x16']);
  return part;
}

const isNumeric = (kind: ParamKind): kind is 'number' | 'decimal' => kind === 'number' || kind === 'decimal';

const RANGES = {
  number: /^(\d+)(?:\.\.(\d+)(?:([:*])(\d+))?)?$/,
  decimal: /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?)(?:([:*])(\d+(?:\.\d+)?))?)?$/,
} as const;

/** A number, or a range of them. */
function numbers(field: string, text: string, part: string, kind: 'number' | 'decimal'): number[] {
  const match = RANGES[kind].exec(part);
  const bad = (problem: string): WeftError =>
    new WeftError(field, `${problem} in '${text}'`, [
      kind === 'number' ? 'write a whole number, 256..4096:256 or 1..64*2' : 'write a number, 0.5..2:0.5 or 0.25..4*2',
    ]);
  if (match === null) throw bad(`'${part}' is neither a ${kind === 'number' ? 'whole ' : ''}number nor a range`);
  const [from, to, by] = [Number(match[1]), Number(match[2] ?? match[1]), Number(match[4] ?? 1)];
  if (to < from) throw bad(`'${part}' ends before it begins`);
  const isFactor = match[3] === '*';
  if (isFactor ? by <= 1 || from <= 0 : by <= 0) throw bad(`'${part}' never reaches its end`);
  const list: number[] = [];
  for (let value = from; value <= to; value = isFactor ? value * by : value + by) {
    list.push(value);
    if (list.length > MOST_POINTS) throw bad(`'${part}' has more than ${MOST_POINTS} values`);
  }
  return list;
}

/** Every combination over the base, the last parameter changing fastest. Throws WeftError on `field` for parameters named twice and grids too large. */
export function gridOf(field: string, base: PointConfig, params: readonly Param[]): PointConfig[] {
  const twice = params.find((param, i) => params.findIndex(({ name }) => name === param.name) !== i);
  if (twice !== undefined) throw new WeftError(field, `'${twice.name}' is given twice`, ['write all its values in one, parted by commas']);
  const points = params.reduce((product, { values }) => product * values.length, 1);
  if (points > MOST_POINTS) throw new WeftError(field, `the grid has ${points} points, more than ${MOST_POINTS}`, ['take larger steps']);
  return params.reduce<PointConfig[]>((list, { name, values }) => list.flatMap((config) => values.map((value) => ({ ...config, [name]: value }))), [base]);
}
