/** cividis, the magnitude scale of the page, between ten of its colours. No library: the replayer carries it inside the report. */

const COLOURS = [0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55, 0xfee838] as const;

/** The colour of a share, 0 to 1. */
export function cividis(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (COLOURS.length - 1);
  const low = Math.min(COLOURS.length - 2, Math.floor(at));
  const channel = (shift: number): number => {
    const [from, to] = [(COLOURS[low] >> shift) & 255, (COLOURS[low + 1] >> shift) & 255];
    return Math.round(from + (to - from) * (at - low)) << shift;
  };
  return `#${(channel(16) | channel(8) | channel(0)).toString(16).padStart(6, '0')}`;
}
