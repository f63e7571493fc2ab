/** The prediction beside the closed form and what was measured; said aloud as well. */
import { type ScaleLogarithmic, scaleLog } from 'd3';
import { useEffect, useRef } from 'react';
import { isRight, relativeDifference } from '../../lessons/check.ts';
import type { Answer, Facts, LessonRun, Question } from '../../lessons/types.ts';
import { useSize } from '../charts/size.ts';
import { grouped, percent } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { answerText } from './Ask.tsx';
import { LEARN_TEXT, type QuestionWords } from './strings.ts';

interface Props {
  readonly question: Question;
  readonly words: QuestionWords<Facts['given']>;
  readonly given: Facts['given'];
  readonly prediction: Answer;
  readonly run: LessonRun;
}

const signedShare = (share: number): string => (share > 0 ? `+${percent(share)}` : percent(share));

/** How far off, in the words that fit: a factor where it is large, a share where it is small. */
function distance(prediction: Answer, measured: Answer): string {
  const share = relativeDifference(prediction, measured);
  if (share === null) return '';
  return Math.abs(share) >= 1 ? LEARN_TEXT.more(1 + share) : LEARN_TEXT.off(signedShare(share));
}

const [HEIGHT, AXIS, SIDE] = [76, 30, 70] as const;
/** Labels of ticks are so far apart, px. */
const APART = 64;

/** 1, 2 or 5 times a power of ten. */
const isRound = (tick: number): boolean => /^[125]e/.test(tick.toExponential());

/** Numbers of a scale of ratios that have room for a label, round ones where there are two. */
function ticksOf(x: ScaleLogarithmic<number, number>): readonly number[] {
  const all = x.ticks(20);
  const round = all.filter(isRound);
  const kept: number[] = [];
  for (const tick of round.length > 1 ? round : all) if (kept.length === 0 || x(tick) - x(kept[kept.length - 1]) >= APART) kept.push(tick);
  return kept;
}

/** Both on a scale of ratios: the measured one above, the prediction below. */
function Axis({ prediction, measured, texts }: { prediction: number; measured: number; texts: readonly [string, string] }) {
  const [box, { width }] = useSize<HTMLDivElement>();
  const [low, high] = [Math.min(prediction, measured), Math.max(prediction, measured)];
  const x = scaleLog([low / 1.3, high * 1.3], [SIDE, Math.max(SIDE + 1, width - SIDE)]);
  return (
    <div ref={box} className="learn-axis">
      {width > 0 && (
        <svg className="chart" width={width} height={HEIGHT} aria-hidden="true">
          <line className="axis" x1={0} x2={width} y1={AXIS} y2={AXIS} />
          {ticksOf(x).map((tick) => (
            <g key={tick} transform={`translate(${x(tick)},${AXIS})`}>
              <line className="axis" y2="4" />
              <text y={40} textAnchor="middle">
                {grouped(tick)}
              </text>
            </g>
          ))}
          <path d={`M${x(measured)} ${AXIS}l-6 -9h12z`} fill="var(--accent)" data-kind="simulated" />
          <text className="strong" x={x(measured)} y={AXIS - 14} textAnchor="middle">
            {`${LEARN_TEXT.simulated.toLowerCase()} ${texts[0]}`}
          </text>
          <path d={`M${x(prediction)} ${AXIS}l-6 9h12z`} fill="var(--bg-well)" stroke="var(--text-1)" data-kind="prediction" />
          <text className="on" x={x(prediction)} y={AXIS + 22} textAnchor="middle">
            {texts[1]}
          </text>
        </svg>
      )}
    </div>
  );
}

const rowsOf = (prediction: Answer, run: LessonRun) =>
  [
    [LEARN_TEXT.yours, prediction],
    [LEARN_TEXT.closed, run.closed],
    [LEARN_TEXT.simulated, run.value],
  ] as const;

/** Prediction, closed form and measurement, as numbers or as the ids of choices. */
const dataOf = (prediction: Answer, run: LessonRun): ChartData => ({
  title: LEARN_TEXT.compare,
  columns: [
    { name: LEARN_TEXT.compare, key: 'what' },
    { name: LEARN_TEXT.answer, key: 'answer' },
    { name: LEARN_TEXT.difference, key: 'difference_share' },
  ],
  rows: rowsOf(prediction, run).map(([name, answer]) => [name, answer, relativeDifference(answer, run.value)]),
});

/** The same as one sentence after the other, for those who hear it. */
export function outcomeSaid({ question, words, given, prediction, run }: Props): string {
  const right = isRight(question, prediction, run.value);
  const rows = rowsOf(prediction, run).map(([name, answer]) => `${name}: ${answerText(question, words, given, answer)}.`);
  return [right ? LEARN_TEXT.rightSaid : LEARN_TEXT.notYetSaid, ...rows, right ? '' : distance(prediction, run.value)].join(' ').trim();
}

export function Outcome({ question, words, given, prediction, run }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const right = isRight(question, prediction, run.value);
  const text = (answer: Answer): string => answerText(question, words, given, answer);
  const far = right ? '' : distance(prediction, run.value);
  const rows = rowsOf(prediction, run);
  const onAxis = typeof prediction === 'number' && typeof run.value === 'number' && prediction > 0 && run.value > 0;
  return (
    <section className="learn-outcome">
      <h3 ref={heading} tabIndex={-1}>
        {LEARN_TEXT.compare}
        <span className={`badge ${right ? 'ok' : 'warn'}`} data-testid="badge">
          {right ? LEARN_TEXT.right : LEARN_TEXT.notYet}
        </span>
        <span className="learn-far">{far}</span>
      </h3>
      {onAxis && (
        <>
          <div className="row">
            <span className="sp" />
            <SaveMenu
              of={LEARN_TEXT.compare}
              stem="weft-prediction"
              pictures={[chartsOf('.learn-axis', 'weft-prediction', LEARN_TEXT.compare)]}
              data={() => [dataOf(prediction, run)]}
            />
          </div>
          <Axis prediction={prediction} measured={run.value as number} texts={[text(run.value), text(prediction)]} />
        </>
      )}
      <table className="t">
        <tbody>
          {rows.map(([name, answer]) => {
            const share = relativeDifference(answer, run.value);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="num b5">{text(answer)}</td>
                <td className="num t3">
                  {name === LEARN_TEXT.simulated || share === null ? '' : share === 0 ? LEARN_TEXT.equal : `${signedShare(share)} ${LEARN_TEXT.difference}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
