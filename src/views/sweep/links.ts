/** A point of a sweep as the address of its run in the Lab. */

import { baseOf } from '../../store/routes.ts';
import { labLinkOfPoint, type PointRecord } from '../../store/sweep.ts';

export const hrefOf = ({ config }: Pick<PointRecord, 'config'>): string => `${baseOf(location.pathname)}/lab/#${labLinkOfPoint(config)}`;
