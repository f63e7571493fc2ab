/** The fabric of small fixed runs against golden pictures (test/drivers/golden.ts): its layers, what lies over them, two runs in one, small pictures of it. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FabricFrame } from '../../src/analysis/fabric-frame.ts';
import { pesUnder } from '../../src/analysis/pair-map.ts';
import type { Failure, WireError } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { type CompareState, compare, type Side, type SideId } from '../../src/store/compare.ts';
import type { CompareLayer, CompareView } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { LAYERS, type LabState } from '../../src/store/types.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { draw } from '../../src/views/canvas/draw.ts';
import { drawMinimap } from '../../src/views/canvas/minimap.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import { TexelSheet } from '../../src/views/canvas/texel.ts';
import type { Viewport } from '../../src/views/canvas/viewport.ts';
import { PairValues } from '../../src/views/compare/pair-values.ts';
import { differencePicture, drawPair, overlayPicture, Sheet } from '../../src/views/compare/sheet.ts';
import { pathLine } from '../../src/views/fabric/path-line.ts';
import { SceneSource } from '../../src/views/fabric/scene-source.ts';
import { drawReels } from '../../src/views/gallery/film.ts';
import { countLinks, linkTimesOf } from '../../src/views/link-counts.ts';
import { fabricDrawing } from '../../src/views/picture/fabric-picture.ts';
import { SvgContext } from '../../src/views/picture/svg-context.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { matches } from '../drivers/golden.ts';
import { bitmap, RASTERS } from '../drivers/raster.ts';
import { settled } from '../drivers/settled.ts';
import { drive } from '../kernels/drive.ts';

beforeAll(async () => {
  countLinks(reader);
  await settled(() => expect(linkTimesOf(reader)).not.toBeNull());
  for (const [name, stub] of Object.entries(RASTERS)) vi.stubGlobal(name, stub);
});

const METER = { width: (_: string, text: string) => text.length * 5, drop: () => 0 };
const VIEW: Viewport = { width: 360, height: 260, dpr: 1, gutters: { left: 60, top: 26, right: 10, bottom: 10 }, scale: 40, x: 60, y: 26 };
const { program, trace } = drive({ kernel: 'split-k', m: 12, k: 1280, n: 2, machine: WSE2, rectangle: { width: 4, height: 3 } });
const reader = new TraceReader(program, trace);

/** PEs compute, wait, send and are blocked at once. */
const CYCLE = 15_034;

/** The state of a run that is looked at. */
const seen = (run: TraceReader, more: Partial<LabState>): LabState => ({ ...INITIAL, reader: run, opened: { trace: run.trace } as never, ...more });

const sceneOf = (state: LabState): Scene => new SceneSource().scene(state, PALETTES.light, null, true, 0) as Scene;

/** What is drawn into a picture of this size looks as in the picture of this name. */
async function drawn(name: string, width: number, height: number, paint: (ctx: CanvasRenderingContext2D) => void): Promise<void> {
  const svg = new SvgContext(METER);
  paint(svg as unknown as CanvasRenderingContext2D);
  matches(name, await svg.finish(width, height, 1, async (image) => bitmap(image)));
}

/** A fabric of so many PEs, so many px each, with its gutters. */
const framed = (columns: number, rows: number, scale: number): Viewport => ({ ...VIEW, scale, width: 70 + scale * columns, height: 36 + scale * rows });

const fabric = (name: string, scene: Scene, scale: number): Promise<void> => {
  const { width, height } = scene.reader.trace;
  const view = framed(width, height, scale);
  return drawn(name, view.width, view.height, (ctx) => draw(ctx, scene, view));
};

