/** The English of the setup; names of fields, programs and machines are in ../strings.ts. */
import { grouped, prefixed } from '../format.ts';

export const SETUP_TEXT = {
  title: 'Setup',
  workload: {
    title: 'Workload',
    demo: (model: string) => `Demo: ${model}`,
    openFile: 'Open a file…',
    layer: 'Layer',
    noLayers: 'This model has no layers that can be mapped whole; a llama file or a synthetic one has.',
    runnable: 'Can run',
    notRunnable: 'Cannot run yet',
    fileLayer: 'Layer of file',
    otherSetup: 'another setup',
    layerSet: (layer: string) => `${layer} is set up.`,
    format: 'Format',
    runAs: 'Run as',
    asStored: 'as stored, Q4_K',
    opening: 'Opening the model…',
    notOpen: (model: string) => `${model} is not open.`,
    whyNotOpen: 'This page was shared or left with that file.',
    pes: 'PEs in the row',
    words: 'Words',
  },
  mapping: {
    title: 'Mapping',
    wholeWafer: (width: number, height: number) => `Whole wafer, ${width} × ${height}`,
    rowsEach: (rows: number) => `${grouped(rows)} rows on each PE`,
  },
  machine: {
    several: (depths: readonly number[]) => [...new Set(depths)].join(', '),
    times: (factor: number) => `${factor}\u00d7`,
    byHand: (preset: string) => `By hand; the rest is as ${preset} has it.`,
    reset: 'All as it has them',
    source: (source: string | undefined) => `Source: ${source ?? 'assumed'}.`,
  },
  engine: {
    needs: (memory: string) => `It needs at most ${memory} of this computer’s memory.`,
    valuesLeftOut: (peCycles: number, memory: string) => `Auto leaves the values out here: ${prefixed(peCycles)} PE-cycles, and ${memory} with them.`,
    valuesUpTo: (most: number, peCycles: number) => `Auto computes values up to ${prefixed(most)} PE-cycles; here ${prefixed(peCycles)}.`,
    results: (memory: string) => `All results can be computed afterwards, under Numerics, with at most ${memory}.`,
    noResults: (memory: string) => `All results would need ${memory}, which is more than is free.`,
    free: (memory: string) => `${memory} are free. Run says what would fit.`,
  },
  memory: {
    notPlaced: 'not placed',
    share: (share: string, capacity: string) => `${share} of ${capacity}`,
    estimate: (cycles: number, atLeast: number) => `Estimate ${grouped(cycles)} cycles, at least ${grouped(atLeast)}`,
  },
  run: {
    run: 'Run',
    key: 'Ctrl Enter',
    keyShort: 'Ctrl ↵',
    progress: 'Run',
    starting: 'Starting',
    phases: { loading: 'Loading the rows', placing: 'Placing', simulating: 'Simulating', checking: 'Checking' },
    cannotPlace: 'The setup cannot be placed; see above.',
    noModel: 'No model is open.',
    stopped: (cycle: number) => `The run stopped at cycle ${grouped(cycle)}.`,
    cancelled: 'The run was cancelled.',
    earlier: 'The earlier result is shown.',
  },
} as const;

/** How errors and their fixes are worded where they are made; read here, not shown. */
export const ERROR_PATTERNS = {
  place: /^at byte/,
  tokens: /^use at most (\d+) tokens\b/,
  rows: /^use ([\d\u202f]+) rows on (\d+)x(\d+) PEs/,
  option: (id: string) => new RegExp(`^use (?:a )?${id}(?: of at most)? (\\S+)`, 'i'),
  defaultRectangle: /default rectangle/i,
} as const;
