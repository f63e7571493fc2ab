/** What the model page does with the worker. An answer to an older question never replaces a newer one. */
import type { StoreApi } from 'zustand/vanilla';
import type { Outcome } from '../api/protocol.ts';
import type { WholeModels } from '../api/whole-protocol.ts';
import type { Ask, WholeSetup, WholeState, WholeTab } from './whole.ts';

/** A change is asked about after this pause in typing. */
const DELAY_MS = 150;

export interface WholeActions {
  /** Changes the setup; the shown tab asks again. */
  configure(patch: Partial<WholeSetup>): void;
  /** A GGUF or a config.json. */
  openFile(file: File): void;
  /** Asks what the shown tab needs and has not been answered yet. */
  ask(): void;
  /** Compares the two sentences on the wafer. */
  compare(): Promise<void>;
  cancel(): void;
}

export interface WholeDeps {
  readonly whole: StoreApi<WholeState>;
  readonly models: WholeModels;
  readonly demoUrl: string;
}

/** The questions that are asked by themselves, by tab. */
type Asked = 'fits' | 'speed' | 'claims';

export function createWholeActions({ whole, models, demoUrl }: WholeDeps): WholeActions {
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks one question; the store's key tells whether its answer is still wanted. */
  async function put<K extends Asked | 'similarity'>(
    what: K,
    key: string,
    question: () => Promise<Outcome<NonNullable<WholeState[K]['value']>>>,
  ): Promise<void> {
    const set = (ask: Partial<Ask<unknown>>): void => whole.setState((s) => ({ [what]: { ...s[what], ...ask } }) as Partial<WholeState>);
    set({ key, status: 'loading', error: null });
    const answer = await question();
    if (whole.getState()[what].key !== key) return;
    set(answer.ok ? { status: 'ready', value: answer.value } : { status: 'failed', error: answer.error });
  }

  function ask(): void {
    const s = whole.getState();
    const what = s.tab;
    if (!isAsked(what)) return;
    const key = keyOf(s, what);
    if (s[what].key === key) return;
    if (what === 'fits') void put('fits', key, () => models.capacity(s.source, capacityQuestion(s)));
    else if (what === 'speed') void put('speed', key, () => models.estimate(s.source, estimateQuestion(s)));
    else void put('claims', key, () => models.claims(s.machine));
  }

  function configure(patch: Partial<WholeSetup>): void {
    whole.setState(patch);
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY_MS);
  }

  async function compare(): Promise<void> {
    const { a, b, machine, product } = whole.getState();
    const onProgress: Parameters<WholeModels['sentences']>[1] = (progress) => whole.setState({ progress });
    await put('similarity', JSON.stringify([a, b, machine, product]), () => models.sentences({ a, b, machine, kernel: product, url: demoUrl }, onProgress));
    whole.setState({ progress: null });
  }

  return {
    configure,
    ask,
    compare,
    openFile: (file) => configure({ source: { kind: 'file', file, name: file.name }, context: null, opened: null }),
    cancel: () => void models.cancel(),
  };
}

const isAsked = (tab: WholeTab): tab is Asked => tab === 'fits' || tab === 'speed' || tab === 'claims';

const capacityQuestion = ({ machine, context, batch, kernel, options, cache, format }: WholeSetup) => ({
  machine,
  context,
  batch,
  kernel,
  options,
  cache,
  format,
});
const estimateQuestion = ({ machine, context, batch, mapping, format }: WholeSetup) => ({ machine, context, batch, mapping, format });

/** What an answer depends on. Two files of one name are told apart by size and date. */
function keyOf(s: WholeState, what: Asked): string {
  const { source } = s;
  const model = source.kind === 'file' ? [source.name, source.file.size, source.file.lastModified] : [source.name];
  if (what === 'claims') return s.machine;
  return JSON.stringify([model, what === 'fits' ? capacityQuestion(s) : estimateQuestion(s)]);
}
