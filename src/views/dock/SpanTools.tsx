/** What part of the run the dock shows, in words, and buttons to show more, less or all of it. */

import { PATHS, Tool } from '../fabric/ZoomTools.tsx';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { spanText } from '../table/run-data.ts';
import { fitTime, zoomTimeIn, zoomTimeOut } from './zoom.ts';

export function SpanTools() {
  const span = useLab((s) => s.span);
  return (
    <div className="span-tools">
      <span className={span === null ? 'visually-hidden' : 't11 num'} aria-live="polite">
        {span === null ? TEXT.wholeRun : spanText(span)}
      </span>
      <Tool name={TEXT.moreTime} keys="S" path={PATHS.out} onPress={() => zoomTimeOut()} />
      <Tool name={TEXT.lessTime} keys="W" path={PATHS.in} onPress={() => zoomTimeIn()} />
      <Tool name={TEXT.allTime} keys="0" path={PATHS.fit} onPress={fitTime} />
    </div>
  );
}
