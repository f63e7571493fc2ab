/** The values of a layer as they are shown, one a PE, kept from frame to frame and computed when the question changes. */
import { fillMagnitude, isConstant, type MagnitudeQuestion } from '../../analysis/magnitudes.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { smooth } from './hold.ts';

export class ShownValues {
  private target = new Float32Array(0);
  private shown = new Float32Array(0);
  private layer: MagnitudeQuestion['layer'] | null = null;
  private drawnAt = 0;
  /** What was asked last; another text where the values are others. */
  question = '';

  /** The answer at wall time `now` (ms). While time runs the values move towards it, and no faster than the eye may see flash. */
  of(reader: TraceReader, asked: MagnitudeQuestion, running: boolean, now: number): Float32Array {
    const { layer, stage, cycle, window, links } = asked;
    const stays = isConstant(layer);
    const question = `${layer} ${stage} ${stays ? '' : `${cycle} ${window}`} ${links === null}`;
    const jumps = !running || stays || this.layer !== layer;
    if (this.target.length !== reader.pes) [this.target, this.shown] = [new Float32Array(reader.pes), new Float32Array(reader.pes)];
    if (question !== this.question) fillMagnitude(reader, asked, this.target);
    if (jumps) this.shown.set(this.target);
    else smooth(this.shown, this.target, now - this.drawnAt);
    [this.question, this.layer, this.drawnAt] = [question, layer, now];
    return this.shown;
  }
}
