/**
 * One definition for every number that is shown (kernels.md section 5). The page's `?` marks, the reports and the
 * documentation print these words, so a metric cannot mean two things.
 */

export interface Definition {
  /** As the page and the report name it. */
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

const define = (name: string, unit: string, meaning: string): Definition => ({ name, unit, meaning });

export const DEFINITIONS = {
  cycles: define(
    'Simulated cycles',
    'cycles',
    'From the first activation wavelet entering the fabric (cycle 0) to the last result leaving it, dequantisation included. Weights are in place before.',
  ),
  microseconds: define('Time', 'µs', "Cycles divided by the machine's clock."),
  closedForm: define(
    'Closed form',
    'cycles',
    'What the formula of the kernel predicts without simulating. Its difference to the simulation is shown with its sign.',
  ),
  lowerBound: define(
    'Lower bound',
    'cycles',
    'The largest of three: issue cycles of the fullest PE at the rate of the chosen program, wavelets over the busiest link, the longest path. No run can be faster.',
  ),
  'utilisation.mac': define('Utilisation', 'share', 'Useful multiply-adds / (PEs of the rectangle × cycles × multiply-adds a cycle of the chosen program).'),
  'utilisation.busy': define('Busy', 'share', 'Issue cycles / (PEs of the rectangle × cycles).'),
  'utilisation.mapping': define('Mapping', 'share', 'PEs that hold rows / PEs of the rectangle.'),
  'latency.first': define(
    'Latency, first row',
    'cycles',
    'From the first activation entering the fabric to the last result of the first PE to finish leaving it.',
  ),
  'latency.mean': define('Latency, mean', 'cycles', 'The same, mean over the PEs that hold rows.'),
  'latency.max': define('Latency, last row', 'cycles', 'The same, of the last PE to finish. It equals the simulated cycles.'),
  loadCycles: define('Load', 'cycles', "Weights as stored over the host's words a cycle. Not part of the simulated cycles unless asked for."),
  hostInCycles: define('Host in', 'cycles', "Activations over the host's words a cycle, at latency 0."),
  hostOutCycles: define('Host out', 'cycles', "Results over the host's words a cycle, at latency 0."),
  peCycles: define(
    'PE-cycles',
    'PE-cycles',
    'One PE for one cycle. Of a PE with several threads the one that issues counts; where none issues, what main waits for, else what a microthread waits for.',
  ),
  'wavelets.hops': define('Wavelet-hops', 'wavelets', 'Wavelets over links between routers, each link counted.'),
  'wavelets.ramp': define('Ramp deliveries', 'wavelets', 'Wavelets from a router to its compute element.'),
  bytesMoved: define('Bytes moved', 'B', 'Four bytes for every wavelet over a link between routers and for every one from a router to its compute element.'),
  energyProxy: define(
    'Energy proxy',
    'units',
    'Energy is not modelled. In its place, to hold mappings of the same work against each other: one unit for every cycle in which a PE issues, and one for every wavelet over a link or a ramp, assumed equal.',
  ),
  'wavelets.used': define('Consumed wavelets', 'wavelets', 'Words taken from input queues by instructions.'),
  peBusy: define('Busy share of a PE', 'share', 'Cycles in which the PE issues an instruction, set-up included / simulated cycles.'),
  linkUtilisation: define('Link utilisation', 'share', 'Wavelets that a link carried / simulated cycles. A link moves one a cycle at most.'),
  linkDemand: define(
    'Link demand',
    'share',
    'Utilisation, and in addition every cycle in which a wavelet stood ready at the head of a FIFO for this link and did not depart, whatever held it: a full FIFO behind the link, another color, a switch. It may exceed 100 %.',
  ),
  intensity: define('Intensity', 'multiply-adds a word', 'Useful multiply-adds / words that instructions took from the fabric.'),
  achieved: define('Achieved rate', 'multiply-adds a cycle', 'Useful multiply-adds / (PEs that hold rows × simulated cycles).'),
  sram: define('SRAM, fullest PE', 'B', 'Bytes of every allocation of the fullest PE, the code reserve included.'),
  'errors.vsPlainLoop': define(
    'Against the plain loop',
    'results',
    'Results whose bit pattern differs from the scalar program with the same operations in the same order.',
  ),
  'errors.maxAbsVsF64': define('Largest error against float64', '', 'Largest |C − C in float64| with the same dequantised weights.'),
  'errors.relRmsVsF64': define('Relative error against float64', 'share', 'Root mean square of that difference over the root mean square of C.'),
  'errors.maxRelVsSumAbs': define(
    'Error against the sum of magnitudes',
    'share',
    'Largest |C − C in float64| / Σ|w x| of the row. The tolerance is 2 × 10⁻⁶ for f32 sums in any order.',
  ),
  'errors.relRmsVsUnquantised': define(
    'Error of quantisation',
    'share',
    'Root mean square of the difference from the unquantised weights over the root mean square of C, where those are known. Of a tensor in q4_k_ix, the original file’s format: from the weights before it was put into that format.',
  ),
  'errors.vsF32Sequential': define(
    'Against f32, k ascending',
    'results',
    'Results whose bit pattern differs from the f32 sum in ascending k, rounded after every multiplication and addition: 0 for one row on a PE, some where the sum is split.',
  ),
  'errors.relRmsVsF32Sequential': define(
    'Relative error against f32, k ascending',
    'share',
    'Root mean square of that difference over the root mean square of C.',
  ),
  'errors.maxAbsVsIntegerDot': define(
    'Largest difference from the integer dot',
    '',
    'Largest |C − C of ggml’s integer dot product|: Q4_K weights with activations rounded to Q8_K, in ggml’s generic order, as llama.cpp computes on CPUs.',
  ),
  'errors.relRmsVsIntegerDot': define(
    'Relative difference from the integer dot',
    'share',
    'Root mean square of that difference over the root mean square of C. It is the rounding of the activations, 0.3 to 0.8 %, not an error of C.',
  ),
  traceHash: define('Trace hash', '', 'Hash over every event of the run. Equal configurations give equal hashes in every engine.'),
  stateHash: define('State hash', '', "Hash over the machine's whole state after the last cycle."),
} as const satisfies Record<string, Definition>;

/** What a kind of PE-cycle means, by its name in the trace (schema.ts), and `idle`. */
export const KIND_DEFINITIONS: Readonly<Record<string, Definition>> = {
  compute: define('Compute', 'PE-cycles', 'An instruction of the row dot issues, its set-up included.'),
  dequantise: define('Dequantise', 'PE-cycles', 'An instruction that unpacks stored blocks issues.'),
  send: define('Send', 'PE-cycles', 'A result goes into the output queue.'),
  receive: define('Receive', 'PE-cycles', 'A wavelet is copied into memory.'),
  load: define('Load', 'PE-cycles', 'Stored weights are copied inside the PE.'),
  wait: define('Wait for data', 'PE-cycles', 'The next wavelet has not arrived.'),
  blocked: define('Blocked', 'PE-cycles', 'The output queue has no room.'),
  slot: define('Wait for issue', 'PE-cycles', 'The next operation of main needs a microthread that is busy, and no thread issues.'),
  idle: define('Idle', 'PE-cycles', 'No task runs: nothing to do yet, or any more, or ever.'),
};
