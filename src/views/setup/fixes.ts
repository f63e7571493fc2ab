/**
 * Turns a fix, which is a sentence for people, into the change of the setup it means, where the page can make it. A fix
 * it does not understand stays a sentence: nothing is guessed.
 */
import { type KernelSummary, OPTIONS, type OptionId, type OptionSpec, type RunConfig } from '../../store/types.ts';
import { MACHINE_NAMES } from '../strings.ts';
import { ERROR_PATTERNS } from './strings.ts';

export function fixFor(text: string, config: RunConfig, kernels: readonly KernelSummary[]): Partial<RunConfig> | null {
  return (
    engine(text) ?? fewer(text, config) ?? option(text, config) ?? rectangle(text) ?? kernel(text, config, kernels) ?? machine(text, config) ?? number(text)
  );
}

/** "use --engine wavelet", "leave the values out: --timing-only". */
function engine(text: string): Partial<RunConfig> | null {
  const found = /--engine (wavelet|timing)\b/.exec(text)?.[1] ?? (text.includes('--timing-only') ? 'timing' : undefined);
  return found === 'wavelet' || found === 'timing' ? { engine: found } : null;
}

/** "use at most 4 tokens, which need ...", and of a synthetic matrix "use 1 024 rows on 32x48 PEs, which need ...". */
function fewer(text: string, { model }: RunConfig): Partial<RunConfig> | null {
  const tokens = ERROR_PATTERNS.tokens.exec(text);
  if (tokens) return { n: Number(tokens[1]) };
  const rows = ERROR_PATTERNS.rows.exec(text);
  if (!rows || model !== 'synthetic') return null;
  return { m: Number(rows[1].replace(/\u202f/g, '')), pes: { width: Number(rows[2]), height: Number(rows[3]) } };
}

/** "use inner streaming", "use drain column (5 628 B)", "use a batch of at most 2": an option by its name and a value it has. */
function option(text: string, config: RunConfig): Partial<RunConfig> | null {
  for (const [id, spec] of Object.entries(OPTIONS) as [OptionId, OptionSpec][]) {
    const found = ERROR_PATTERNS.option(id).exec(text);
    const value = found === null ? undefined : spec.values ? spec.values.find((v) => v === found[1]) : Number(found[1]) || undefined;
    if (value !== undefined) return { options: { ...config.options, [id]: value } };
  }
  return null;
}

/** "use at most 32x48". */
function rectangle(text: string): Partial<RunConfig> | null {
  if (ERROR_PATTERNS.defaultRectangle.test(text)) return { pes: undefined };
  const found = /\b(\d+)[x×](\d+)\b/.exec(text);
  return found ? { pes: { width: Number(found[1]), height: Number(found[2]) } } : null;
}

function kernel(text: string, config: RunConfig, kernels: readonly KernelSummary[]): Partial<RunConfig> | null {
  const other = kernels.find((k) => k.id !== config.kernel && new RegExp(`\\b${k.id}\\b`, 'i').test(text));
  return other ? { kernel: other.id } : null;
}

function machine(text: string, config: RunConfig): Partial<RunConfig> | null {
  const other = MACHINE_NAMES.find((m) => m.id !== config.machine && new RegExp(`\\b${m.name}\\b`, 'i').test(text));
  return other ? { machine: other.id } : null;
}

/** "K = 512", "--n 4 or less". */
function number(text: string): Partial<RunConfig> | null {
  const found = /\b([MKN])(?:\s*=\s*|\s)(\d+)\b/i.exec(text);
  return found ? { [found[1].toLowerCase()]: Number(found[2]) } : null;
}
