/** The phone's fabric pane below the fabric: verdict, selected PE, the whole run as a strip that scrubs. */
import { lab } from '../../store/lab.ts';
import type { TimedRun } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Scrubber } from '../charts/Scrubber.tsx';
import { StackedShares } from '../charts/StackedShares.tsx';
import { useSize } from '../charts/size.ts';
import { timeScale } from '../charts/time.ts';
import { insightsOf, sharesOf } from '../derived.ts';
import { grouped } from '../format.ts';
import { useCycle, useLab } from '../hooks.ts';
import { PeHead } from '../inspector/Inspector.tsx';
import { placeInWork } from '../inspector/moment.ts';
import { INSPECTOR_TEXT } from '../inspector/strings.ts';
import { usePeView } from '../inspector/view.ts';
import { Ended } from '../verdict/Ended.tsx';
import { Stopped } from '../verdict/Stopped.tsx';
import { VERDICT_TEXT } from '../verdict/strings.ts';
import { TraceAlone } from '../verdict/TraceAlone.tsx';
import { BoundBadge, NoRun } from '../verdict/Verdict.tsx';
import { APP_TEXT } from './strings.ts';

/** The whole run in a strip; the strip is the scrubber. */
function Strip() {
  const reader = useLab((s) => s.reader);
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <div ref={ref} className="strip">
      {reader && size.width > 0 && (
        <>
          <svg className="chart" width={size.width} height={64} aria-hidden="true">
            <StackedShares shares={sharesOf(reader)} scale={timeScale({ from: 0, to: reader.trace.cycles }, size.width, true)} top={8} bottom={50} />
          </svg>
          <Scrubber {...size} plot={52} narrow touch />
        </>
      )}
    </div>
  );
}

function Summary({ result, reader }: { result: TimedRun; reader: TraceReader }) {
  const [first] = insightsOf(result, reader);
  return (
    <section className="sec summary-row" aria-label={VERDICT_TEXT.name}>
      <b style={{ fontSize: 26, lineHeight: '30px', letterSpacing: '-0.02em', fontWeight: 600 }}>{grouped(result.metrics.cycles)}</b>
      <span className="t2">{VERDICT_TEXT.cycles(result.metrics.cycles)}</span>
      <span className="sp" />
      <BoundBadge result={result} />
      {first && <span className="t2">{first.text}</span>}
    </section>
  );
}

export function PhoneSummary() {
  const result = useLab((s) => s.result);
  const failure = useLab((s) => s.failure);
  const program = useLab((s) => s.program);
  const opened = useLab((s) => s.opened);
  const view = usePeView();
  const cycle = useCycle();
  if (view === null || (result === null && failure === null && program === null && opened === null)) {
    return (
      <section className="sec">
        <NoRun />
      </section>
    );
  }
  return (
    <>
      {opened !== null && <TraceAlone opened={opened} />}
      {program !== null && <Ended program={program} />}
      {failure !== null && <Stopped failure={failure} />}
      {result !== null && <Summary result={result} reader={view.reader} />}
      <section className="sec" aria-label={INSPECTOR_TEXT.selected}>
        <PeHead view={view} cycle={cycle} />
        <div className="row t2">
          <span className="sp">{placeInWork(view.reader, view.pe, cycle)}</span>
          <button type="button" className="link" onClick={() => lab.setState({ phoneTab: 'inspect' })}>
            {APP_TEXT.phone.details}
          </button>
        </div>
      </section>
      <section className="sec">
        <p className="t11 t3">{APP_TEXT.phone.shares}</p>
        <Strip />
      </section>
    </>
  );
}
