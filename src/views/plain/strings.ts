/** The English of the plain text page: names of its lines, and what stands behind them. */
export const PLAIN_TEXT = {
  page: 'Plain text',
  title: 'A run as plain text',
  open: 'Open in the Lab',
} as const;

export const LINE_NAMES = {
  status: 'status',
  note: 'note',
  error: 'error',
  program: 'program',
  model: 'model',
  tensor: 'tensor',
  sizes: 'M x K x N',
  seed: 'seed',
  kernel: 'kernel',
  machine: 'machine',
  option: (id: string) => `option ${id}`,
  constant: (id: string) => `constant ${id}, set by hand`,
  rectangle: 'rectangle',
  cycles: 'cycles',
  time: 'time',
  closedForm: 'closed form',
  lowerBound: 'lower bound',
  mac: 'multiply-add utilisation',
  checks: 'physics checks',
  exact: 'results right to the bit',
  stopped: 'stopped at cycle',
  unlikePlainLoop: 'results unlike the plain loop',
  traceHash: 'trace hash',
  verdict: 'verdict',
  link: 'link',
} as const;

/** Digits are plain here. */
export const LINE_VALUES = {
  noRun: 'no run yet',
  running: (cycle: number) => `running, cycle ${cycle}`,
  rectangle: (width: number, height: number, used: number) => `${width} x ${height} PEs, ${used} with work`,
  time: (us: string, mhz: number) => `${us} us at ${mhz} MHz`,
  predicted: (cycles: number, difference: number) => `${cycles} cycles, ${difference} beside the simulation`,
  bound: (cycles: number, times: string) => `${cycles} cycles, the run takes ${times} times that`,
  checks: (holding: number, all: number) => `${holding} of ${all} hold`,
  yes: 'yes',
  no: 'no',
} as const;
