/** One or two parameters over ranges: a chart that fills while workers run, the crossings found, the best trade-offs. */
import { useEffect, useMemo } from 'react';
import { OPENED_NAMES } from '../../store/dropped.ts';
import { METRICS, parseSweep, SWEEP_VIEWS, type SweepSetup, type SweepState, sweep, sweepLink } from '../../store/sweep.ts';
import type { SweepActions } from '../../store/sweep-actions.ts';
import { crossingsOf, type Series, seriesOf, valueText } from '../../sweep/series.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { APP_TEXT } from '../app/strings.ts';
import { useHash } from '../app/useHash.ts';
import { useSize } from '../charts/size.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { useActions } from '../hooks.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import { PageTop } from '../topbar/PageTop.tsx';
import '../model/model.css';
import { SweepContext, useSweep, useSweepActions } from './context.ts';
import { Pareto } from './Pareto.tsx';
import { pointsData } from './points-data.ts';
import { SweepChart } from './SweepChart.tsx';
import { SweepForm } from './SweepForm.tsx';
import { SweepTable } from './SweepTable.tsx';
import './sweep.css';
import { METRIC_WORDS, QUESTIONS, SWEEP_TEXT } from './strings.ts';

/** The address holds the sweep, and shows its points again if they were on screen. */
const addressOf = ({ run }: SweepActions) => ({
  link: () => sweepLink(sweep.getState()),
  read: (hash: string) => {
    const { setup, run: wanted, notices } = parseSweep(hash);
    sweep.setState(setup);
    if (wanted) void run();
    return notices;
  },
  subscribe: sweep.subscribe,
});

/** The sentence above the chart: where one line begins to win, what the best is, or that all are alike; `otherwise` before there is any. */
function headline(series: readonly Series[], xName: string, metric: string, otherwise: string): string {
  const [crossing] = crossingsOf(series);
  if (crossing) return SWEEP_TEXT.overtakes(crossing.lower, crossing.upper, xName, valueText(crossing.at));
  const ordered = series.flatMap(({ name, points }) => points.map((p) => ({ name, ...p }))).sort((a, b) => a.value - b.value);
  const best = ordered[0];
  if (!best) return otherwise;
  if (ordered.length > 1 && best.value === ordered.at(-1)?.value) return SWEEP_TEXT.alike(metric);
  return SWEEP_TEXT.least(metric, best.name, xName, best.x);
}

interface ViewsProps {
  readonly state: SweepState;
  readonly names: readonly string[];
  readonly series: readonly Series[];
}

/** The chosen view, as wide as there is room; where no point could run the table, which says why. */
function Views({ state: { records, metric, view: chosen, status }, names, series }: ViewsProps) {
  const [box, { width }] = useSize<HTMLDivElement>();
  const isNone = status !== 'running' && records.length > 0 && !records.some((record) => 'result' in record);
  const view = isNone ? 'table' : chosen;
  return (
    <div ref={box} className="sweep-view">
      {view === 'table' && <SweepTable records={records} names={names} />}
      {view === 'chart' && width > 0 && series.length > 0 && (
        <SweepChart
          series={series}
          crossings={crossingsOf(series)}
          xName={names[0]}
          yTitle={METRIC_WORDS[metric].unit}
          width={width}
          height={Math.max(280, Math.min(480, width * 0.5))}
        />
      )}
      {view === 'pareto' && width > 0 && (
        <>
          <Pareto records={records} names={names} cost="sramBytes" title={SWEEP_TEXT.fullestPe} width={width} height={300} />
          <Pareto records={records} names={names} cost="usedPes" title={SWEEP_TEXT.pesWithWork} width={width} height={300} />
        </>
      )}
    </div>
  );
}

/** Parameters that are varied. */
const namesOf = ({ x, y }: NonNullable<SweepState['asked']>): readonly string[] => [x.name, ...(y.name === '' ? [] : [y.name])];

/** Before the first sweep: what the page is for, and questions to try. */
function Beginning() {
  const { configure, run } = useSweepActions();
  const begin = (setup: SweepSetup): void => {
    configure(setup);
    void run();
  };
  return (
    <div className="empty">
      <p>{SWEEP_TEXT.empty}</p>
      <ul className="questions">
        {QUESTIONS.map(({ text, setup }) => (
          <li key={text}>
            <button type="button" className="link" onClick={() => begin(setup)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Results({ state }: { state: SweepState }) {
  const { asked, records, metric } = state;
  const words = METRIC_WORDS[metric];
  const series = useMemo(
    () => (asked ? seriesOf(records, asked.x.name, asked.y.name, words.of, asked.mode === 'simulated' ? words.closedForm : words.of) : []),
    [asked, records, words],
  );
  if (asked === null) return <Beginning />;
  const names = namesOf(asked);
  const failed = records.filter((r) => !('result' in r)).length;
  return (
    <>
      <h2>
        {headline(
          series,
          asked.x.name,
          words.name.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase()),
          state.status === 'running' ? SWEEP_TEXT.computing : SWEEP_TEXT.none,
        )}
      </h2>
      <p className="lead">{SWEEP_TEXT.lead(records.length, state.points, failed, SWEEP_TEXT.modes[asked.mode])}</p>
      <Views state={state} names={names} series={series} />
    </>
  );
}

function Choices({ state: { metric, view, asked, records } }: { state: SweepState }) {
  return (
    <div className="row wrap">
      <Segments
        label={SWEEP_TEXT.view}
        value={view}
        options={SWEEP_VIEWS.map((id) => ({ id, name: SWEEP_TEXT.views[id] }))}
        onChange={(value) => sweep.setState({ view: value })}
      />
      {view === 'chart' && (
        <span className="term">
          <Select label={SWEEP_TEXT.metric} value={metric} onChange={(value) => sweep.setState({ metric: value as typeof metric })}>
            {METRICS.map((id) => (
              <option key={id} value={id}>
                {METRIC_WORDS[id].name}
              </option>
            ))}
          </Select>
          <Explain name={METRIC_WORDS[metric].name} text={METRIC_WORDS[metric].meaning} />
        </span>
      )}
      <SaveMenu
        of={SWEEP_TEXT.views[view]}
        stem={SWEEP_TEXT.file}
        pictures={view === 'table' ? [] : [chartsOf('.report-flow', `${SWEEP_TEXT.file}-${view}`, SWEEP_TEXT.views[view])]}
        data={() => (asked === null ? [] : [pointsData(records, namesOf(asked))])}
      />
    </div>
  );
}

export default function SweepPage({ actions }: { actions: SweepActions }) {
  const notices = useHash(useMemo(() => addressOf(actions), [actions]));
  const state = useSweep((s) => s);
  const { loadKernels } = useActions();
  useEffect(() => {
    document.title = SWEEP_TEXT.title;
    void loadKernels();
    return () => actions.stop();
  }, [actions, loadKernels]);
  return (
    <SweepContext value={actions}>
      <div className="page">
        <PageTop />
        <main className="with-form">
          <div className="form">
            <SweepForm />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section className="page-body" tabIndex={0} aria-label={SWEEP_TEXT.results}>
            {notices.map((notice) => (
              <p key={notice} className="notice">
                {notice}
              </p>
            ))}
            <div className="report-flow">
              <Choices state={state} />
              <Results state={state} />
            </div>
          </section>
        </main>
      </div>
      <FileDrop accept={OPENED_NAMES} hint={APP_TEXT.drop.elsewhere} />
    </SweepContext>
  );
}
