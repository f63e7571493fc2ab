/**
 * English stands in modules of strings, so that it can be translated: no component holds a sentence of its own. What this does not
 * see: single words that are shown by an expression, properties beside those of SPOKEN, constants outside of components, `.ts` files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { expect, it } from 'vitest';

const VIEWS = fileURLToPath(new URL('../../src/views', import.meta.url));
/** What these attributes say is read or heard by somebody. */
const SPOKEN: ReadonlySet<string> = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'label', 'title', 'placeholder', 'alt', 'caption']);
/** Names, which no translation changes. */
const NAMES = /\b(?:Weft|WSE|SRAM|PEs?|GGUF|CSV|NDJSON|JSON|SVG|PNG|URL|KB|MB|GB|MHz)\b/g;

/** Components whose words are still to be moved, by folder. The list may only become shorter: one that holds none any more fails. */
const STILL: Readonly<Record<string, string>> = {
  app: 'DesktopLab PhoneLab PhoneSummary RemoteFile UpdateNotice',
  compare: 'Panes SideOptions',
  controls: 'Definition MemoryBar',
  dock: 'StudyTab',
  embed: 'EmbedLab',
  fabric: 'FabricLegend FabricPanel GridCell LayerTabs Minimap RampLegend StateLegend StatesTable StreamLegend',
  inspector: 'Area Blocks ExactState Inspector LegRow MemoryMap PeRoofline Results SumUnderWay WhyStalled',
  model: 'Beside Charted ClaimsTab FitsTab MachineTab ModelForm ModelPage SentencesTab SpeedTab WaferBar',
  palette: 'Palette',
  plain: 'PlainPage',
  setup: 'Engine Machine Mapping Memory Options RowSizes SetupPanel Workload',
  status: 'StatusBar',
  sweep: 'SweepForm',
  topbar: 'ExportMenu HelpDialog TopBar',
  transport: 'PlaybackOptions Transport',
  verdict: 'Ended Insights Metrics Stopped TraceAlone Verdict',
};
const isStill = (file: string): boolean => {
  const [folder, name = ''] = file.split('/');
  return (STILL[folder] ?? '').split(' ').includes(name.replace('.tsx', ''));
};

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const childrenOf = (node: Node): Node[] => Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));

/** A word in a text between tags; two words in a string, for one may be a key. */
const saysOne = (text: string): boolean => /[A-Za-z]{3}/.test(text.replace(NAMES, ''));
const saysTwo = (text: string): boolean => /[A-Za-z]{2,}[,.:;]?\s+[A-Za-z]{2,}/.test(text.replace(NAMES, ''));

/** Strings in an expression, but for those of components in it and of types. */
function stringsOf(node: Node): string[] {
  if (node.type.startsWith('JSX')) return [];
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type === 'TemplateLiteral') return [(node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('0')];
  return childrenOf(node).flatMap(stringsOf);
}

/** What a component says in words of its own. */
function wordsOf(node: Node): string[] {
  const inside = childrenOf(node).flatMap(wordsOf);
  if (node.type === 'JSXText') return saysOne(String(node.value)) ? [String(node.value).trim()] : [];
  if (node.type === 'JSXAttribute') {
    const { name, value } = node as { readonly name?: { readonly name?: unknown }; readonly value?: unknown };
    if (!SPOKEN.has(String(name?.name)) || !isNode(value)) return inside;
    return [...stringsOf(value.type === 'JSXExpressionContainer' ? (value.expression as Node) : value).filter(saysOne), ...inside];
  }
  if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return inside;
  const shown = (node.children as Node[]).filter(({ type }) => type === 'JSXExpressionContainer');
  return [...shown.flatMap(({ expression }) => stringsOf(expression as Node).filter(saysTwo)), ...inside];
}

const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));

const wordsIn = (file: string): string[] => wordsOf(parseAst(readFileSync(join(VIEWS, file), 'utf8'), { lang: 'tsx' }) as unknown as Node);

it.each(files.filter((file) => !isStill(file)))('%s holds no English', (file) => {
  expect(wordsIn(file)).toEqual([]);
});

it('the list of what is still to be moved holds nothing that is done', () => {
  const still = Object.entries(STILL).flatMap(([folder, names]) => names.split(' ').map((name) => `${folder}/${name}.tsx`));
  expect(still.filter((file) => !files.includes(file) || wordsIn(file).length === 0)).toEqual([]);
});

it('finds words between tags, in what is spoken, and in what is shown', () => {
  const found = (code: string) => wordsOf(parseAst(code, { lang: 'tsx' }) as unknown as Node);
  expect(found('<p className="a b" title="Say it">Two {"one more"} {n} PEs</p>')).toEqual(['one more', 'Say it', 'Two']);
  expect(found(`<p title={TEXT.say} aria-label={\`\${n} of\`}>{TEXT.two} {n === 1 ? "a" : \`\${n} are here\`}</p>`)).toEqual(['0 are here']);
});
