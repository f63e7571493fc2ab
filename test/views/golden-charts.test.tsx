/** The charts of the page, as their components draw them for small fixed runs, against golden pictures (test/drivers/golden.ts). */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { StoreApi } from 'zustand';
import { capacity } from '../../src/api/capacity.ts';
import { runPoint } from '../../src/api/point.ts';
import type { Outcome as Answered, RunConfig, RunResult, StudyQuestion } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { openSizes } from '../../src/api/whole-model.ts';
import { estimateModel } from '../../src/api/whole-model-estimate.ts';
import { lessonOf } from '../../src/lessons/catalog.ts';
import { bindLesson } from '../../src/lessons/registry.ts';
import { createLessons } from '../../src/lessons/session.ts';
import type { Figure, LessonId } from '../../src/lessons/types.ts';
import type { Actions } from '../../src/store/actions.ts';
import { compare } from '../../src/store/compare.ts';
import type { CompareActions } from '../../src/store/compare-actions.ts';
import { lab } from '../../src/store/lab.ts';
import type { PointRecord } from '../../src/store/sweep.ts';
import { whole } from '../../src/store/whole.ts';
import type { WholeActions } from '../../src/store/whole-actions.ts';
import { crossingsOf, seriesOf } from '../../src/sweep/series.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { PhoneSummary } from '../../src/views/app/PhoneSummary.tsx';
import { Playhead } from '../../src/views/charts/Scrubber.tsx';
import { type Size, SizeContext } from '../../src/views/charts/size.ts';
import { timeScale } from '../../src/views/charts/time.ts';
import { CompareContext } from '../../src/views/compare/context.ts';
import { Strips } from '../../src/views/compare/Strips.tsx';
import { LanesTab } from '../../src/views/dock/LanesTab.tsx';
import { LatencyTab } from '../../src/views/dock/LatencyTab.tsx';
import { LinksTab } from '../../src/views/dock/LinksTab.tsx';
import { PathTab } from '../../src/views/dock/PathTab.tsx';
import { StudyBody } from '../../src/views/dock/StudyTab.tsx';
import { UtilisationTab } from '../../src/views/dock/UtilisationTab.tsx';
import { BytesPicture } from '../../src/views/gallery/Picture.tsx';
import { ActionsContext } from '../../src/views/hooks.ts';
import { Inspector } from '../../src/views/inspector/Inspector.tsx';
import { PeRoofline } from '../../src/views/inspector/PeRoofline.tsx';
import { BytesFigure } from '../../src/views/learn/BytesFigure.tsx';
import { CurvesFigure } from '../../src/views/learn/CurvesFigure.tsx';
import { Outcome } from '../../src/views/learn/Outcome.tsx';
import { StageFigure } from '../../src/views/learn/StageFigure.tsx';
import { StripsFigure } from '../../src/views/learn/StripsFigure.tsx';
import { wordsOf } from '../../src/views/learn/strings.ts';
import { countLinks, linkCounts } from '../../src/views/link-counts.ts';
import { Beside } from '../../src/views/model/Beside.tsx';
import { WholeContext } from '../../src/views/model/context.ts';
import { FitsTab } from '../../src/views/model/FitsTab.tsx';
import { Strip } from '../../src/views/model/Strip.tsx';
import { WaferBar } from '../../src/views/model/WaferBar.tsx';
import { Pareto } from '../../src/views/sweep/Pareto.tsx';
import { SweepChart } from '../../src/views/sweep/SweepChart.tsx';
import { StateBar } from '../../src/views/verdict/StateBar.tsx';
import { matches } from '../drivers/golden.ts';
import { settled } from '../drivers/settled.ts';

/** A box on the page: its size in px, as high as its content if no height is given, and its classes. */
interface Box {
  readonly width: number;
  readonly height?: number;
  readonly of?: string;
}
/** A panel of the dock, and the chart in it that has something beside it. */
const DOCK = { width: 700, height: 200 };
const LEFT = { width: 420, height: 200 };
const WIDE: Box = { width: 600 };
const MODEL: Box = { width: 600, of: 'page-body' };
const FIGURE: Box = { width: 600, of: 'learn-drawn' };

/** A component in a box looks as in the picture of this name; its chart is so large. */
function looks(name: string, content: ReactNode, box: Box = { width: 320 }, chart: Size = { ...DOCK, ...box }): void {
  const drawn = renderToStaticMarkup(<SizeContext value={chart}>{content}</SizeContext>);
  const height = box.height === undefined ? '' : `;height:${box.height}px`;
  matches(name, `<div class="${box.of ?? 'box'}" style="display:block;position:relative;width:${box.width}px${height}">${drawn}</div>`);
}