describe('golden pictures of the fabric', () => {
  const looked = (layer: LabState['layer'] = 'state'): Scene => sceneOf(seen(reader, { cycle: CYCLE, layer, pe: 5 }));

  it.each([...LAYERS.map((layer) => [layer, 40] as const), ['state', 130] as const])('layer %s, %i px a PE', (layer, scale) =>
    fabric(`fabric-${layer}-${scale}`, looked(layer), scale),
  );

  it('with the critical path, and with a rectangle of PEs selected', async () => {
    await fabric('fabric-path', { ...looked(), path: pathLine(reader, CYCLE) }, 40);
    await fabric('fabric-area', sceneOf(seen(reader, { cycle: CYCLE, pe: 1, area: { from: 1, to: 6 } })), 40);
  });

  it('as it is saved: whole, with a caption that says what its colours mean', async () => {
    for (const layer of ['state', 'latency'] as const) {
      const saved = fabricDrawing({ scene: looked(layer), layer, title: '12 × 1280', viewport: { ...framed(4, 3, 40), width: 420 } });
      const { width, height } = saved.viewport;
      const under = saved.captionHeight(new SvgContext(METER) as unknown as CanvasRenderingContext2D);
      await drawn(`fabric-saved-${layer}`, width, height + under, (ctx) => saved.paint(ctx, saved.viewport));
    }
  });

  it('stuck, with who waits for whom', async () => {
    const outcome = await createSession().run({ ...INITIAL.config, machine: 'teaching', scenario: 'deadlock' }, () => {});
    const failure = (outcome as { readonly error: WireError }).error.failure as Failure;
    const stuck = new TraceReader(failure.program, failure.trace);
    await fabric('fabric-stuck', sceneOf(seen(stuck, { failure, cycle: failure.trace.cycles })), 130);
  });

  it('a texel a PE, of many PEs the most of them, and the map of all with what is in view', async () => {
    const wide = drive({ kernel: 'streaming', m: 384, k: 256, n: 1, machine: WSE2, rectangle: { width: 24, height: 16 } });
    const scene = sceneOf(seen(new TraceReader(wide.program, wide.trace), { cycle: 1045 }));
    await fabric('fabric-texels-5', scene, 5);
    await fabric('fabric-texels-half', scene, 0.5);
    await drawn('minimap', 48, 32, (ctx) => drawMinimap(ctx, scene, { ...VIEW, x: -100 }, new TexelSheet()));
  });

  it('in films of the start: states, and values that come', async () => {
    const { width, height } = reader.trace;
    const frame = new FabricFrame(reader);
    frame.seek(CYCLE);
    const states = { width, height, values: 'states', cells: frame.states } as const;
    const values = { ...states, values: 'ramp', cells: Uint8Array.from({ length: width * height }, (_, pe) => (pe < 8 ? pe * 32 : 255)) } as const;
    await drawn('gallery-film', 240, 160, (ctx) =>
      drawReels({ getContext: () => ctx, width: 240, height: 160 } as never, [states, values], 0, PALETTES.light, 1),
    );
  });
});

describe('golden pictures of two runs', () => {
  const other = drive({ kernel: 'stationary', m: 12, k: 1280, n: 2, machine: WSE2, rectangle: { width: 4, height: 3 } });
  const b = new TraceReader(other.program, other.trace);
  const sides = (layer: CompareLayer, view: CompareView, t: number): CompareState => {
    const side = (start: number, of: TraceReader): Side => ({
      ...compare.getState().a,
      reader: of,
      result: { trace: of.trace, plan: {}, rows: { first: [] } } as never,
      marks: { start, mac: 0, result: 0, end: 0 },
    });
    // B is a cycle ahead, so that some PEs have their first x in A only and some in B only.
    const runs = { a: side(0, reader), b: side(1, b) };
    return { ...compare.getState(), ...runs, t, layer, view, spot: { x: 1, y: 1 } };
  };

  it.each([
    ['links', 'difference', 96, 12],
    ['latency', 'difference', 40, 4],
    ['queues', 'overlay', 64, 5],
  ] as const)('layer %s, %s, %i px a PE', async (layer, view, scale, t) => {
    const state = sides(layer, view, t);
    const [values, palette, under] = [new PairValues(), PALETTES.light, pesUnder(reader, reader.trace)];
    const of = (id: SideId) => new SceneSource().scene(values.drawn(state, id), palette, null, true, 0) as Scene;
    const scenes = { a: of('a'), b: of('b') };
    const picture =
      view === 'overlay'
        ? overlayPicture([scenes.a, scenes.b], [under, under], reader.trace, palette, 5)
        : differencePicture(values.delta(state, scenes, 0), reader.trace, palette, 5);
    const shown = framed(4, 3, scale);
    await drawn(`pair-${layer}-${view}`, shown.width, shown.height, (ctx) => drawPair(ctx, picture, new Sheet(), shown));
  });
});
