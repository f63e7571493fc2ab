/**
 * Holds the table of src/README.md: which room may import which, and what a room must never contain.
 * It reads imports by pattern (static, type, dynamic, re-exports, `new URL(...)` of workers); the compiler holds the rest
 * (tsconfig.core.json has no DOM). A room that is not in the table fails: a new room is a decision, written down here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAX_LINES = 500;

interface Room {
  /** Rooms it may import; every room may import itself and base. */
  readonly rooms: readonly string[];
  /** Rooms of which it may import types only. */
  readonly types?: readonly string[];
  /** npm packages and Node modules it may import, by their first path part. */
  readonly packages?: readonly string[];
}

/** Rooms below the API: no screen, no worker, no wall time, no npm package. */
const CORE: Readonly<Record<string, Room>> = {
  base: { rooms: [] },
  quant: { rooms: [] },
  model: { rooms: ['quant'] },
  machine: { rooms: [] },
  trace: { rooms: ['machine'] },
  kernels: { rooms: ['quant', 'model', 'machine'] },
  scenarios: { rooms: ['machine', 'kernels'] },
  engine: { rooms: ['quant', 'machine', 'trace'] },
  analysis: { rooms: ['machine', 'trace', 'model'] },
  plan: { rooms: ['quant', 'model', 'machine', 'kernels', 'analysis'] },
  inference: { rooms: ['quant', 'model', 'machine', 'kernels'] },
  report: { rooms: ['machine', 'trace', 'analysis', 'plan'], packages: ['d3-scale', 'd3-shape'] },
};
const CORE_ROOMS = Object.keys(CORE);

const ROOMS: Readonly<Record<string, Room>> = {
  ...CORE,
  api: { rooms: CORE_ROOMS, packages: ['comlink', 'zod'] },
  sweep: { rooms: [], types: ['api'] },
  replayer: { rooms: ['report'] },
  lessons: { rooms: ['kernels', 'machine', 'quant', 'scenarios', 'trace', 'analysis', 'api'], packages: ['comlink'] },
  workers: { rooms: ['api', 'report', 'lessons'], packages: ['comlink'] },
  bin: { rooms: ['api', 'report', 'sweep'], types: CORE_ROOMS, packages: ['commander', 'cli-progress', 'tinypool', 'zod', 'node:'] },
  store: { rooms: ['api', 'sweep', 'lessons'], types: CORE_ROOMS, packages: ['zustand', 'zod'] },
  views: {
    rooms: ['store', 'trace', 'analysis', 'machine', 'sweep', 'lessons'],
    types: ['api', 'model', 'report'],
    packages: ['react', 'react-dom', 'react-aria-components', 'wouter', 'zustand', 'd3', 'tinykeys'],
  },
  main: { rooms: ['api', 'lessons', 'store', 'views', 'styles'], packages: ['react', 'react-dom', '@fontsource-variable', '@fontsource'] },
};

/** Of the lessons the page sees data and types; what they compute is the worker's. */
const LESSON_DATA = ['catalog', 'check', 'code', 'types'].map((file) => `src/lessons/${file}.ts`);

/** Files of a room's neighbour that are all it may see: the store knows the API's wire, not the session behind it. */
const ONLY_FILES: Readonly<Record<string, readonly string[]>> = {
  'store -> api': ['src/api/link.ts', 'src/api/protocol.ts', 'src/api/whole-protocol.ts', 'src/api/client.ts', 'src/api/point.ts', 'src/api/remote.ts'],
  'views -> api': ['src/api/protocol.ts'],
  'store -> lessons': LESSON_DATA,
  'views -> lessons': LESSON_DATA,
};

/** What must not appear in the code of rooms below the API. */
const FORBIDDEN_IN_CORE: readonly [RegExp, string][] = [
  [/\bMath\.random\b/, 'Math.random'],
  [/\bnew Date\b|\bDate\.(now|parse|UTC)\b/, 'wall time (Date)'],
  [/\bperformance\.\w/, 'wall time (performance)'],
  [/\b(window|document|navigator|self|globalThis)\.\w/, 'a global of the page'],
  [/\bprocess\.\w/, 'a global of Node'],
];

/** Written files that hold the text of a script for a page, and no code of their own. */
const TEXTS = ['src/report/html/assets.ts'];

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

