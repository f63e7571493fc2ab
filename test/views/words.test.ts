/**
 * English stands in modules of words, so that it can be translated: what else makes the page holds none. Looked for are words between
 * tags, in what is read out, and in every string that has two of them or begins like a sentence.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
/** The rooms of the page. What those below say, they say to the command line and in reports as well. */
const ROOMS = ['views', 'store'];
/** Modules of words. */
const PLACES = /(?:^|\/)(?:strings|words|titles)\.ts$|\/words\//;
/** What these attributes say is read or heard by somebody, a single word as well. */
const SPOKEN = /^(?:aria-(?:label|description|roledescription|valuetext)|label|title|placeholder|alt|caption|name)$/;
/** What these hold is for the browser: names of classes, shapes, paths, other elements. */
const SILENT =
  /^(?:className|id|style|type|role|href|rel|d|transform|viewBox|preserveAspectRatio|cursor|data-.*|aria-(?:controls|labelledby|describedby|live|current))$/;
/** Names, which no translation changes: of the product, of models, formats and units, of keys, of colours of the system. */
const NAMES =
  /\b(?:Weft|WSE|Llama|SRAM|PEs?|GGUF|CSV|NDJSON|JSON|SVG|PNG|URL|KB|MB|GB|MHz|Ctrl|Shift|Space|Enter|Escape|Tab|Home|End|Page(?:Up|Down)|Arrow[A-Z]\w+|Digit\d?|Canvas|Highlight)\b/g;
/** Markup, selectors, media queries, fonts, and errors of programming, which nobody sees. */
const CODE = /^<|^\([a-z-]+: |^[a-z]+(?:, |:not|\[)|sans-serif|^no .* above this component$/;

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}
type Found = readonly string[];

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const part = (node: Node, key: string): Node => node[key] as Node;
const partsOf = (node: Node): Node[] => Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));

const isWord = (text: string): boolean => /[A-Za-z]{3}/.test(text);
const isSentence = (text: string): boolean => /[A-Za-z]{2,}[,.:;]?\s+[A-Za-z]{2,}|^[A-Z][a-z]{2,}(?![A-Za-z])/.test(text);

/** A text, if somebody reads it; where it is shown a single word is enough. */
function saying(text: string, shown: boolean): Found {
  const said = text.replace(NAMES, '');
  return !CODE.test(text) && (shown ? isWord(said) : isSentence(said)) ? [text.trim()] : [];
}

const ofParts = (node: Node, shown = false): Found => partsOf(node).flatMap((one) => wordsOf(one, shown));
const inBraces = (node: Node, shown: boolean): Found =>
  node.type === 'JSXExpressionContainer' ? wordsOf(part(node, 'expression'), shown) : wordsOf(node, shown);

function ofAttribute(node: Node): Found {
  const name = String(part(node, 'name').name);
  return SILENT.test(name) || !isNode(node.value) ? [] : inBraces(node.value, SPOKEN.test(name));
}

/** `count(n, 'cycle')` puts its word in the plural. */
function ofCall(node: Node): Found {
  const [, noun] = node.arguments as readonly (Node | undefined)[];
  return part(node, 'callee').name === 'count' && typeof noun?.value === 'string' ? [noun.value] : ofParts(node);
}

const KINDS: Readonly<Record<string, (node: Node, shown: boolean) => Found>> = {
  Literal: ({ value }, shown) => (typeof value === 'string' ? saying(value, shown) : []),
  TemplateLiteral: (node, shown) => [
    ...saying((node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('0'), shown),
    ...(node.expressions as Node[]).flatMap((one) => wordsOf(one, shown)),
  ],
  JSXText: ({ value }) => saying(String(value), true),
  JSXAttribute: ofAttribute,
  JSXElement: (node) => [...wordsOf(part(node, 'openingElement'), false), ...(node.children as Node[]).flatMap((one) => inBraces(one, true))],
  JSXFragment: (node) => (node.children as Node[]).flatMap((one) => inBraces(one, true)),
  ConditionalExpression: (node, shown) => [
    ...wordsOf(part(node, 'test'), false),
    ...['consequent', 'alternate'].flatMap((key) => wordsOf(part(node, key), shown)),
  ],
  LogicalExpression: (node, shown) => [...wordsOf(part(node, 'left'), false), ...wordsOf(part(node, 'right'), shown)],
  BinaryExpression: (node, shown) => (node.operator === '+' ? ofParts(node, shown) : []),
  CallExpression: ofCall,
  Property: (node) => wordsOf(part(node, 'value'), false),
  ImportDeclaration: () => [],
};

/** What a piece of code says in words of its own; `shown`, what its value says stands on the page. */
function wordsOf(node: Node, shown = false): Found {
  if (/^TS(?!AsExpression|Satisfies|NonNull)/.test(node.type)) return [];
  return KINDS[node.type]?.(node, shown) ?? ofParts(node);
}

const wordsIn = (code: string, lang: 'ts' | 'tsx'): Found => wordsOf(parseAst(code, { lang }) as unknown as Node);
const wordsOfFile = (file: string): Found => wordsIn(readFileSync(join(SRC, file), 'utf8'), file.endsWith('x') ? 'tsx' : 'ts');
const files = ROOMS.flatMap((room) => readdirSync(join(SRC, room), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file}`)).filter(
  (file) => /\.tsx?$/.test(file) && !PLACES.test(file),
);

it.each(files)('%s holds no English', (file) => {
  expect(wordsOfFile(file)).toEqual([]);
});

it('finds words between tags, in what is spoken, and in what is shown', () => {
  expect(wordsIn('<p className="a b" title="Say it">Two {"one"} {n} PEs</p>', 'tsx')).toEqual(['Say it', 'Two', 'one']);
  expect(wordsIn(`<p title={T.say} aria-label={\`\${n} of\`}>{T.two} {n === 1 ? "row" : \`\${n} are here\`}</p>`, 'tsx')).toEqual(['row', '0 are here']);
});

it('finds sentences, heads and plurals in code', () => {
  expect(wordsIn(`const a = kind === 'two words' ? T.a : 'Share'; say(count(n, 'cycle'), \`no \${n} here\`);`, 'ts')).toEqual(['Share', 'cycle']);
  expect(wordsIn(`import { a } from 'b c'; const width: 'so wide' = at('(min-width: 9px)', 'Ctrl Enter', 'key');`, 'ts')).toEqual([]);
});
