/**
 * The demo model that the page offers by default and the command line calls `demo`: Universal Sentence Encoder Lite,
 * a real trained model, quantised at build time by scripts/build-demo.ts. Names and licence, no data.
 */

/** The built file, below `public/demo/`. */
export const DEMO_FILE = 'use-lite-en-q4_k.gguf';
/** Name in general.name, shown in lists. */
export const DEMO_NAME = 'Universal Sentence Encoder Lite (English), Q4_K';
/** The tensor selected at first: 1536 x 512, the larger FFN matrix of layer 0. */
export const DEMO_TENSOR = 'blk.0.ffn_up';
/** The line that must stand wherever the demo's data is shown (Apache-2.0, section 4). */
export const DEMO_ATTRIBUTION = 'Universal Sentence Encoder Lite, Google, Apache-2.0; quantised to Q4_K by Weft';
