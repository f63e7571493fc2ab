/** The gallery's English: titles, questions, what is said below a picture. Numbers come from the file of pictures. */
import type { Fact, ScenarioId } from '../../store/gallery.ts';
import { bytes, count, factor, grouped, percent } from '../format.ts';

interface Words {
  readonly title: string;
  readonly question: string;
  /** What the picture shows, for those who do not see it. */
  readonly shows: string;
}

export const SCENARIO_WORDS: Readonly<Record<ScenarioId, Words>> = {
  streaming: {
    title: 'Streaming',
    question: 'Why does unpacking cost as much as multiplying?',
    shows: 'Fronts of dequantising and computing PEs travel from the north-west corner.',
  },
  stationary: {
    title: 'Weight-stationary',
    question: 'What does it save to unpack only once?',
    shows: 'All PEs dequantise first, then compute until the results leave.',
  },
  against: {
    title: 'A against B',
    question: 'Streaming or stationary: who is done first, and why?',
    shows: 'Two runs on one clock: streaming at the left, stationary at the right.',
  },
  wavefront: {
    title: 'Wavefront',
    question: 'How far behind the first PE is the last?',
    shows: 'The first activation reaches the PEs in diagonals; brighter is later.',
  },
  backpressure: {
    title: 'Backpressure',
    question: 'Who holds up the stream at its entry?',
    shows: 'Words in the ramp queue of each PE; queues fill behind PEs that are busy unpacking.',
  },
  bytes: {
    title: '48 KB',
    question: 'Which row is the first that does not fit?',
    shows: 'Bytes of a PE for five lengths of a row, with the limit.',
  },
  'last-pe': {
    title: 'One row too many',
    question: 'What does row 385 cost on 384 PEs?',
    shows: 'Half of the PEs hold two rows, the other half none.',
  },
  batched: {
    title: 'Batched',
    question: 'Do eight sequences take longer than one?',
    shows: 'Eight bands of the fabric do the same work at the same time.',
  },
  waves: {
    title: 'Past the wafer',
    question: 'What does the ninth sequence cost?',
    shows: 'Eight bands work, then one band works alone in a second wave.',
  },
  'split-k': {
    title: 'Split K',
    question: 'How are 24 partial sums added along a row?',
    shows: 'Partial sums travel along the fabric rows as a tree, in the last cycles of the run.',
  },
  'weight-streaming': {
    title: 'Weight streaming',
    question: 'What if the weights move and the activations stay?',
    shows: 'Stored blocks enter at the north and move down the columns.',
  },
  llama7b: {
    title: 'Llama-2-7B projection',
    question: 'How many tokens a second can one row a PE give?',
    shows: '600 of the 4,096 rows of K = 4,096, in the first blocks of the run.',
  },
  layer: {
    title: 'Transformer layer',
    question: 'Which stage do the others wait for?',
    shows: 'QKV, attention, output and FFN on regions of their own, two tokens pipelined through them.',
  },
  original: {
    title: 'q4_k_ix against ggml',
    question: 'What does the original file’s format make of real weights?',
    shows: 'The demo model’s weights in the original format, unpacked and multiplied.',
  },
  wafer: {
    title: 'A whole wafer',
    question: 'How does one matrix reach 745\u202f500 PEs?',
    shows: 'Every PE of a wafer holds a row; the first activations cross them. Every tenth PE in both directions.',
  },
  deadlock: {
    title: 'A deadlock',
    question: 'Who waits for whom, and where is the circle?',
    shows: 'Four PEs send, add, and then all wait.',
  },
  sentences: {
    title: 'Two sentences',
    question: 'How alike are two sentences, computed on the wafer?',
    shows: 'A matrix of the sentence encoder, both columns at once.',
  },
};

export const GALLERY_TEXT = {
  pageTitle: 'Weft: a wafer-scale dataflow lab',
  side: 'Lessons, legend and files',
  limit: '48 KiB',
  title: 'Change a mapping, see where every cycle goes.',
  subtitle: 'Weft simulates dataflow kernels on a wafer of small processors, cycle by cycle, in this tab.',
  examples: 'Examples',
  play: 'Play pictures',
  pause: 'Pause pictures',
  stills: 'Reduced motion: each picture shows its most telling cycle.',
  colours: 'What the colours say',
  pace: 'Pictures run slower where more PEs change; the line below each is the time of its run.',
  ramp: 'Wavefront and queues, from low to high',
  code: 'Code',
  weights: 'Weights',
  rest: 'Everything else',
  continueTitle: 'Continue',
  open: 'Open your own',
  openHint:
    'A .gguf model, a .weft-trace, a SCALE-Sim .csv or a .weft.json opens in the Lab, a config.json on the Model page. Of a model only the header and the rows you pick are read.',
  choose: 'Choose a file',
  drop: 'Drop a model, a trace, a topology, a project or a config.json to open it',
  missing: 'The pictures could not be loaded; every example opens all the same.',
  status: (n: number) => `${n} examples, computed when this page was built`,
} as const;

export const playheadOf = (cycle: number, of: number): string => `cycle ${grouped(cycle)} of ${grouped(of)}`;

/** The line below a picture. */
export function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'run':
      return `${grouped(fact.cycles)} cycles · ${factor(fact.bound)} the bound`;
    case 'pair':
      return `${grouped(fact.a)} against ${grouped(fact.b)} cycles`;
    case 'behind':
      return `${count(fact.cycles, 'cycle')} behind PE 0,0`;
    case 'held':
      return `held at PE 0,0 for ${percent(fact.share)} of the run`;
    case 'mapping':
      return `${percent(fact.busy)} busy`;
    case 'waves':
      return count(fact.waves, 'wave');
    case 'tokens':
      return `${grouped(fact.perSecond)} tokens/s, whole model`;
    case 'rms':
      return `${percent(fact.reencoded)} RMS off re-encoded, ${percent(fact.misread, 0)} misread`;
    case 'over':
      return `K = ${grouped(fact.k)} over by ${bytes(fact.bytes)}`;
    case 'stuck':
      return `stuck at cycle ${grouped(fact.cycle)} · ${count(fact.waits, 'wait')} in a circle`;
  }
}