/** A store's state as components see it that are drawn once, by the server's renderer. */
const shows = <S extends object>(store: StoreApi<S>, state: Partial<S>): void => {
  vi.spyOn(store, 'getInitialState').mockReturnValue({ ...store.getState(), ...state });
};

const acting = (content: ReactNode): ReactNode => <ActionsContext value={{} as Actions}>{content}</ActionsContext>;

function value<T>(outcome: Answered<T>): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const CONFIG: RunConfig = {
  model: 'synthetic',
  tensor: '',
  m: 12,
  k: 1280,
  n: 2,
  seed: 7,
  kernel: 'split-k',
  machine: 'wse2',
  pes: { width: 4, height: 3 },
};
const session = createSession();
let result: RunResult;
let reader: TraceReader;
beforeAll(async () => {
  vi.stubGlobal('location', { pathname: '/' });
  result = value(await session.run(CONFIG, () => {}));
  reader = new TraceReader(result.program, result.trace);
  shows(lab, { reader, result, pe: 5, cycle: 15_034 });
});

describe('golden pictures of the dock', () => {
  it('states over time, when PEs are reached, what single PEs do', () => {
    looks('dock-utilisation', <UtilisationTab reader={reader} table={false} />, DOCK);
    looks('dock-latency', <LatencyTab reader={reader} table={false} />, DOCK, LEFT);
    looks('dock-lanes', <LanesTab reader={reader} table={false} />, DOCK);
  });

  it('a link, and those with the largest demand', async () => {
    countLinks(reader);
    await settled(() => expect(linkCounts.getState().share).toBe(1));
    shows(linkCounts, {});
    looks('dock-links', <LinksTab reader={reader} table={false} />, DOCK, { ...LEFT, width: 280 });
  });

  it('the critical path by what it is made of', () => looks('dock-path', <PathTab reader={reader} />, DOCK));

  it.each([
    ['crossing', CONFIG, { about: 'kernels' }, 700],
    ['throughput', { ...CONFIG, kernel: 'batched', m: 8, pes: { width: 8, height: 6 } }, { about: 'kernels' }, 700],
    ['constants', CONFIG, { about: 'constants' }, 700],
    ['constants', CONFIG, { about: 'constants' }, 320],
  ] as const)('a study of %s', async (kind, config, question, width) => {
    const study = value(await session.study(config, { along: 'n', against: 'streaming', ...question } as StudyQuestion));
    expect(study.kind).toBe(kind);
    looks(`study-${kind}-${width}`, <StudyBody study={study} table={false} />, { ...DOCK, width }, kind === 'constants' ? { ...DOCK, width } : LEFT);
  });

  it('the playhead with marks, a range, and beyond what is shown', () => {
    const marks = [{ cycle: 4000 }, { cycle: 6000, end: 9000 }];
    const at = (cycle: number, from: number) => (
      <Playhead
        {...DOCK}
        plot={178}
        scale={timeScale({ from, to: 20_000 }, DOCK.width)}
        at={cycle}
        whole={cycle}
        from={0}
        to={20_000}
        marks={marks}
        range={{ from: 12_000, to: 15_000 }}
        onSeek={() => {}}
        onStep={() => {}}
      />
    );
    looks('playhead', at(15_000, 0), DOCK);
    looks('playhead-beyond', at(500, 1000), DOCK);
  });
});

describe('golden pictures of the verdict and the inspector', () => {
  it('PE-cycles by state, and the run in a strip on a phone', () => {
    looks('state-bar', <StateBar peCycles={result.metrics.peCycles} label="PE-cycles" />);
    looks('phone-summary', <PhoneSummary />, { width: 320, of: 'phone', height: 320 }, { width: 286, height: 64 });
  });

  it('a PE: its queues, its memory, its roofline', () => {
    looks('inspector', acting(<Inspector />));
    looks('pe-roofline', acting(<PeRoofline result={result} reader={reader} pe={5} />));
  });
});

