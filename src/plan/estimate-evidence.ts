/**
 * How good the closed forms are: pieces of the very programs that were chosen, small enough to be run wavelet by wavelet, with
 * the same rows a PE, slices, options and reduction. Only rectangles get smaller (fewer fabric rows, fewer rows of A), rows of the
 * row kernels shorter and columns fewer. A whole small layer stands for the code of norms, attention, activation and residuals,
 * and split-k's pieces for the reductions that they need in blocks. This room runs nothing: `measure` does.
 */
import type { Calibration, EstimateQuestion, Evidence, Measure, PhaseEstimate, Piece, ProductPlan } from './estimate-types.ts';

const SHORTEST = 1024;
const MOST_COLUMNS = 2;
const MOST_ROWS = 8;
const PIECE_ROWS = 3;
const PIECE_WIDTH = 16;
const LAYER = {
  name: 'a whole small layer',
  kernel: 'transformer_layer',
  m: 256,
  k: 256,
  n: 1,
  format: 'q4_k',
  pes: { width: 30, height: 16 },
  options: { inner: 'stationary' },
} as const;

/** Pieces of both phases, those that are alike once. */
export function piecesOf(decode: PhaseEstimate, prefill: PhaseEstimate, { machine }: EstimateQuestion): Piece[] {
  const plans = [decode, prefill].flatMap(({ stages }) => stages.flatMap(({ product }) => (product ? [product] : [])));
  const products = new Map(plans.map((plan) => pieceOf(plan, machine)).map((piece) => [JSON.stringify({ ...piece, name: '' }), piece]));
  return [...products.values(), { ...LAYER, machine }];
}

/** The product in small. */
function pieceOf(plan: ProductPlan, machine: EstimateQuestion['machine']): Piece {
  const { kernel, options, format, slice, panel } = plan;
  const n = Math.min(plan.n, MOST_COLUMNS);
  const rows = Math.min(plan.rowsPerPe, MOST_ROWS);
  const [width, height] = plan.mapping === 'rows' ? [4, PIECE_ROWS] : [Math.min(panel.width, PIECE_WIDTH), PIECE_ROWS];
  const k = plan.mapping === 'rows' ? Math.min(plan.k, SHORTEST) : width * slice;
  const m = plan.mapping === 'rows' ? rows * width * height : rows * height;
  const name = `${kernel}, ${rows} row${rows > 1 ? 's' : ''} a PE${plan.mapping === 'rows' ? '' : `, slices of ${slice}, ${options.reduce}`}`;
  return { name, kernel, machine, m, k, n, format, pes: { width, height }, options };
}

const ASSUMED: readonly string[] = [
  'attention and norms spread over blocks of PEs, and panels side by side, have no kernel here yet: closed form only',
  'activations and results stay on the wafer, and words follow one another at full rate between stages',
  'decoding and prompts have places of their own: two wafers, or weights loaded anew between them',
  'rectangles are packed without waste, and panels side by side cost distance alone',
  'the power published for the system is drawn in full at all times',
];

export async function evidenceOf(
  decode: PhaseEstimate,
  prefill: PhaseEstimate,
  question: EstimateQuestion,
  measure: Measure | undefined,
  pause: (done: number, of: number) => Promise<void>,
): Promise<Evidence> {
  const pieces: Calibration[] = [];
  const wanted = measure ? piecesOf(decode, prefill, question) : [];
  for (const [i, piece] of wanted.entries()) {
    await pause(i, wanted.length);
    const { simulated, closedForm } = await measure!(piece);
    pieces.push({ piece, simulated, closedForm, error: closedForm / simulated - 1 });
  }
  const covered = decode.stages.filter(({ kind }) => kind === 'product').reduce((sum, { share }) => sum + share, 0);
  return {
    simulated: measure
      ? 'Pieces of the chosen programs, wavelet by wavelet, with the same rows a PE, slices, options and reduction on fewer PEs; and a whole small layer.'
      : 'Nothing (--no-check).',
    closedForm:
      'Every line of the table: products by their kernels’ closed forms, attention, norms, SwiGLU and residuals by the prices of their code and of reductions. The errors of the kernels’ closed forms over all their options: docs/kernels.md.',
    assumed: ASSUMED,
    pieces,
    worst: pieces.length > 0 ? Math.max(...pieces.map(({ error }) => Math.abs(error))) : null,
    covered,
  };
}
