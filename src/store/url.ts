/**
 * The address bar's hash is the state: `#v=1&model=demo&tensor=...&n=2&map=streaming&machine=wse2&seed=7&t=1234&sel=12,7`,
 * or `#v=1&scenario=slow-sink&machine=wse2&grid=16x1&words=256&t=12` for a hand-written program.
 * Readable, never sent to a server. Keys follow experience.md section 2.7; what is out of range is clamped with a notice,
 * what is unknown is left out with a notice; an absent key means the default. Leaves out for now: activations from a file.
 */
import { configPairs, joinPairs, LINK_VERSION, type LinkPair } from '../api/link.ts';
import {
  fittedTo,
  type KernelOptions,
  OPTION_IDS,
  OPTIONS,
  type OptionId,
  type OptionSpec,
  type RunConfig,
  TUNABLE_IDS,
  TUNABLES,
  type TunableId,
  type Tuning,
} from '../api/protocol.ts';
import { LAB_VIEW, type LabView } from './lab-view.ts';
import { keysOf, readFields, writeFields } from './link-fields.ts';
import { encodeMarks, parseMarks } from './mark-text.ts';
import { linkProblems } from './packed.ts';
import { SPEEDS } from './playback.ts';
import { LINK_TEXT } from './strings.ts';
import type { LinkMoment, Mark, Point } from './types.ts';

export { LINK_VERSION };
export const SCENARIO_IDS = [
  'deadlock',
  'line',
  'store-and-forward',
  'reduce-star',
  'reduce-chain',
  'reduce-tree',
  'reduce-two-phase',
  'all-reduce-chain-broadcast',
  'all-reduce-ring',
  'slow-sink',
] as const;
export const MACHINE_IDS = ['teaching', 'wse2', 'wse3'] as const;

/** Smallest and largest value of each number, and the multiple it must be of. */
export const LIMITS = {
  m: { min: 1, max: 1_000_000, step: 1 },
  k: { min: 256, max: 65_536, step: 256 },
  n: { min: 1, max: 4096, step: 1 },
  seed: { min: 0, max: 4_294_967_295, step: 1 },
  width: { min: 1, max: 755, step: 1 },
  height: { min: 1, max: 1170, step: 1 },
  words: { min: 1, max: 8192, step: 1 },
} as const;

/** Ports of a PE as links name them, in the order of their numbers. */
const PORTS = ['n', 'e', 's', 'w', 'ramp'] as const;

/** The usable rectangle of a wafer. */
export const WAFER = { width: 750, height: 994 } as const;

/** Everything a link holds; what is absent is as usual. */
export interface LinkState extends LinkMoment {
  readonly config: RunConfig;
  /** How the run is looked at. */
  readonly view?: Partial<LabView>;
  /** Without their names. */
  readonly marks?: readonly Mark[];
  /** What the link was made with: version of the model of the machine, and how many cycles the run took there. */
  readonly made?: Made;
}

export interface Made {
  readonly version: string;
  readonly cycles: number | null;
}

export interface ParsedLink {
  readonly link: LinkState;
  /** Sentences about what was changed; empty when the link was taken as it is. */
  readonly notices: readonly string[];
  /** Whether the hash held any state. */
  readonly present: boolean;
}

/** The hash, without its #. */
export function encodeLink(state: LinkState): string {
  const { config, view = {}, marks = [], made } = state;
  const pairs: LinkPair[] = [...configPairs(config), ...momentPairs(state), ...writeFields(LAB_VIEW, view)];
  if (marks.length > 0) pairs.push(['marks', encodeMarks(marks)]);
  if (made?.cycles) pairs.push(['of', made.cycles]);
  if (made) pairs.push(['mv', made.version]);
  return joinPairs(pairs);
}

/** What only the run can say whether it has it. */
function momentPairs({ cycle = null, sel, to, port = null, span, anchor = null, speed = null }: LinkState): LinkPair[] {
  const pairs: LinkPair[] = [];
  if (cycle !== null) pairs.push(['t', Math.floor(cycle)]);
  if (sel) pairs.push(['sel', `${sel.x},${sel.y}`]);
  if (sel && to) pairs.push(['to', `${to.x},${to.y}`]);
  if (sel && port !== null) pairs.push(['port', PORTS[port]]);
  if (span) pairs.push(['span', `${span.from}-${span.to}`]);
  if (anchor !== null) pairs.push(['from', anchor]);
  if (speed !== null) pairs.push(['speed', speed]);
  return pairs;
}