it('golden picture of two runs on one clock', async () => {
  const other = value(await session.run({ ...CONFIG, kernel: 'stationary' }, () => {}));
  const side = { ...compare.getState().a, status: 'done' as const, marks: { start: 0, mac: 0, result: 0, end: 0 } };
  const b = new TraceReader(other.program, other.trace);
  shows(compare, { a: { ...side, reader, result }, b: { ...side, reader: b, result: other }, t: 9000 });
  looks(
    'compare-strips',
    <CompareContext value={{} as CompareActions}>
      <Strips speed={false} />
    </CompareContext>,
  );
});

it('golden pictures of a sweep with its crossing, and of its trade-offs, what is best filled and named', async () => {
  const points = [1, 2, 4, 8].flatMap((n) => ['streaming', 'stationary'].map((kernel) => ({ ...CONFIG, pes: '4x3', kernel, n })));
  const records: PointRecord[] = [];
  for (const config of points)
    records.push({ hash: `${config.kernel}${config.n}`, config, ...(await runPoint(session, config as never, 'closed-form')) } as never);
  const series = seriesOf(
    records,
    'n',
    'kernel',
    (p) => p.closedForm,
    (p) => p.closedForm,
  );
  looks('sweep', <SweepChart series={series} crossings={crossingsOf(series)} xName="n" yTitle="cycles" width={600} height={300} />, WIDE);
  looks('pareto', <Pareto records={records} names={['kernel', 'n']} cost="sramBytes" title="B" width={500} height={240} />, WIDE);
});

describe('golden pictures of whole models', () => {
  it('what of a model fits, what does not, and how fast it is beside others', async () => {
    const llama = await openSizes({ preset: 'Llama-2-7B' });
    shows(whole, { fits: { key: '', status: 'ready', value: capacity(llama), error: null } });
    looks(
      'model-fits',
      <WholeContext value={{} as WholeActions}>
        <FitsTab />
      </WholeContext>,
      { ...MODEL, width: 900 },
    );
    looks('wafer-bar-missing', <WaferBar report={capacity(llama, { kernel: 'stationary' })} />, MODEL);
    const question = { machine: 'wse2', context: 64, batch: 1, mapping: 'rows' } as const;
    looks('beside', <Beside e={await estimateModel(llama, question, { check: false })} />, MODEL);
  });

  it('a vector in cells', () =>
    looks('embedding', <Strip values={Float32Array.from({ length: 64 }, (_, i) => (i - 32) / 32)} most={1} label="a ramp" />, MODEL));
});

describe('golden pictures of lessons', () => {
  const lessons = createLessons(session);
  /** The first question of a lesson, asked and answered, whose figure must be of this kind. */
  async function ran<K extends Figure['kind']>(lesson: LessonId, kind: K) {
    const { facts } = bindLesson(lesson, '');
    const [question] = lessonOf(lesson).questions;
    const run = value(await lessons.run({ lesson, question: question.id, seed: '', answer: facts.closed[question.id] }, () => {}));
    expect(run.figure.kind).toBe(kind);
    return { facts, question, run, figure: run.figure as Extract<Figure, { kind: K }> };
  }

  it('what is asked about, what the run showed, and the prediction beside it', async () => {
    const { facts, question, run, figure } = await ran('hop', 'strips');
    looks('learn-stage', <StageFigure stage={facts.stages[question.id]} width={600} />, FIGURE);
    looks('learn-strips', <StripsFigure figure={figure} width={600} />, FIGURE);
    looks('learn-outcome', <Outcome question={question} words={wordsOf('hop', question.id) as never} given={facts.given} prediction={100} run={run} />);
  });

  it('bytes beside the limit, and curves', async () => {
    looks('learn-bytes', <BytesFigure figure={(await ran('memory', 'bytes')).figure} width={600} />, FIGURE);
    looks('learn-curves', <CurvesFigure figure={(await ran('sums', 'curves')).figure} width={600} />, FIGURE);
  });
});

it('golden picture of the start: bytes of a PE by the length of its row', async () => {
  const list = [];
  for (const k of [2048, 4096, 8192]) {
    const { plan } = value(await session.plan({ ...CONFIG, kernel: 'stationary', m: 12, k, n: 1 }));
    const bytesOf = (kind: string): number => plan.memory.reduce((sum, a) => sum + (a.kind === kind ? a.bytes : 0), 0);
    const [code, weights] = [bytesOf('code'), bytesOf('weights')];
    list.push({ k, code, weights, rest: plan.memory.reduce((sum, a) => sum + a.bytes, 0) - code - weights });
  }
  looks('gallery-bytes', <BytesPicture bars={{ capacity: reader.program.machine.sramBytes, list }} label="bytes" />, { width: 240 });
});
