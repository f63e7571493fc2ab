/**
 * Branded units: a bare number must not cross a boundary where a Cycle or a PeId is meant.
 * The brands exist only in the types; at run time they are plain numbers.
 */
declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** A simulated fabric cycle (tick). */
export type Cycle = Branded<'Cycle'>;
/** Row-major index of a PE in the rectangle: y * width + x. */
export type PeId = Branded<'PeId'>;
/** A routable color, 0 to 23. */
export type Color = Branded<'Color'>;
/** A number of bytes, or a byte address inside one PE. */
export type Bytes = Branded<'Bytes'>;

export const cycle = (n: number): Cycle => n as Cycle;
export const peId = (n: number): PeId => n as PeId;
export const color = (n: number): Color => n as Color;
export const bytes = (n: number): Bytes => n as Bytes;
