/** Beside the run, from closed forms: where another kernel overtakes `stationary`, how throughput grows with the batch, what each constant would move. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { lab } from '../../store/lab.ts';
import type { Outcome, RunConfig, Study, StudyQuestion, TimedRun } from '../../store/types.ts';
import { LogLines } from '../charts/LogLines.tsx';
import { useSize } from '../charts/size.ts';
import { Segments } from '../controls/Choice.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { grouped, real, sentence } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import type { ChartData } from '../table/chart-data.ts';
import { useOffered } from '../table/on-screen.ts';
import { Tables } from '../table/Tables.tsx';
import { ConstantsChart, constantsData } from './ConstantsStudy.tsx';
import { Sliders } from './Sliders.tsx';
import { DOCK_TEXT } from './strings.ts';

type Crossing = Extract<Study, { kind: 'crossing' }>;
type Growth = Extract<Study, { kind: 'throughput' }>;

const ALONG = [
  { id: 'n', name: 'N' },
  { id: 'k', name: 'K' },
  { id: 'm', name: 'M' },
] as const;
const AGAINST = (['streaming', 'weight-streaming'] as const).map((id) => ({ id, name: id }));

/** The answer of the worker to the last question; an earlier one stays until it is there, and one question is asked at a time. */
function useStudy(config: RunConfig, question: StudyQuestion): Outcome<Study> | null {
  const { study } = useActions();
  const [answer, setAnswer] = useState<Outcome<Study> | null>(null);
  const next = useRef<readonly [RunConfig, StudyQuestion] | null>(null);
  const asking = useRef(false);
  useEffect(() => {
    next.current = [config, question];
    if (asking.current) return;
    const ask = async (): Promise<void> => {
      asking.current = true;
      while (next.current !== null) {
        const asked = next.current;
        next.current = null;
        const outcome = await study(...asked);
        setAnswer(outcome);
      }
      asking.current = false;
    };
    void ask();
  }, [config, question, study]);
  return answer;
}

function CrossingChart({ study }: { study: Crossing }) {
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const { crossing, table } = study.accountings[0].comparison;
  const lineOf = (side: 'stationary' | 'against', name: string) => ({
    name,
    points: table.flatMap((point) => {
      const cost = point[side];
      return typeof cost === 'string' ? [] : [[point.value, cost.cycles] as const];
    }),
  });
  const name = study.along.toUpperCase();
  return (
    <div className="study-chart" ref={ref}>
      <LogLines
        lines={[lineOf('stationary', DOCK_TEXT.study.stationary), lineOf('against', study.against)].filter(({ points }) => points.length > 0)}
        width={width}
        height={height}
        xTitle={name}
        yTitle={DOCK_TEXT.study.cyclesResident}
        mark={crossing === null ? undefined : { x: crossing, text: DOCK_TEXT.study.equals(name, crossing) }}
        label={DOCK_TEXT.study.crossingLabel(study.against, name)}
      />
    </div>
  );
}

function Crossings({ study }: { study: Crossing }) {
  return (
    <div className="study-answers">
      <ScrollRegion label={DOCK_TEXT.study.crossings}>
        <dl className="answers">
          {study.accountings.map(({ accounting, comparison }) => (
            <div key={accounting}>
              <dt>{DOCK_TEXT.study.accountings[accounting]}</dt>
              <dd>
                <b>{comparison.crossing === null ? DOCK_TEXT.study.noCrossing : DOCK_TEXT.study.equals(study.along.toUpperCase(), comparison.crossing)}</b>{' '}
                <span className="t2">{comparison.because}</span>
              </dd>
            </div>
          ))}
        </dl>
      </ScrollRegion>
    </div>
  );
}

function GrowthChart({ study }: { study: Growth }) {
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const { points, knee } = study.throughput;
  const [first] = points;
  return (
    <div className="study-chart" ref={ref}>
      <LogLines
        lines={[
          { name: DOCK_TEXT.study.batched, points: points.map((p) => [p.batch, p.columnsPerSecond] as const) },
          {
            name: DOCK_TEXT.study.linear,
            dash: '2 3',
            points: points
              .map((p) => [p.batch, p.batch * first.columnsPerSecond] as const)
              .filter(([, y]) => y <= 4 * Math.max(...points.map((p) => p.columnsPerSecond))),
          },
        ]}
        width={width}
        height={height}
        xTitle={DOCK_TEXT.study.batch}
        yTitle={DOCK_TEXT.study.columnsASecond}
        mark={{ x: knee, text: DOCK_TEXT.study.knee(knee) }}
        label={DOCK_TEXT.study.growthLabel}
      />
    </div>
  );
}

type Cost = Crossing['accountings'][number]['comparison']['table'][number]['against'];

/** Cycles and waves, or why there are none. */
const cellsOf = (cost: Cost): readonly [string | number, number | null] => (typeof cost === 'string' ? [cost, null] : [cost.cycles, cost.waves]);

