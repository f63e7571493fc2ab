/** Which of two runs something is of: A filled, B outlined; never a hue (visual.md section 3). */
import type { SideId } from '../../store/compare.ts';

export const Tag = ({ id }: { id: SideId }) => <span className={`tag ${id}`}>{id.toUpperCase()}</span>;
