/**
 * From the page's store to a scene: holds the buffers of a run, fills them when the playhead or the layer has changed, and
 * chooses how time is shown. Up to 8 cycles a second single wavelets slide; above, links show mean occupancies and every PE
 * holds its state for a while, so that nothing strobes (experience.md section 2.5).
 */
import { FabricFrame } from '../../analysis/fabric-frame.ts';
import type { LatencyStage } from '../../analysis/latency.ts';
import { type Domain, type Magnitude, magnitudeDomain, windowCycles } from '../../analysis/magnitudes.ts';
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
import { StateHold } from './hold.ts';
import { magnitudeOf, magnitudeShort } from './layer.ts';
import { ShownValues } from './shown-values.ts';

/** Cycles a second up to which single wavelets can be followed. */
const SLIDE_SPEED = 8;

/** How time is shown; `calm` without motion. */
export const motionOf = ({ playing, speed }: Pick<LabState, 'playing' | 'speed'>, calm: boolean): Motion =>
  playing && speed > SLIDE_SPEED && !calm ? 'average' : 'slide';

/** What the values of a run have in common with those of the run that it is held against. */
export interface Common {
  readonly domain: Domain;
  /** Cycles of the mean that ends with `at`, which may lie outside of the run. */
  readonly window: number;
  readonly at: number;
  /** Filled with the numbers of single links, on layers of links. */
  readonly perLink?: Float32Array;
}

/** What of the page's state is drawn; two runs beside one another have one each. */
export type Drawn = Pick<LabState, 'reader' | 'playing' | 'speed' | 'cycle' | 'layer' | 'latencyStage' | 'pe' | 'area' | 'hover'> &
  RunSlots & { readonly common?: Common };

/** Everything kept for one run. */
class RunBuffers {
  readonly reader: TraceReader;
  readonly frame: FabricFrame;
  readonly hold: StateHold;
  readonly values = new ShownValues();
  readonly texels = new TexelSheet();

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

  /** The scene of a state at wall time `now` (ms); null before the first run. */
  scene(state: Drawn, palette: Palette, routes: readonly number[] | null, calm: boolean, now: number): Scene | null {
    const { reader, playing, speed } = state;
    if (reader === null) return null;
    if (this.run?.reader !== reader) this.run = new RunBuffers(reader);
    const { run } = this;
    const cycle = wholeCycle(state);
    const motion = motionOf(state, calm);
    run.frame.seek(cycle);
    const running = motion === 'average';
    const states = running ? this.heldStates(run, now) : run.frame.states;
    if (!running) run.hold.reset(run.frame.states);
    const values = this.values(run, state, cycle, running ? speed : 0, now);
    const shown = values === null ? '' : `${run.values.question} ${values.min} ${values.max} ${values.upTo}`;
    this.note(`${cycle} ${state.layer} ${shown} ${palette.theme}`);
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

  private values({ reader, values }: RunBuffers, state: Drawn, cycle: number, speed: number, now: number): Values | null {
    const layer = magnitudeOf(state.layer);
    if (layer === null) return null;
    const stage = state.latencyStage;
    const { at, window, domain, perLink } = state.common ?? ownOf(reader, layer, stage, cycle, speed);
    const links = layer === 'demand' ? linkTimesOf(reader) : null;
    const perPe = values.of(reader, { layer, stage, cycle: at, window, links, perLink }, speed > 0, now);
    const latency = layer === 'latency' ? { upTo: at, stage } : { upTo: null, stage: null };
    return { perPe, ...domain, ...latency, window, label: (value) => magnitudeShort(layer, value) };
  }
}

/** The scale of a run that is alone. */
function ownOf(reader: TraceReader, layer: Magnitude, stage: LatencyStage, at: number, speed: number): Common {
  return { at, window: shownWindow(windowCycles(reader.trace.cycles), speed), domain: magnitudeDomain(reader, layer, stage) };
}

/** While time runs, a mean over a second of it: what turns faster than the eye may see flash is averaged away. */
export const shownWindow = (window: number, speed: number): number => Math.max(window, Math.round(speed));

/** "row 1 565": the first row of A that a PE holds; nothing for PEs without rows. */
function rowLabels({ result }: Drawn): (pe: number) => string {
  if (result === null) return () => '';
  const { first } = result.rows;
  return (pe) => (first[pe] >= 0 ? TEXT.row(first[pe]) : '');
}
