/**
 * The fabric's geometry: ports, port masks, neighbours. Source: machine.md section 2 (SDK documents; confidence H).
 * A router has five full-duplex ports. x grows to the east, y to the south; PE index is y * width + x.
 */
export const Port = { N: 0, E: 1, S: 2, W: 3, RAMP: 4 } as const;
export type Port = (typeof Port)[keyof typeof Port];

export const PORTS = 5;
export const PORT_NAMES = ['north', 'east', 'south', 'west', 'ramp'] as const;

/** A set of ports as a bit mask: bit p is set when port p belongs to it. */
export type PortMask = number;
export const maskOf = (...ports: readonly Port[]): PortMask => ports.reduce<number>((m, p) => m | (1 << p), 0);

/** The port by which the neighbour across `port` receives what this router sends through `port`. */
export const OPPOSITE = [Port.S, Port.W, Port.N, Port.E, Port.RAMP] as const;

/** Routable colors are 0 to 23 (machine.md section 2). */
export const COLORS = 24;

/** Index of the neighbour across `port` in a width x height rectangle, or -1 at the edge. RAMP has none. */
export function neighbour(pe: number, port: number, width: number, height: number): number {
  const x = pe % width;
  const y = (pe - x) / width;
  switch (port) {
    case Port.N:
      return y > 0 ? pe - width : -1;
    case Port.S:
      return y < height - 1 ? pe + width : -1;
    case Port.W:
      return x > 0 ? pe - 1 : -1;
    case Port.E:
      return x < width - 1 ? pe + 1 : -1;
    default:
      return -1;
  }
}

/** "PE 3,4": how a PE is named in every message. */
export function peName(pe: number, width: number): string {
  return `PE ${pe % width},${Math.floor(pe / width)}`;
}

/** "west" or "east + ramp": a port mask in words. */
export function maskName(mask: PortMask): string {
  const names = PORT_NAMES.filter((_, port) => (mask >> port) & 1);
  return names.length > 0 ? names.join(' + ') : 'nowhere';
}
