/** The English of the fabric: its tools, its legends, what it says to those who do not see it; what the whole page shares is in ../strings.ts. */
import type { Region } from '../../analysis/fabric-frame.ts';
import type { Magnitude } from '../../analysis/magnitudes.ts';
import { grouped, percent, withUnit } from '../../base/numbers.ts';

const lastCycles = (window: number): string => `mean of the last ${grouped(window)} cycles`;

/** What the numbers of a layer are; `window` is the number of cycles of a mean. */
export const MAGNITUDE_TITLES: Readonly<Record<Magnitude, (window: number) => string>> = {
  utilisation: (window) => `Cycles spent multiplying and adding, ${lastCycles(window)}`,
  latency: () => 'Cycles since the first x entered',
  sram: () => 'SRAM of a PE, code reserve included',
  queues: () => 'Words in the ramp queue, those on the ramp included',
  links: (window) => `Wavelets a cycle on the busiest link of a PE, ${lastCycles(window)}`,
  demand: (window) => `Wavelets that moved or waited for the busiest link of a PE, a cycle, ${lastCycles(window)}`,
};

export const FABRIC_TEXT = {
  name: 'Fabric',
  layer: 'Layer',
  describe: 'Describe',
  canvas: 'The fabric, one cell a PE. The legend and the grid say the same in words.',
  lost: 'The browser took the drawing of the fabric away; it comes back by itself, or after a reload. Run and playhead are kept.',
  back: 'The fabric is drawn again.',
  zoom: { out: 'Zoom out', in: 'Zoom in', whole: 'Whole fabric' },
  goTo: {
    name: 'Go to PE',
    go: 'Go',
    noRun: 'There is no run yet',
    wrong: (width: number, height: number) =>
      `Two numbers, x up to ${width - 1} and y up to ${height - 1}, for example ${Math.floor(width / 2)},${Math.floor(height / 2)}`,
  },
  grid: {
    name: (width: number, height: number) => `Fabric of ${width} by ${height} PEs`,
    noRun: 'No run yet',
    running: (pe: string) => `${pe}, running`,
    wait: (number: number, text: string) => `Wait ${number}: ${text}`,
    selected: (area: string) => `${area} selected`,
  },
  map: {
    name: 'Where you are',
    canvas: 'The whole fabric; the ring is the part in view',
    part: ({ x0, x1, y0, y1 }: Region, width: number, height: number) => `columns ${x0}–${x1 - 1}, rows ${y0}–${y1 - 1} of ${width} × ${height}`,
  },
  texel: {
    square: (width: number, height: number, what: string) => `${width} × ${height} PEs: ${what}`,
    facts: ({ sum, max, mean, p95 }: Readonly<Record<'sum' | 'max' | 'mean' | 'p95', string>>) => `sum ${sum}, max ${max}, mean ${mean}, p95 ${p95}`,
  },
  legend: {
    name: 'Legend',
    reading: 'Reading this moment',
    path: 'Critical path',
    pathNow: 'dot: where it is now',
    waits: 'Waits',
    waitsMeaning: 'from a PE to the one it waits for; numbers as in the verdict',
    routes: 'Routes by color, wavelets now',
    onLinks: 'Wavelets on links, now',
    stream: (color: number, ways: string) => `color ${color}, ${ways}`,
  },
  magnitude: {
    words: (n: number) => withUnit(n, 'words', Number.isInteger(n) ? 0 : 1),
    /** Units of differences. */
    units: { share: 'points', bytes: 'B', cycles: 'cycles', words: 'words' },
    /** A signed number, made before, and its unit. */
    inUnit: (number: string, unit: string) => `${number}${unit === 'B' ? '\u202f' : ' '}${unit}`,
    shortWords: (n: number) => `${grouped(Math.round(n))} words`,
    summary: { max: 'maximum', p95: '95th percentile', mean: 'mean', min: 'minimum' },
    outlined: 'Outlined: not reached at the playhead, or never.',
    over: `above ${percent(1, 0)}: more than one waits at once`,
    until: 'until',
    measure: 'show',
    measures: { links: 'utilisation', demand: 'demand' },
    counting: (share: number) => `counting, ${percent(share, 0)}`,
  },
  table: {
    name: 'The fabric in numbers',
    at: (pes: number, cycle: number) => `${grouped(pes)} PEs at cycle ${grouped(cycle)}`,
    now: 'PEs now',
    streams: 'Streams',
    columns: {
      state: 'State',
      pes: 'PEs',
      share: 'Share',
      stream: 'Stream',
      color: 'Color',
      leads: 'Leads',
      onLinks: 'Wavelets on links',
      ofAll: 'Of all PEs',
      value: (layer: string, unit: string) => `${layer} (${unit})`,
    },
  },
} as const;