function studyData(study: Study): readonly ChartData[] {
  if (study.kind === 'constants') return constantsData(study);
  if (study.kind === 'crossing') {
    const { along, against } = study;
    return study.accountings.map(({ accounting, comparison }) => ({
      title: DOCK_TEXT.study.accountings[accounting],
      columns: [
        { name: along.toUpperCase(), key: along },
        { name: DOCK_TEXT.study.stationary, key: 'stationary_cycles' },
        { name: DOCK_TEXT.study.columns.waves, key: 'stationary_waves' },
        { name: against, key: `${against.replace('-', '_')}_cycles` },
        { name: DOCK_TEXT.study.columns.waves, key: `${against.replace('-', '_')}_waves` },
        { name: DOCK_TEXT.study.columns.less, key: 'less' },
      ],
      rows: comparison.table.map((point) => [point.value, ...cellsOf(point.stationary), ...cellsOf(point.against), point.winner]),
    }));
  }
  return [
    {
      title: DOCK_TEXT.study.throughput,
      columns: [
        { name: DOCK_TEXT.study.batch, key: 'batch' },
        { name: DOCK_TEXT.study.columns.groups, key: 'groups' },
        { name: DOCK_TEXT.study.columns.waves, key: 'waves' },
        { name: DOCK_TEXT.study.columns.cycles, key: 'cycles' },
        { name: DOCK_TEXT.study.columns.perSecond, key: 'columns_per_second', show: (v) => real(v, 3) },
        { name: DOCK_TEXT.study.columns.limit, key: 'limit' },
      ],
      rows: study.throughput.points.map((p) => [p.batch, p.groups, p.waves, p.cycles, p.columnsPerSecond, DOCK_TEXT.study.limits[p.limit]]),
    },
  ];
}

const TABLE_LABELS = { crossing: DOCK_TEXT.study.both, throughput: DOCK_TEXT.study.throughput, constants: DOCK_TEXT.constants.moves } as const;

/** What a study says: as a chart with its answers, or as tables. */
export function StudyBody({ study, table }: { study: Study; table: boolean }) {
  const data = useCallback(() => studyData(study), [study]);
  useOffered(data);
  if (table) return <Tables label={TABLE_LABELS[study.kind]} data={data()} />;
  if (study.kind === 'constants') return <ConstantsChart study={study} />;
  if (study.kind === 'crossing') {
    return (
      <div className="study">
        <CrossingChart study={study} />
        <Crossings study={study} />
      </div>
    );
  }
  const { linearTo, knee } = study.throughput;
  return (
    <div className="study">
      <GrowthChart study={study} />
      <p className="answers">
        {DOCK_TEXT.study.growth.before}
        <b>{grouped(linearTo)}</b>
        {DOCK_TEXT.study.growth.between}
        <b>{grouped(knee)}</b>
        {DOCK_TEXT.study.growth.after}
      </p>
    </div>
  );
}

const ABOUT = (['kernels', 'constants'] as const).map((id) => ({ id, name: DOCK_TEXT.study.abouts[id] }));

/** What is asked. */
function Questions({ kernel, question }: { kernel: string; question: StudyQuestion }) {
  const ask = (patch: Partial<StudyQuestion>): void => lab.setState({ study: { ...question, ...patch } });
  return (
    <div className="row study-head">
      <Segments label={DOCK_TEXT.study.about} value={question.about} options={ABOUT} onChange={(about) => ask({ about })} />
      {question.about === 'kernels' && kernel !== 'batched' && (
        <>
          <span className="t12 t2">{DOCK_TEXT.study.stationaryAgainst}</span>
          <Segments label={DOCK_TEXT.study.against} value={question.against} options={AGAINST} onChange={(against) => ask({ against })} />
          <span className="t12 t2">{DOCK_TEXT.study.alongWord}</span>
          <Segments label={DOCK_TEXT.study.along} value={question.along} options={ALONG} onChange={(along) => ask({ along })} />
        </>
      )}
    </div>
  );
}

export function StudyTab({ result, table }: { result: TimedRun; table: boolean }) {
  const question = useLab((s) => s.study);
  const tuning = useLab((s) => s.config.tuning);
  const { config, plan } = result;
  const asked = useMemo(() => ({ ...config, tuning }), [config, tuning]);
  const answer = useStudy(asked, question);
  return (
    <div className="study-tab">
      <Questions kernel={plan.kernel} question={question} />
      <div className="study-body">
        <Sliders machine={config.machine} ran={config.tuning} />
        {answer === null ? (
          <p className="loading">{DOCK_TEXT.study.working}</p>
        ) : answer.ok ? (
          <StudyBody study={answer.value} table={table} />
        ) : (
          <p className="empty">{plan.shape.layer === undefined ? sentence(answer.error.message) : DOCK_TEXT.study.layer}</p>
        )}
      </div>
    </div>
  );
}