/** The source without comments; strings stay, so that an address in a string is not cut at its slashes. */
const withoutComments = (source: string): string =>
  source.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (_, text) => text ?? ' ');

function importsOf(source: string): Import[] {
  const code = withoutComments(source);
  const found: Import[] = [];
  for (const m of code.matchAll(/\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"\n]+)['"]/g)) {
    found.push({ target: m[2], typeOnly: m[1] !== undefined || namesAreTypes(m[0]) });
  }
  for (const m of code.matchAll(/\bimport\s*\(\s*['"`]([^'"`\n]+)['"`]/g)) found.push({ target: m[1], typeOnly: false });
  for (const m of code.matchAll(/\bnew\s+URL\(\s*['"`](\.[^'"`\n]+)['"`]\s*,\s*import\.meta\.url/g)) found.push({ target: m[1], typeOnly: false });
  return found;
}

/** True for `import { type A, type B } from`: every name is a type. */
function namesAreTypes(statement: string): boolean {
  const names = /^\w+\s*\{([^}]*)\}/
    .exec(statement)?.[1]
    .split(',')
    .filter((n) => n.trim() !== '');
  return names !== undefined && names.length > 0 && names.every((n) => /^\s*type\s/.test(n));
}

/** The room of a file: its folder under src, or workers, bin, main. */
function roomOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] !== 'src') return parts[0];
  return parts.length > 2 ? parts[1] : 'main';
}

/** What is wrong with one import, or undefined. */
function importFault(file: string, { target, typeOnly }: Import): string | undefined {
  const name = roomOf(file);
  const room = ROOMS[name];
  if (!target.startsWith('.')) {
    const known = (room.packages ?? []).some((p) => target === p || target.startsWith(p.endsWith(':') ? p : `${p}/`));
    return known ? undefined : `${file}: ${name} may not import the package ${target}`;
  }
  const path = relative(ROOT, resolve(ROOT, dirname(file), target.replace(/\?.*$/, '')));
  const to = roomOf(path);
  if (to === name || to === 'base') return undefined;
  // A worker file is started by address, never imported: the clients of the API and of the lessons are where that happens.
  if (to === 'workers' && (name === 'api' || name === 'lessons')) return undefined;
  const allowed = room.rooms.includes(to) || (typeOnly && (room.types ?? []).includes(to));
  if (!allowed) return `${file}: ${name} may not import ${to} (${path})${(room.types ?? []).includes(to) ? ' other than types' : ''}`;
  const only = ONLY_FILES[`${name} -> ${to}`];
  return only === undefined || only.includes(path) ? undefined : `${file}: of ${to}, ${name} may import only ${only.join(', ')}, not ${path}`;
}

/** The files of a path of imports that comes back to where it began, types included, or undefined if none does. */
function circleAmong(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const closed = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (closed.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    closed.add(file);
    return undefined;
  };
  return [...imports.keys()].map((file) => walk(file, [])).find((circle) => circle !== undefined);
}

/** The files of this project that a file imports. A worker is started by address: no import. */
function neighboursOf(file: string, source: string): string[] {
  const inside = importsOf(source).filter(({ target }) => target.startsWith('.'));
  return inside.map(({ target }) => relative(ROOT, resolve(ROOT, dirname(file), target))).filter((path) => roomOf(path) !== 'workers');
}

