/** The plan's headline numbers, each with its unit and what it means. */
import { dequantiserFor } from '../kernels/dequant/index.ts';
import type { Fact } from '../kernels/types.ts';
import type { CachePlan, CapacityReport, MatrixPlan } from './capacity-types.ts';

type Planned = Omit<CapacityReport, 'facts' | 'notes'>;

export const factsOf = (report: Planned): Fact[] => [...weightFacts(report), ...waferFacts(report), ...(report.cache ? cacheFacts(report.cache) : [])];

/** Bytes of all matrices of a kind on the PEs, padding of rows included. */
function placedBytes({ rows, paddedK, format, blocks }: MatrixPlan): number {
  const { unit } = dequantiserFor(format);
  return blocks.length * rows * (paddedK / unit.size) * unit.bytes;
}

function weightFacts({ matrices, machine }: Planned): Fact[] {
  const sum = (of: (matrix: MatrixPlan) => number): number => matrices.reduce((total, matrix) => total + of(matrix), 0);
  const rows = sum((matrix) => matrix.blocks.length * matrix.rows);
  const bytes = sum(placedBytes);
  const room = machine.pes * (machine.sramBytes - machine.codeReserve);
  const f32 = sum((matrix) => matrix.blocks.length * matrix.rows * matrix.paddedK * 4);
  return [
    {
      name: 'Rows',
      value: rows,
      unit: 'rows',
      meaning: `Of all matrices of all layers; ${machine.name} has ${machine.pes} PEs, so one PE holds at least ${Math.ceil(rows / machine.pes)}.`,
    },
    { name: 'Weights as stored', value: bytes, unit: 'B', meaning: 'All matrices that multiply activations; rows in whole units of 256 weights.' },
    {
      name: 'Times by bytes',
      value: atMost(room / bytes),
      unit: '',
      meaning: `How often these bytes go into what the code reserve leaves of all PEs, ${room} B; nothing else counted.`,
    },
    { name: 'Weights as f32', value: f32, unit: 'B', meaning: `The same, dequantised: ${atMost(f32 / room)} times what all PEs have, by bytes alone.` },
  ];
}

function waferFacts({ pes, wafers, layersAtOnce, machine, model }: Planned): Fact[] {
  const layers: Fact = {
    name: 'Layers at once',
    value: layersAtOnce,
    unit: 'layers',
    meaning: `Of ${model.layers}: whole layers, with their part of the cache, that lie on one wafer at the same time.`,
  };
  if (pes === null || wafers === null) return [layers];
  return [
    layers,
    { name: 'PEs', value: pes, unit: 'PEs', meaning: `Of ${machine.pes} on a wafer: for all layers, norms and the cache, as densely as memory allows.` },
    { name: 'Wafers', value: wafers, unit: '', meaning: 'For everything at once; on one wafer that many passes, each of which loads its weights.' },
    {
      name: 'Copies',
      value: Math.floor(machine.pes / pes),
      unit: '',
      meaning: 'How often the whole of it, each with a cache of its own, fits onto one wafer.',
    },
  ];
}

const cacheFacts = ({ bytesPerToken, bytes, pes, longestContext, modelContext }: CachePlan): Fact[] => [
  { name: 'Cache of a token', value: bytesPerToken, unit: 'B', meaning: 'Keys and values of one token in all layers.' },
  { name: 'Cache', value: bytes, unit: 'B', meaning: `Of the whole context and batch, on ${pes} PEs.` },
  {
    name: 'Longest context',
    value: longestContext,
    unit: 'tokens',
    meaning: `Beside the weights, without more wafers; the model was made for ${modelContext}.`,
  },
];

/** Two significant digits, or a tenth; rounded down, so that nothing fits that does not. */
function atMost(value: number): number {
  const scale = value >= 1 ? 10 : 10 ** (1 - Math.floor(Math.log10(value)));
  return Math.floor(scale * value) / scale;
}
