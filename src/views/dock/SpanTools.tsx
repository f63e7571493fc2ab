/** What part of the run the dock shows, in words, and buttons to show more, less or all of it. */

import { chosenRange } from '../../store/marks.ts';
import type { LabState } from '../../store/types.ts';
import { PATHS, Tool } from '../fabric/ZoomTools.tsx';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { spanText } from '../table/run-data.ts';
import { fitTime, zoomTimeIn, zoomTimeOut } from './zoom.ts';

/** "cycles 120 to 340, 220 cycles chosen"; nothing while no range is. */
function chosenWords(state: LabState): string {
  const range = chosenRange(state);
  return range === null ? '' : TEXT.chosen(spanText(range), TEXT.cycles(range.to - range.from));
}

export function SpanTools() {
  const span = useLab((s) => s.span);
  const chosen = useLab((s) => chosenWords(s));
  return (
    <div className="span-tools">
      {chosen !== '' && <span className="t11 num chosen">{chosen}</span>}
      <span className={span === null ? 'visually-hidden' : 't11 num'} aria-live="polite">
        {span === null ? TEXT.wholeRun : spanText(span)}
      </span>
      <Tool name={TEXT.moreTime} keys="S" path={PATHS.out} onPress={() => zoomTimeOut()} />
      <Tool name={TEXT.lessTime} keys="W" path={PATHS.in} onPress={() => zoomTimeIn()} />
      <Tool name={TEXT.allTime} keys="0" path={PATHS.fit} onPress={fitTime} />
    </div>
  );
}
