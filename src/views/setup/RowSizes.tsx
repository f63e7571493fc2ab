/** PEs of the row and words of the stream of a hand-written program that has them. */
import type { RunConfig } from '../../store/types.ts';
import { LIMITS } from '../../store/url.ts';
import { NumberInput } from '../controls/NumberInput.tsx';
import { SETUP_TEXT } from './strings.ts';

interface Given {
  readonly config: RunConfig;
  /** What is taken where nothing is chosen. */
  readonly usual: { readonly pes: number; readonly words: number };
  /** What a field is called where there are two of each. */
  readonly named?: (field: string) => string;
  readonly configure: (patch: Partial<RunConfig>) => void;
}

export function RowSizes({ config, usual, named = (field) => field, configure }: Given) {
  const { pes, words } = config;
  const now = { pes: pes?.height === 1 ? pes.width : usual.pes, words: words ?? usual.words };
  const change = (to: Partial<typeof now>): void => {
    const sizes = { ...now, ...to };
    configure({ pes: { width: sizes.pes, height: 1 }, words: sizes.words });
  };
  const field = (key: keyof typeof now, name: string, limits: { readonly min: number; readonly max: number; readonly step: number }) => (
    <div className="field">
      <span className="lbl">{name}</span>
      <NumberInput label={named(name)} value={now[key]} {...limits} onCommit={(value) => change({ [key]: value ?? usual[key] })} />
    </div>
  );
  return (
    <>
      {field('pes', SETUP_TEXT.workload.pes, { ...LIMITS.width, min: 2 })}
      {field('words', SETUP_TEXT.workload.words, LIMITS.words)}
    </>
  );
}
