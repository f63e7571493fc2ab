/**
 * From the page's store to a scene: holds the buffers of a run, fills them when the playhead or the layer has changed, and
 * chooses how time is shown. Up to 8 cycles a second single wavelets slide; above, links show mean occupancies and every PE
 * holds its state for a while, so that nothing strobes (experience.md section 2.5).
 */
import { FabricFrame } from '../../analysis/fabric-frame.ts';
import { fillMagnitude, type Magnitude, magnitudeDomain, windowCycles } from '../../analysis/magnitudes.ts';
import { lastCycle, stuckWaits, wholeCycle } from '../../store/playback.ts';
import { areaOf } from '../../store/selection.ts';
import type { RunSlots } from '../../store/shown.ts';
import type { LabState } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { Motion, Scene, Values } from '../canvas/scene.ts';
import { TexelSheet } from '../canvas/texel.ts';
import { linkTimesOf } from '../link-counts.ts';
import { TEXT } from '../strings.ts';
import type { Palette } from '../theme/palette.ts';
import { StateHold, smooth } from './hold.ts';
import { magnitudeOf, magnitudeShort } from './layer.ts';

/** Cycles a second up to which single wavelets can be followed. */
const SLIDE_SPEED = 8;

/** What of the page's state is drawn; two runs beside one another have one each. */
export type Drawn = Pick<LabState, 'reader' | 'playing' | 'speed' | 'cycle' | 'layer' | 'latencyStage' | 'pe' | 'area' | 'hover'> & RunSlots;

/** Everything kept for one run. */
class RunBuffers {
  readonly reader: TraceReader;
  readonly frame: FabricFrame;
  readonly hold: StateHold;
  /** Values of the layer, and the same as shown while time runs; made with the first layer that has some. */
  target = new Float32Array(0);
  shown = new Float32Array(0);
  readonly texels = new TexelSheet();
  question = '';

  constructor(reader: TraceReader) {
    this.reader = reader;
    this.frame = new FabricFrame(reader);
    this.hold = new StateHold(reader.pes);
  }
}

export class SceneSource {
  private run: RunBuffers | null = null;
  private version = 0;
  private key = '';
  private drawnAt = 0;

  /** The scene of a state at wall time `now` (ms); null before the first run. */
  scene(state: Drawn, palette: Palette, routes: readonly number[] | null, calm: boolean, now: number): Scene | null {
    const { reader, playing, speed } = state;
    if (reader === null) return null;
    if (this.run?.reader !== reader) this.run = new RunBuffers(reader);
    const { run } = this;
    const cycle = wholeCycle(state);
    const motion: Motion = playing && speed > SLIDE_SPEED && !calm ? 'average' : 'slide';
    run.frame.seek(cycle);
    const running = motion === 'average';
    const states = running ? this.heldStates(run, now) : run.frame.states;
    if (!running) run.hold.reset(run.frame.states);
    const values = this.values(run, state, cycle, running ? speed : 0, now);
    this.note(`${cycle} ${state.layer} ${run.question} ${state.latencyStage} ${palette.theme}`);
    this.drawnAt = now;
    return {
      reader,
      frame: run.frame,
      states,
      cycle: playing && !running && !calm ? Math.min(lastCycle(state), state.cycle) : cycle,
      motion,
      window: running ? Math.max(16, Math.round(speed / 4)) : reader.program.machine.hop,
      values,
      routes: state.layer === 'colors' ? new Set(routes ?? reader.program.streams.map((s) => s.color)) : null,
      palette,
      waits: stuckWaits(state),
      regions: state.result?.plan.regions ?? [],
      selected: state.pe,
      area: areaOf(state, reader.trace),
      hovered: state.hover,
      rowLabel: rowLabels(state),
      version: this.version,
      texels: run.texels,
    };
  }

  private heldStates({ frame, hold }: RunBuffers, now: number): Uint8Array {
    if (hold.update(frame.states, now)) this.version++;
    return hold.shown;
  }

  /** A new version when anything that is painted has changed. */
  private note(key: string): void {
    if (key !== this.key) this.version++;
    this.key = key;
  }

  private values(run: RunBuffers, state: Drawn, cycle: number, speed: number, now: number): Values | null {
    const layer = magnitudeOf(state.layer);
    if (layer === null) return null;
    const { reader } = run;
    const stage = state.latencyStage;
    const links = layer === 'demand' ? linkTimesOf(reader) : null;
    // While time runs, a mean over a second of it: what turns faster than the eye may see flash is averaged away.
    const window = Math.max(windowCycles(reader.trace.cycles), Math.round(speed));
    const question = { layer, stage, cycle, window, links };
    const isConstant = layer === 'latency' || layer === 'sram';
    const words = `${layer} ${stage} ${isConstant ? '' : `${cycle} ${window}`} ${links === null}`;
    const jumps = speed === 0 || isConstant || run.question.split(' ')[0] !== layer;
    if (run.target.length === 0) [run.target, run.shown] = [new Float32Array(reader.pes), new Float32Array(reader.pes)];
    if (words !== run.question) fillMagnitude(reader, question, run.target);
    run.question = words;
    if (jumps) run.shown.set(run.target);
    else smooth(run.shown, run.target, now - this.drawnAt);
    return { ...valuesOf(run.shown, reader, layer, stage, cycle), window };
  }
}

function valuesOf(perPe: Float32Array, reader: TraceReader, layer: Magnitude, stage: LabState['latencyStage'], cycle: number): Values {
  const latency = layer === 'latency';
  const { min, max } = magnitudeDomain(reader, layer, stage);
  return { perPe, min, max, upTo: latency ? cycle : null, stage: latency ? stage : null, label: (value) => magnitudeShort(layer, value) };
}

/** "row 1 565": the first row of A that a PE holds; nothing for PEs without rows. */
function rowLabels({ result }: Drawn): (pe: number) => string {
  if (result === null) return () => '';
  const { first } = result.rows;
  return (pe) => (first[pe] >= 0 ? TEXT.row(first[pe]) : '');
}
