/** PEs of the row and words of the stream of a hand-written program that has them. */
import type { RunConfig } from '../../store/types.ts';
import { LIMITS } from '../../store/url.ts';
import { NumberInput } from '../controls/NumberInput.tsx';

interface Given {
  readonly config: RunConfig;
  /** What is taken where nothing is chosen. */
  readonly usual: { readonly pes: number; readonly words: number };
  /** Behind the names of the fields, where there are two of each. */
  readonly of?: string;
  readonly configure: (patch: Partial<RunConfig>) => void;
}

export function RowSizes({ config, usual, of = '', configure }: Given) {
  const { pes, words } = config;
  const now = { pes: pes?.height === 1 ? pes.width : usual.pes, words: words ?? usual.words };
  const change = (to: Partial<typeof now>): void => {
    const sizes = { ...now, ...to };
    configure({ pes: { width: sizes.pes, height: 1 }, words: sizes.words });
  };
  const field = (key: keyof typeof now, name: string, limits: { readonly min: number; readonly max: number; readonly step: number }) => (
    <div className="field">
      <span className="lbl">{name}</span>
      <NumberInput label={name + of} value={now[key]} {...limits} onCommit={(value) => change({ [key]: value ?? usual[key] })} />
    </div>
  );
  return (
    <>
      {field('pes', 'PEs in the row', { ...LIMITS.width, min: 2 })}
      {field('words', 'Words', LIMITS.words)}
    </>
  );
}
