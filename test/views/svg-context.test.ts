/** The fabric as SVG: everything that a canvas is told is in it, well formed, at every scale and on every kind of layer. */
import { beforeAll, describe, expect, it } from 'vitest';
import { FabricFrame } from '../../src/analysis/fabric-frame.ts';
import type { TraceReader } from '../../src/trace/reader.ts';
import { draw } from '../../src/views/canvas/draw.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import { TexelSheet } from '../../src/views/canvas/texel.ts';
import type { Viewport } from '../../src/views/canvas/viewport.ts';
import { framed } from '../../src/views/picture/fabric-picture.ts';
import { SvgContext } from '../../src/views/picture/svg-context.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { fakeCanvas } from '../drivers/fake-canvas.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const METER = { width: (_: string, text: string) => text.length * 5, drop: () => 0 };
const VIEW: Viewport = { width: 900, height: 700, dpr: 1, gutters: { left: 72, top: 26, right: 10, bottom: 10 }, scale: 8, x: 72, y: 26 };

let reader: TraceReader;
beforeAll(() => {
  reader = sampleRun();
});

function scene(more: Partial<Scene> = {}): Scene {
  const frame = new FabricFrame(reader);
  frame.seek(60);
  const base = { reader, frame, states: frame.states, cycle: 60, motion: 'slide', window: reader.program.machine.hop, values: null, routes: null } as const;
  const rest = { waits: [], regions: [], palette: PALETTES.light, selected: 5, area: null, hovered: null, rowLabel: (pe: number) => `row <${pe}>`, version: 1 };
  return { ...base, ...rest, texels: new TexelSheet(), ...more };
}

async function svgOf(shown: Scene, scale: number): Promise<string> {
  const svg = new SvgContext(METER);
  draw(svg as unknown as CanvasRenderingContext2D, shown, { ...VIEW, scale });
  return svg.finish(VIEW.width, VIEW.height, 1, async () => 'data:image/png;base64,AA');
}

/** Every tag that is opened is closed in its turn. */
function isBalanced(xml: string): boolean {
  const open: string[] = [];
  for (const [, end, name, alone] of xml.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (end !== '') {
      if (open.pop() !== name) return false;
    } else if (alone === '') open.push(name);
  }
  return open.length === 0;
}

describe('a context that writes SVG', () => {
  it.each([8, 24, 60, 160])('holds every text and as many shapes as a canvas is given, at %i px a PE', async (scale) => {
    for (const more of [{}, { routes: new Set([0, 1]) }, { motion: 'average' as const }]) {
      const shown = scene(more);
      const svg = await svgOf(shown, scale);
      const canvas = fakeCanvas();
      draw(canvas.ctx, shown, { ...VIEW, scale });
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(isBalanced(svg)).toBe(true);
      const texts = canvas.texts().filter((text) => text !== '');
      expect([...svg.matchAll(/<text /g)]).toHaveLength(texts.length);
      for (const text of texts) expect(svg).toContain(`>${text.replace('<', '&lt;').replace('>', '&gt;')}</text>`);
    }
  });

  it('embeds an image as data and applies the transform to every point', async () => {
    const svg = new SvgContext(METER);
    svg.setTransform(2, 0, 0, 2, 0, 0);
    svg.fillStyle = '#123456';
    svg.fillRect(1, 2, 3, 4);
    svg.save();
    svg.translate(10, 0);
    svg.rotate(Math.PI / 2);
    svg.beginPath();
    svg.moveTo(1, 0);
    svg.lineTo(2, 0);
    svg.setLineDash([3, 1]);
    svg.stroke();
    svg.restore();
    svg.drawImage({} as CanvasImageSource, 0, 0, 5, 6);
    const text = await svg.finish(20, 10, 2, async () => 'data:image/png;base64,AA');
    expect(text).toContain('width="20" height="10" viewBox="0 0 40 20"');
    expect(text).toContain('<path d="M2 4L8 4L8 12L2 12z" fill="#123456"/>');
    expect(text).toContain('<path d="M20 2L20 4" fill="none" stroke="#000" stroke-width="2" stroke-dasharray="6 2"/>');
    expect(text).toContain('<image href="data:image/png;base64,AA" x="0" y="0" width="10" height="12"');
  });
});

describe('what a picture shows', () => {
  it('a whole fabric has at least a pixel a PE and no empty room beside it', () => {
    const small = { ...VIEW, scale: 0.6 };
    const v = framed(small, { width: 1024, height: 1024 });
    expect(v).toMatchObject({ width: 1024 + 82, height: 1024 + 36, scale: 1, x: 72, y: 26 });
  });

  it('a part of a fabric is what is on screen', () => {
    const close = { ...VIEW, scale: 40, x: -500 };
    expect(framed(close, { width: 1024, height: 1024 })).toBe(close);
  });
});
