/** Names of the metrics that a run's summary always has, as gates know them before the run; a test holds the list to a summary. */
const METRICS: readonly string[] = [
  'cycles',
  'microseconds',
  'closedForm',
  'lowerBound',
  'simulatedCycles',
  ...['mac', 'busy', 'mapping'].map((name) => `utilisation.${name}`),
  ...['first', 'mean', 'max'].map((name) => `latency.${name}`),
  'loadCycles',
  'hostInCycles',
  'hostOutCycles',
  ...['usedBytes', 'capacityBytes'].map((name) => `sram.${name}`),
  ...['vsPlainLoop', 'maxAbsVsF64', 'relRmsVsF64', 'maxRelVsSumAbs'].map((name) => `errors.${name}`),
];

/** Metrics that some runs do not have: null in their summary. */
const SOMETIMES: readonly string[] = ['relRmsVsUnquantised', 'vsF32Sequential', 'relRmsVsF32Sequential', 'maxAbsVsIntegerDot', 'relRmsVsIntegerDot'].map(
  (name) => `errors.${name}`,
);

/** With those that only the kernel has. */
export const metricNames = (facts: ReadonlyArray<{ readonly name: string }> = []): readonly string[] => [
  ...METRICS,
  ...facts.map(({ name }) => `facts.${name}`),
  ...SOMETIMES,
];
