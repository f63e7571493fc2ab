/** What others claim of such machines, each beside what the model of the machine gives. Plain data, ready to show. */
export type Verdict = 'holds' | 'partly' | 'does not hold' | 'outside the model';

export interface Claim {
  readonly id: string;
  /** What is claimed, in our words. */
  readonly claim: string;
  /** Who says so. */
  readonly source: string;
  /** What was computed, as text with units; 'nothing' outside the model. */
  readonly ours: string;
  /** The command or configuration that computed it. */
  readonly input: string;
  readonly verdict: Verdict;
  /** One or two sentences. */
  readonly why: string;
}
