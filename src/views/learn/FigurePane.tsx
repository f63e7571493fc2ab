/** What will be simulated; then what the run showed: the figure, the same as a table, and every simulation it was made of, each with its place in the Lab. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Figure, LessonRun, Shot, Stage } from '../../lessons/types.ts';
import { useSize } from '../charts/size.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { grouped, signed } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import { MACHINE_NAMES } from '../strings.ts';
import { DataTable } from '../table/DataTable.tsx';
import { BytesFigure } from './BytesFigure.tsx';
import { CurvesFigure } from './CurvesFigure.tsx';
import { StageFigure } from './StageFigure.tsx';
import { StripsFigure } from './StripsFigure.tsx';
import { FIGURE_TEXT, LEARN_TEXT, shotName, WHAT } from './strings.ts';
import { tableOf } from './table.ts';

function Drawn({ figure }: { figure: Figure }) {
  const [box, { width }] = useSize<HTMLDivElement>();
  return (
    <div ref={box} className="learn-drawn">
      {width > 0 && figure.kind === 'strips' && <StripsFigure figure={figure} width={width} />}
      {width > 0 && figure.kind === 'bytes' && <BytesFigure figure={figure} width={width} />}
      {width > 0 && figure.kind === 'curves' && <CurvesFigure figure={figure} width={width} />}
    </div>
  );
}

/** A table that opens under its name. */
function Folded({ name, children }: { name: string; children: ReactNode }) {
  return (
    <details>
      <summary>{name}</summary>
      <WideTable label={name}>{children}</WideTable>
    </details>
  );
}

function Table({ figure }: { figure: Figure }) {
  return (
    <Folded name={LEARN_TEXT.table}>
      <DataTable data={tableOf(figure)} />
    </Folded>
  );
}

function Shots({ shots }: { shots: readonly Shot[] }) {
  return (
    <Folded name={LEARN_TEXT.runs}>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{LEARN_TEXT.runs}</th>
            <th scope="col" className="num">
              {LEARN_TEXT.simulated}
            </th>
            <th scope="col" className="num">
              {LEARN_TEXT.closed}
            </th>
            <th scope="col" className="num">
              {LEARN_TEXT.residual}
            </th>
            <th scope="col" className="num">
              {LEARN_TEXT.lab}
            </th>
          </tr>
        </thead>
        <tbody>
          {shots.map((shot) => (
            <tr key={shotName(shot)}>
              <th scope="row">{shotName(shot)}</th>
              <td className="num">{grouped(shot.simulated)}</td>
              <td className="num">{grouped(shot.closed)}</td>
              <td className="num t3">{signed(shot.closed - shot.simulated)}</td>
              <td className="num">
                <Link href={`/lab/${shot.link}`} aria-label={LEARN_TEXT.openShot(shotName(shot))}>
                  {LEARN_TEXT.lab}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Folded>
  );
}

const sentenceOf = (figure: Figure): string => {
  if (figure.kind === 'strips') return FIGURE_TEXT.strips(figure.rows, figure.cycles);
  if (figure.kind === 'bytes') return FIGURE_TEXT.bytes(figure.capacity);
  return FIGURE_TEXT.curves(FIGURE_TEXT.y[figure.y], FIGURE_TEXT.x[figure.x]);
};

function Before({ stage }: { stage: Stage }) {
  const [box, { width }] = useSize<HTMLDivElement>();
  const machine = MACHINE_NAMES.find(({ id }) => id === stage.machine)?.name ?? stage.machine;
  return (
    <>
      <p className="t12 t2">{LEARN_TEXT.stage(machine, stage.what.map((what) => WHAT[what] ?? what).join(', '))}</p>
      <div ref={box} className="learn-drawn">
        {width > 0 && <StageFigure stage={stage} width={width} />}
      </div>
    </>
  );
}

export function FigurePane({ run, stage }: { run: LessonRun | null; stage: Stage | undefined }) {
  return (
    <section className="learn-figure" aria-label={LEARN_TEXT.figure}>
      {run === null ? (
        stage && <Before stage={stage} />
      ) : (
        <>
          <p className="row">
            <span className="t12 t2 sp">{sentenceOf(run.figure)}</span>
            <SaveMenu
              of={LEARN_TEXT.figure}
              stem="weft-figure"
              pictures={[chartsOf('.learn-drawn', 'weft-figure', sentenceOf(run.figure))]}
              data={() => [tableOf(run.figure)]}
            />
            <Link className="btn o" href={`/lab/${run.shots[0].link}`}>
              {LEARN_TEXT.open}
            </Link>
          </p>
          <Drawn figure={run.figure} />
          <Table figure={run.figure} />
          <Shots shots={run.shots} />
        </>
      )}
    </section>
  );
}
