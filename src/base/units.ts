/**
 * Units as types: a Cycle is not a PeId. The tag exists only in the types; at run time they are plain numbers. A bare
 * number may become any unit (arithmetic gives bare numbers), but one unit never passes for another.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]?: Name };

/** A simulated fabric cycle (tick), or a number of them. */
export type Cycle = Unit<'Cycle'>;
/** Row-major index of a PE in the rectangle: y * width + x. */
export type PeId = Unit<'PeId'>;
/** A routable color, 0 to 23. */
export type Color = Unit<'Color'>;
/** A number of bytes, or a byte address inside one PE. */
export type Bytes = Unit<'Bytes'>;
