/** The names by which the vendor's language calls vector ops, beside our own. */
import { WeftError } from '../../base/error.ts';
import { VECTOR_OP_NAMES, type VectorOp } from '../../machine/ops.ts';
import { nearestNames } from '../../model/nearest.ts';

/** Builtins of the vendor's language (S1); `h` is f16, `s` f32, `xp16` a 16-bit integer. */
const BUILTINS: Readonly<Record<string, VectorOp>> = {
  ...{ fadds: 'f32_add', fsubs: 'f32_sub', fmuls: 'f32_mul', fmacs: 'f32_mac', fmovs: 'mov32', fnegs: 'f32_neg', fabss: 'f32_abs', fmaxs: 'f32_max' },
  ...{ faddh: 'f16_add', fsubh: 'f16_sub', fmulh: 'f16_mul', fmach: 'f16_mac', fmovh: 'mov16', fnegh: 'f16_neg', fabsh: 'f16_abs', fmaxh: 'f16_max' },
  ...{ faddhs: 'f16_add_f32', fmachs: 'f16_mac_f32', fh2s: 'f16_f32', fs2h: 'f32_f16' },
  ...{ fs2xp16: 'f32_i16', fh2xp16: 'f16_i16', xp162fs: 'i16_f32', xp162fh: 'i16_f16' },
  ...{ sll16: 'shl16', slr16: 'shr16', sar16: 'asr16', mov16: 'mov16', mov32: 'mov32' },
};

/**
 * The vector op of this name, ours or the vendor's, with or without its @.
 * @throws WeftError (`op`) that suggests the nearest names.
 */
export function vectorOpOf(name: string): VectorOp {
  const plain = name.replace(/^@/, '');
  if (Object.hasOwn(BUILTINS, plain)) return BUILTINS[plain];
  const own = VECTOR_OP_NAMES.find((op) => op === plain);
  if (own !== undefined) return own;
  const near = nearestNames(plain, [...Object.keys(BUILTINS), ...VECTOR_OP_NAMES], 3);
  throw new WeftError(
    'op',
    `there is no vector op "${name}"`,
    near.map((known) => `use ${known}`),
  );
}
