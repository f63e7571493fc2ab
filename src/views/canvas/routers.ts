/** Routers, lanes and ramps from 48 px per PE up; from 120 px on the routes that the switches stand on are drawn inside. */
import { routePosition } from '../../analysis/route-state.ts';
import { neighbour, Port } from '../../machine/fabric.ts';
import { waveletColor, waveletDash } from '../theme/palette.ts';
import { anchor, type PeGeometry } from './geometry.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;

/** The lanes of a PE's links to its east and south neighbours, both directions, and its ramp. Drawn under everything. */
export function drawLanes(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { width, height } = scene.reader.trace;
  const { side, center, lane, element } = g;
  ctx.strokeStyle = scene.palette.token['line-2'];
  ctx.lineWidth = side >= 120 ? 1.5 : 1;
  ctx.beginPath();
  for (const offset of [-lane, lane]) {
    if (neighbour(pe, Port.E, width, height) >= 0) line(ctx, x + center, y + center + offset, x + side + center, y + center + offset);
    if (neighbour(pe, Port.S, width, height) >= 0) line(ctx, x + center + offset, y + center, x + center + offset, y + side + center);
    line(ctx, x + center + offset * 0.5, y + center - offset * 0.5, x + element.x + 4 + offset * 0.5, y + element.y + 4 - offset * 0.5);
  }
  edgeStubs(ctx, scene, pe, g, x, y);
  ctx.stroke();
}

/** Lanes that leave the fabric towards the host. */
function edgeStubs(ctx: Context, { reader }: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { sources, sinks } = reader.program;
  const stub = (port: number, outgoing: boolean): void => {
    const [ax, ay] = anchor(g, port, outgoing);
    const reach = port === Port.E || port === Port.S ? g.side - g.center - g.half : g.center - g.half;
    const [dx, dy] = [port === Port.E ? reach : port === Port.W ? -reach : 0, port === Port.S ? reach : port === Port.N ? -reach : 0];
    line(ctx, x + ax, y + ay, x + ax + dx, y + ay + dy);
  };
  for (const source of sources) if (source.pe === pe) stub(source.port, false);
  for (const sink of sinks) if (sink.pe === pe) stub(sink.port, true);
}

/** Traffic on the outgoing links of a PE, in wavelet colours: as strong as the links are busy. */
export function drawTraffic(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { frame, palette, motion } = scene;
  for (let port = 0; port < Port.RAMP; port++) {
    const color = frame.links[pe * 4 + port] - 1;
    const held = motion === 'slide' && ((frame.held[pe] >> port) & 1) === 1;
    if (color < 0 && !held) continue;
    const [ax, ay] = anchor(g, port, true);
    const [dx, dy] = [port === Port.E ? 1 : port === Port.W ? -1 : 0, port === Port.S ? 1 : port === Port.N ? -1 : 0];
    const reach = linkReach(scene, pe, port, g);
    ctx.beginPath();
    line(ctx, x + ax, y + ay, x + ax + dx * reach, y + ay + dy * reach);
    ctx.strokeStyle = held ? palette.token['s-blocked'] : waveletColor(palette, color);
    ctx.globalAlpha = motion === 'slide' ? 1 : 0.15 + 0.85 * Math.min(1, frame.flow[pe * 4 + port]);
    ctx.lineWidth = held ? 3 : 2;
    ctx.setLineDash(held ? [] : (waveletDash(color) as number[]));
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** Length of a link from router edge to router edge, or to the edge of the fabric. */
function linkReach({ reader }: Scene, pe: number, port: number, g: PeGeometry): number {
  if (neighbour(pe, port, reader.trace.width, reader.trace.height) >= 0) return g.side - 2 * g.half;
  return port === Port.E || port === Port.S ? g.side - g.center - g.half : g.center - g.half;
}

export function drawRouter(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { token } = scene.palette;
  const { center, half } = g;
  const thick = Math.max(2, half * 0.24);
  ctx.fillStyle = token.ctl;
  for (const [dx, dy] of [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ] as const) {
    const [w, h] = dx === 0 ? [half * 1.2, thick] : [thick, half * 1.2];
    ctx.fillRect(x + center + dx * half - w / 2, y + center + dy * half - h / 2, w, h);
  }
  rampPort(ctx, x + center + half * 0.95, y + center + half * 0.95, half * 0.7, thick);
  ctx.beginPath();
  ctx.roundRect(x + center - half, y + center - half, 2 * half, 2 * half, half * 0.28);
  ctx.fillStyle = token['bg-well'];
  ctx.fill();
  ctx.strokeStyle = token.ctl;
  ctx.lineWidth = 1;
  ctx.stroke();
  if (g.side >= 120) drawRoutesInside(ctx, scene, pe, g, x, y);
}

function rampPort(ctx: Context, x: number, y: number, width: number, thick: number): void {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(-Math.PI / 4);
  ctx.fillRect(-width / 2, -thick / 2, width, thick);
  ctx.restore();
}

/** From every port a color is received at now to every port it is sent to. */
function drawRoutesInside(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { reader, frame, palette } = scene;
  const { program } = reader;
  ctx.lineWidth = 1.5;
  for (const route of program.routes[program.routeOf[pe]]) {
    const { rx, tx } = routePosition(reader, pe, route, frame.cycle);
    ctx.beginPath();
    for (let from = 0; from <= Port.RAMP; from++) {
      for (let to = 0; (rx >> from) & 1 && to <= Port.RAMP; to++) {
        if (!((tx >> to) & 1)) continue;
        const [ax, ay] = anchor(g, from, false);
        const [bx, by] = anchor(g, to, true);
        line(ctx, x + ax, y + ay, x + bx, y + by);
      }
    }
    ctx.strokeStyle = waveletColor(palette, route.color);
    ctx.setLineDash(waveletDash(route.color) as number[]);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

export function line(ctx: Context, x0: number, y0: number, x1: number, y1: number): void {
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
}
