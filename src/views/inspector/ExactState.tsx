/** The machine's real state at the paused playhead, asked of the worker: threads, registers, queue words, routes, first block. */
import { maskName, PORT_NAMES } from '../../machine/fabric.ts';
import { computesAlone, hasStateAlone } from '../../store/pe-values.ts';
import { isVisitable, type Outcome, type PeDetail, type TimedRun } from '../../store/types.ts';
import { Fold } from '../controls/Fold.tsx';
import { real, sentence } from '../format.ts';
import { useLab } from '../hooks.ts';
import { Blocks } from './Blocks.tsx';
import { SumUnderWay } from './SumUnderWay.tsx';
import { EXACT_TEXT } from './strings.ts';
import { type PeView, usePeValues } from './view.ts';

const asF32 = (word: number): number => new Float32Array(Uint32Array.of(word).buffer)[0];
const words = (list: Uint32Array): string => (list.length === 0 ? EXACT_TEXT.empty : [...list].map((w) => real(asF32(w), 5)).join(EXACT_TEXT.between));

function Threads({ detail }: { detail: PeDetail }) {
  const { none, columns, main, element } = EXACT_TEXT.threads;
  if (detail.threads.length === 0) return <p className="t12 t3">{none}</p>;
  return (
    <table className="t">
      <thead>
        <tr>
          <th scope="col">{columns.thread}</th>
          <th scope="col">{columns.task}</th>
          <th scope="col">{columns.instruction}</th>
          <th scope="col" className="num">
            {columns.element}
          </th>
        </tr>
      </thead>
      <tbody>
        {detail.threads.map((t) => (
          <tr key={t.thread}>
            <th scope="row">{t.thread === 8 ? main : t.thread}</th>
            <td>{t.task}</td>
            <td>{t.instruction}</td>
            <td className="num">{t.length > 0 ? element(t.position, t.length) : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Router({ detail }: { detail: PeDetail }) {
  return (
    <dl className="facts">
      {detail.positions.map((p) => (
        <div key={p.color}>
          <dt>{EXACT_TEXT.router.position(p.color, p.position)}</dt>
          <dd>
            {maskName(p.rx)} → {maskName(p.tx)}
          </dd>
        </div>
      ))}
      {detail.fifos.map((f) => (
        <div key={`${f.port} ${f.color}`}>
          <dt>{EXACT_TEXT.router.fifo(PORT_NAMES[f.port], f.color)}</dt>
          <dd className="words">{words(f.words)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Detail({ detail }: { detail: PeDetail }) {
  return (
    <>
      <SumUnderWay partial={detail.partial} />
      <Threads detail={detail} />
      {detail.inputs.map((input) => (
        <p key={input.color} className="words">
          {EXACT_TEXT.input(input.color, words(input.words))}
        </p>
      ))}
      <Fold id="registers" summary={EXACT_TEXT.registers}>
        <p className="words">{[...detail.registers].map((r, i) => `r${i}=${r}`).join('  ')}</p>
      </Fold>
      <Fold id="router" summary={EXACT_TEXT.router.name}>
        <Router detail={detail} />
      </Fold>
      <Blocks blocks={detail.blocks} />
    </>
  );
}

/** Of a run that is timed only: how a PE's numbers come about. */
function aloneText(result: TimedRun, pe: number): string {
  if (result.plan.shape.layer) return EXACT_TEXT.ofLayer;
  if (!computesAlone(result, pe)) return EXACT_TEXT.noRows;
  return hasStateAlone(result, pe) ? EXACT_TEXT.alone : EXACT_TEXT.tiled;
}

/** That, and the stored weights while there is no state. */
function Alone({ result, pe, hasState }: { result: TimedRun; pe: number; hasState: boolean }) {
  const values = usePeValues(pe);
  return (
    <>
      <p className="t12 t3">{aloneText(result, pe)}</p>
      {values?.ok === false && <p className="t12">{sentence(values.error.message)}</p>}
      {values?.ok && !hasState && <Blocks blocks={values.value.blocks} />}
    </>
  );
}

/** The state, or why there is none yet. */
function State({ detail }: { detail: Outcome<PeDetail> | null }) {
  const playing = useLab((s) => s.playing);
  if (detail?.ok) return <Detail detail={detail.value} />;
  return <p className="t12 t3">{detail ? sentence(detail.error.message) : playing ? EXACT_TEXT.pause : EXACT_TEXT.reading}</p>;
}

export function ExactState({ view: { result, pe } }: { view: PeView }) {
  const detail = useLab((s) => s.detail);
  const playing = useLab((s) => s.playing);
  const opened = useLab((s) => s.opened !== null);
  if (opened) return null;
  const timed = result !== null && !isVisitable(result) ? result : null;
  const current = detail?.ok && detail.value.pe !== pe ? null : detail;
  const hasState = timed === null || hasStateAlone(timed, pe);
  return (
    <section className="sec" aria-label={EXACT_TEXT.name} aria-busy={hasState && !playing && current === null}>
      <h3>{EXACT_TEXT.name}</h3>
      {hasState && <State detail={current} />}
      {timed !== null && <Alone result={timed} pe={pe} hasState={current?.ok === true} />}
    </section>
  );
}
