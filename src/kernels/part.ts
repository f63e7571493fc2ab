/** A product cut down to what some PEs compute. */
import type { Plan, Rectangle } from './types.ts';

/** The plan of `rows` rows of A and `columns` columns of B on a rectangle on which every PE has work to do. */
export function cutDown(plan: Plan, rows: number, columns: number, rectangle: Rectangle = { width: 1, height: 1 }): Plan {
  const { shape, weightBytes } = plan;
  return {
    ...plan,
    shape: { ...shape, m: rows, n: columns },
    rectangle,
    usedPes: rectangle.width * rectangle.height,
    weightBytes: (weightBytes * rows) / shape.m,
  };
}
