/** Bytes of engine state per PE beside the PE's own memory: a snapshot less the bytes the program's classes reserve. */
import type { Engine } from '../src/engine/engine.ts';
import type { Program } from '../src/machine/program.ts';

export function stateBytesPerPe(engine: Engine, { classes, classOf, width, height }: Program): number {
  const reserved = classes.map((cls) => cls.memory.reduce((sum, a) => sum + (a.kind === 'code' ? 0 : a.bytes), 0));
  const memory = classOf.reduce((sum, cls) => sum + reserved[cls], 0);
  return (engine.snapshot().bytes - memory) / (width * height);
}
