/** `weft kernels`: what can be mapped and how. */
import { OPTIONS, type OptionSpec } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { toJson } from '../src/report/json.ts';
import { fromWire } from './fail.ts';

export async function kernelsCommand({ json }: { readonly json?: boolean }): Promise<void> {
  const outcome = await createSession().kernels();
  if (!outcome.ok) throw fromWire(outcome.error);
  const kernels = outcome.value;
  if (json) {
    process.stdout.write(toJson({ kernels, options: OPTIONS }));
    return;
  }
  const lines = kernels.flatMap(({ id, idea, options }) => [id, `  ${idea}`, `  options: ${options.join(', ')}`, '']);
  const used = Object.entries(OPTIONS).filter(([id]) => kernels.some(({ options }) => (options as readonly string[]).includes(id)));
  const options = used.map(([id, spec]: [string, OptionSpec]) => `--${id} ${spec.values?.join(' | ') ?? 'number'}\n  ${spec.meaning}`);
  process.stdout.write(`${[...lines, ...options].join('\n')}\n`);
}
