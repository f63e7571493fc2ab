/** Where the constants come from: what the keys in MachineSpec.sources name. docs/machine.md has the same table, held equal by a test. */
export const SOURCES: readonly (readonly [key: string, what: string])[] = [
  ['S1', 'Cerebras SDK documentation: "SIMD mode", task ids, memory banks'],
  ['S2', "luozoupi/FABRICA, notes on WSE-3 in the vendor's simulator and on a CS-3; unreviewed"],
  ['S3', "pr0f3ss/SpMM_Cerebras, raw cycle counts and logs of the vendor's simulator, WSE-2"],
  ['S5', 'Cerebras/csl-examples, SDK 1.4'],
  ['S6', 'Luczynski et al., "Near-Optimal Wafer-Scale Reduce", HPDC\'24, arXiv 2404.15888'],
  ['S8', "spcl/spada, notes on routing, measured in the vendor's simulator"],
  ['S9', 'Elia-Belli/stencil-cerebras, measured CSVs'],
  ['S12', 'Hot Chips 34 and Cerebras white papers'],
];
