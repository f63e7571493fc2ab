/** What a plan must say beside its numbers: what the host keeps, what was padded or stored otherwise, what is left out. */
import { count } from '../base/numbers.ts';
import { normLayout } from '../kernels/transformer_layer/norm.ts';
import { usedBytes } from '../machine/memory.ts';
import type { ModelSizes, TensorSize } from '../model/sizes.ts';
import type { OnHost } from './capacity-types.ts';
import type { Group, Question, Residence } from './residence.ts';

/** Tensors that lie on no PE. */
export function onHostOf({ tensors, architecture }: ModelSizes): OnHost[] {
  const names = new Set(tensors.map(({ name }) => name));
  const ofMatrix = ({ name }: TensorSize): boolean => name.endsWith('.bias') && names.has(name.replace(/\.bias$/, '.weight'));
  const placed = (t: TensorSize): boolean => (architecture !== null && /^(attn|ffn|output)_norm$/.test(t.kind)) || (ofMatrix(t) && !/_norm\./.test(t.name));
  return tensors.flatMap(({ name, bytes, use, ...rest }): OnHost[] => {
    if (use === 'embedding') return [{ name, bytes, why: 'the embedding is looked up: one row a token' }];
    if (use === 'both') return [{ name, bytes, why: 'the embedding is looked up; the same matrix lies on PEs as the output matrix' }];
    return use === 'vector' && !placed({ name, bytes, use, ...rest }) ? [{ name, bytes, why: 'no kernel that is planned here uses it' }] : [];
  });
}

export function notesOf(q: Question, residence: Residence): string[] {
  return [...paddingNotes(q, residence), ...normNotes(q, residence), ...biasNotes(residence), ...LEFT_OUT, ...(q.sizes.architecture ? [CACHE_NOTE] : [])];
}

/** One note for each row length that is padded. */
function paddingNotes({ sizes }: Question, { groups }: Residence): string[] {
  const padded = groups.filter(({ tensor, kind }) => tensor.k !== kind.k);
  return [...new Set(padded.map(({ tensor }) => tensor.k))].map((k) => {
    const those = padded.filter(({ tensor }) => tensor.k === k);
    const [{ tensor, kind }] = those;
    const other =
      sizes.source === 'gguf'
        ? ''
        : ` They have no whole blocks of 256 either and are counted as ${tensor.format} (llama.cpp takes Q5_0, for which PEs have no program here).`;
    return `Rows of ${kinds(those)} have ${k} weights; PEs take 256 at a time, so they are padded with zeros to ${kind.k}.${other}`;
  });
}

const kinds = (groups: readonly Group[]): string => [...new Set(groups.map(({ tensor }) => tensor.kind))].join(', ');

function normNotes({ machine }: Question, { norms }: Residence): string[] {
  return norms.flatMap(({ hidden, pes }) => {
    if (pes === 1) return [];
    const over = usedBytes(normLayout(machine, hidden).allocations) - machine.sramBytes;
    return [
      `A norm of ${hidden} overflows the one PE of the layer kernel by ${over} B; it is counted on ${count(pes, 'PE')}, for which there is no kernel yet.`,
    ];
  });
}

const biasNotes = ({ groups }: Residence): string[] => (groups.some(({ bias }) => bias) ? ['Biases are counted at 4 B a row; no kernel adds them yet.'] : []);

const LEFT_OUT = ["Left out: residual adders and turners (a few PEs a layer), what the edges of rectangles leave over, a kernel's time."];
const CACHE_NOTE =
  'Keys and values: a PE keeps a part of one head of one layer and sequence, laid out as in the layer kernel; a head over several PEs, and a cache in f16, have no kernel yet.';