/** Keys that the Lab's links have; a sweep's begin with them. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['v', 'model', 'tensor', 'format', 'as', 'm', 'k', 'n', 'seed', 'map', 'machine', 'grid', 'engine', 'scenario', 'words'],
  ...['t', 'sel', 'to', 'port', 'span', 'from', 'speed', 'marks', 'of', 'mv', 'x', 'y', 'mode', 'metric', 'view', 'run'],
  ...keysOf(LAB_VIEW),
  ...OPTION_IDS,
  ...TUNABLE_IDS,
]);

/** Reads a hash (with or without #); what it does not say of the setup is as in `config`. Never throws. */
export function parseLink(hash: string, config: RunConfig): ParsedLink {
  const text = hash.replace(/^#/, '');
  if (text === '') return { link: { config }, notices: [], present: false };
  const params = new URLSearchParams(text);
  const reader = new LinkReader(params);
  for (const problem of linkProblems(params, KNOWN)) reader.note(problem);
  reader.version();
  const marks = reader.marks();
  const link = {
    config: readConfig(reader, config),
    ...readMoment(reader),
    view: readFields(LAB_VIEW, params, (sentence) => reader.note(sentence)),
    ...(marks.length > 0 && { marks }),
    ...readMade(reader),
  };
  return { link, notices: reader.notices, present: true };
}

function readMoment(reader: LinkReader): Partial<LinkState> {
  const [cycle, anchor] = [reader.cycle('t'), reader.cycle('from')];
  const sel = pointOf(reader.pair('sel', ','));
  const to = sel && pointOf(reader.pair('to', ','));
  const port = PORTS.indexOf(reader.choice('port', PORTS, ''));
  const span = reader.pair('span', '-');
  if (span !== null && span[1] <= span[0]) reader.note(LINK_TEXT.noSpan(span.join('-')));
  const speed = Number(reader.choice('speed', SPEEDS.map(String), ''));
  return {
    ...(cycle !== null && { cycle }),
    ...(sel && { sel }),
    ...(to && { to }),
    ...(sel && port >= 0 && { port }),
    ...(span && span[0] < span[1] && { span: { from: span[0], to: span[1] } }),
    ...(anchor !== null && { anchor }),
    ...(speed > 0 && { speed }),
  };
}

const pointOf = (pair: readonly [number, number] | null): Point | null => pair && { x: pair[0], y: pair[1] };

function readMade(reader: LinkReader): { made?: Made } {
  const version = reader.text('mv', '');
  return /^[\w.-]{1,20}$/.test(version) ? { made: { version, cycles: reader.count('of') || null } } : {};
}

function readConfig(reader: LinkReader, defaults: RunConfig): RunConfig {
  const model = reader.text('model', defaults.model);
  const grid = reader.pair('grid', 'x');
  const [options, tuning] = [readOptions(reader), readTuning(reader)];
  const scenario = reader.choice('scenario', [...SCENARIO_IDS, ''] as const, '');
  const as = reader.choice('as', ['q4_k_ix', 'q4_k_ix_e5m2', ''] as const, '');
  const format = model === 'synthetic' ? reader.word('format', '') : '';
  const engine = reader.choice('engine', ['wavelet', 'timing', 'auto', ''] as const, '');
  const words = scenario === '' ? '' : reader.count('words');
  const {
    pes: _pes,
    engine: _engine,
    options: _options,
    tuning: _tuning,
    as: _as,
    format: _format,
    input: _input,
    scenario: _scenario,
    words: _words,
    ...kept
  } = defaults;
  return {
    ...kept,
    model,
    tensor: model === 'synthetic' ? defaults.tensor : reader.text('tensor', defaults.tensor),
    m: reader.number('m', defaults.m),
    k: reader.number('k', defaults.k),
    n: reader.number('n', defaults.n),
    seed: reader.number('seed', defaults.seed),
    kernel: reader.word('map', defaults.kernel),
    machine: reader.choice('machine', MACHINE_IDS, defaults.machine),
    ...(grid ? { pes: { width: reader.clamp('width', grid[0]), height: reader.clamp('height', grid[1]) } } : {}),
    ...(tuning === undefined ? {} : { tuning }),
    ...(options === undefined ? {} : { options }),
    ...(as === '' ? {} : { as }),
    ...(format === '' ? {} : { format }),
    ...(scenario === '' ? {} : { scenario }),
    // On the page the usual choice is the automatic one.
    ...(engine === '' || engine === 'auto' ? {} : { engine }),
    ...(words === '' ? {} : { words: reader.clamp('words', words) }),
  };
}

/** Every option of `ids` that the link names; undefined if it names none. */
export function readOptions(reader: LinkReader, ids: readonly OptionId[] = OPTION_IDS): KernelOptions | undefined {
  const pairs = ids.flatMap((id) => {
    const spec: OptionSpec = OPTIONS[id];
    const value = spec.values ? reader.choice(id, spec.values, '') : reader.count(id);
    return value === '' ? [] : [[id, value] as const];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

/** Constants of the machine set by hand, if any. */
function readTuning(reader: LinkReader): Tuning | undefined {
  const pairs = TUNABLE_IDS.flatMap((id) => {
    const value = reader.tuned(id);
    return value === null ? [] : [[id, value] as const];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

/** Reads values by key and remembers what it had to change. */
export class LinkReader {
  readonly notices: string[] = [];
  private readonly params: URLSearchParams;

  constructor(params: URLSearchParams) {
    this.params = params;
  }

  note(sentence: string): void {
    this.notices.push(sentence);
  }

  text(key: string, fallback: string): string {
    const value = this.params.get(key);
    return value === null || value === '' ? fallback : value;
  }

  /** A name in lower case; whether there is such a one is for others to say. */
  word(key: string, fallback: string): string {
    const value = this.text(key, fallback);
    if (value === '' || /^[a-z0-9_-]{1,40}$/.test(value)) return value;
    this.note(LINK_TEXT.noName(key, value, fallback));
    return fallback;
  }

  /** A whole number from 1, or '' if there is none. */
  count(key: string): number | '' {
    const value = this.params.get(key);
    if (value === null) return '';
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= 1) return number;
    this.note(LINK_TEXT.noCount(key, value));
    return '';
  }

  choice<T extends string>(key: string, values: readonly T[], fallback: string): T {
    const value = this.params.get(key);
    if (value === null || values.includes(value as T)) return (value ?? fallback) as T;
    this.note(LINK_TEXT.unknown(key, value, fallback));
    return fallback as T;
  }

  number(key: keyof typeof LIMITS, fallback: number): number {
    const value = this.params.get(key);
    if (value === null) return fallback;
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) {
      this.note(LINK_TEXT.noNumber(key, value, fallback));
      return fallback;
    }
    return this.clamp(key, number);
  }

  /** The nearest allowed value; says so when it differs. */
  clamp(key: keyof typeof LIMITS, value: number): number {
    const fitted = fitNumber(key, value);
    if (fitted !== value) this.note(LINK_TEXT.outside(key, value, fitted));
    return fitted;
  }

  /** A constant of the machine, the nearest that it can be; null if there is none. */
  tuned(id: TunableId): number | null {
    const value = this.params.get(id);
    if (value === null) return null;
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) {
      this.note(LINK_TEXT.noNumber(TUNABLES[id].name, value));
      return null;
    }
    const fitted = fittedTo(id, number);
    if (fitted !== number) this.note(LINK_TEXT.outside(TUNABLES[id].name, number, fitted));
    return fitted;
  }

  /** Notes a link of another version. */
  version(): void {
    const version = this.text('v', String(LINK_VERSION));
    if (version !== String(LINK_VERSION)) this.note(LINK_TEXT.version(version, LINK_VERSION));
  }

  /** A whole number of either sign; null if there is none. */
  whole(key: string): number | null {
    const value = this.params.get(key);
    if (value === null) return null;
    if (value.trim() !== '' && Number.isSafeInteger(Number(value))) return Number(value);
    this.note(LINK_TEXT.noWhole(key, value));
    return null;
  }

  /** A cycle; null where there is none. */
  cycle(key: keyof typeof LINK_TEXT.noCycle): number | null {
    const value = this.params.get(key);
    if (value === null) return null;
    const number = Math.floor(Number(value));
    if (value.trim() !== '' && number >= 0 && Number.isSafeInteger(number)) return number;
    this.note(LINK_TEXT.noCycle[key](value));
    return null;
  }

  marks(): readonly Mark[] {
    const { marks, refused } = parseMarks(this.text('marks', ''));
    for (const part of refused) this.note(LINK_TEXT.noMark(part));
    return marks;
  }

  pair(key: string, separator: string): readonly [number, number] | null {
    const value = this.params.get(key);
    if (value === null) return null;
    const parts = value.split(separator).map(Number);
    if (parts.length === 2 && parts.every((p) => Number.isSafeInteger(p) && p >= 0)) return [parts[0], parts[1]];
    this.note(LINK_TEXT.noPair(key, value, separator));
    return null;
  }
}

/** The nearest value a field allows. */
export function fitNumber(key: keyof typeof LIMITS, value: number): number {
  const { min, max, step } = LIMITS[key];
  return Math.min(max, Math.max(min, Math.round(value / step) * step));
}