/** Everything wrong with a file's imports and contents. */
function faultsOf(file: string, source: string): string[] {
  const name = roomOf(file);
  if (ROOMS[name] === undefined) return [`${file}: the room ${name} is not in the table`];
  const faults = importsOf(source).map((i) => importFault(file, i));
  if (name in CORE && !TEXTS.includes(file)) {
    const code = withoutComments(source);
    faults.push(...FORBIDDEN_IN_CORE.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${file}: ${name} must not use ${what}`));
  }
  return faults.filter((fault) => fault !== undefined);
}

function sourcesUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

const FILES = ['src', 'workers', 'bin'].flatMap(sourcesUnder);
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the house', () => {
  it('every import goes one way, as the table says, and nothing below the API knows chance, wall time or a page', () => {
    expect(FILES.length).toBeGreaterThan(0);
    expect(FILES.flatMap((file) => faultsOf(file, read(file)))).toEqual([]);
  });

  it('no path of imports leads back to its file', () => {
    expect(circleAmong(new Map(FILES.map((file) => [file, neighboursOf(file, read(file))])))).toBeUndefined();
  });

  it(`no source file is longer than ${MAX_LINES} lines`, () => {
    const lengths = FILES.map((file) => ({ file, lines: read(file).split('\n').length - 1 })).sort((a, b) => b.lines - a.lines);
    const longest = lengths.slice(0, 5).map(({ file, lines }) => `${lines} ${file}`);
    expect(
      lengths.filter(({ lines }) => lines > MAX_LINES),
      `the longest: ${longest.join(', ')}`,
    ).toEqual([]);
  });

  it('src/README.md has one line for every room, and no line for a room that is not there', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const rooms = [...folders.map((entry) => entry.name), 'workers', 'bin'].sort();
    expect([...read('src/README.md').matchAll(/^\| `([a-z]+)` \|/gm)].map((m) => m[1]).sort()).toEqual(rooms);
  });

  it('a worker is at most 15 lines of wiring', () => {
    const long = sourcesUnder('workers').filter((file) => read(file).trimEnd().split('\n').length > 15);
    expect(long).toEqual([]);
  });
});

describe('the test of the house catches', () => {
  it.each([
    ['the engine importing a kernel', 'src/engine/x.ts', "import { k } from '../kernels/streaming/pe.ts';"],
    ['the engine importing only a type of a kernel', 'src/engine/x.ts', "import type { K } from '../kernels/types.ts';"],
    ['a re-export', 'src/machine/x.ts', "export * from '../trace/schema.ts';"],
    ['a dynamic import', 'src/views/lab/x.tsx', "const e = await import('../../engine/engine.ts');"],
    ['an import over several lines', 'src/quant/x.ts', "import {\n  a,\n  b,\n} from '../model/gguf.ts';"],
    ['a package below the API', 'src/model/x.ts', "import { gguf } from '@huggingface/gguf';"],
    ['a Node module below the API', 'src/report/x.ts', "import { writeFileSync } from 'node:fs';"],
    ['a view importing comlink', 'src/views/x.tsx', "import { wrap } from 'comlink';"],
    ['a view importing a value of the protocol', 'src/views/x.tsx', "import { a } from '../api/protocol.ts';"],
    ['a view importing a type of the session', 'src/views/x.tsx', "import type { Session } from '../api/session.ts';"],
    ['the store importing the session', 'src/store/x.ts', "import { createSession } from '../api/session.ts';"],
    ['the store importing a value of a kernel', 'src/store/x.ts', "import { type A, b } from '../kernels/registry.ts';"],
    ['an unknown room', 'src/helpers/x.ts', 'export const a = 1;'],
    ['chance in a kernel', 'src/kernels/x.ts', 'const a = Math.random();'],
    ['wall time in the analysis', 'src/analysis/x.ts', 'const a = Date.now();'],
    ['a page in the report', 'src/report/x.ts', 'const a = document.title;'],
  ])('%s', (_, file, source) => {
    expect(faultsOf(file, source)).toHaveLength(1);
  });

  it('a circle of imports', () => {
    const imports = { a: "import { b } from './b.ts';", b: "import type { C } from './c.ts';", c: "import { B } from './b.ts';" };
    const graph = Object.entries(imports).map(([name, source]): [string, string[]] => [`src/trace/${name}.ts`, neighboursOf(`src/trace/${name}.ts`, source)]);
    expect(circleAmong(new Map(graph))).toEqual(['src/trace/b.ts', 'src/trace/c.ts', 'src/trace/b.ts']);
  });

  it.each([
    ['its own room and base', 'src/engine/x.ts', "import { a } from './y.ts';\nimport { assert } from '../base/error.ts';"],
    ['types where types are allowed', 'src/store/x.ts', "import { type A, type B } from '../kernels/types.ts';"],
    ['words in a comment', 'src/engine/x.ts', "/* import { k } from '../kernels/k.ts' */\n// never Math.random()\nexport const a = 'http://a/b';"],
  ])('nothing wrong with %s', (_, file, source) => {
    expect(faultsOf(file, source)).toEqual([]);
  });
});
