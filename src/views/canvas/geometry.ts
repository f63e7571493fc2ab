/**
 * One PE from 48 px up: where its router, ports, lanes, ramp and compute element lie, in shares of the PE's side. Links are
 * full duplex: the east lane lies above the west one, the south lane right of the north one.
 */
import { Port } from '../../machine/fabric.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PeGeometry {
  /** Side of the PE, px; everything below in px from its north-west corner. */
  readonly side: number;
  /** Centre and half side of the router. */
  readonly center: number;
  readonly half: number;
  /** Half the distance between the two lanes of a link. */
  readonly lane: number;
  readonly element: Box;
  /** Height of the element's header; 0 without words. */
  readonly header: number;
  /** Column of queue slots, left of the element. */
  readonly slots: Box;
  /** Font size of the words inside, px. */
  readonly font: number;
}

export function peGeometry(side: number): PeGeometry {
  const words = side >= 120;
  const font = Math.min(12, Math.max(9.5, side * 0.06));
  const element: Box = words
    ? { x: side * 0.42, y: side * 0.41, width: side * 0.535, height: side * 0.545 }
    : { x: side * 0.52, y: side * 0.52, width: side * 0.42, height: side * 0.42 };
  const slotWidth = Math.max(3, side * 0.04);
  const label = words ? font + 2 : 0;
  return {
    side,
    center: side * (words ? 0.24 : 0.32),
    half: side * (words ? 0.1 : 0.12),
    lane: side * (words ? 0.032 : 0.045),
    element,
    header: words ? font * 1.75 : 0,
    slots: { x: element.x - slotWidth - side * 0.03, y: element.y + label, width: slotWidth, height: element.height - label },
    font,
  };
}

/** Where a wavelet crosses the router's edge through a port: on the lane of its direction; the ramp at the south-east corner. */
export function anchor(g: PeGeometry, port: number, outgoing: boolean): readonly [x: number, y: number] {
  const { center, half, lane } = g;
  const east = center - lane;
  const west = center + lane;
  const south = center + lane;
  const north = center - lane;
  switch (port) {
    case Port.E:
      return [center + half, outgoing ? east : west];
    case Port.W:
      return [center - half, outgoing ? west : east];
    case Port.S:
      return [outgoing ? south : north, center + half];
    case Port.N:
      return [outgoing ? north : south, center - half];
    default:
      return [center + half * 0.86, center + half * 0.86];
  }
}
