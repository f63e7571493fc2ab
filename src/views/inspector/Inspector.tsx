/** The selected PE: what it is, what it does at the playhead, what it holds, what it has computed. */
import { peName } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import { Define } from '../controls/Definition.tsx';
import { latencyOf } from '../derived.ts';
import { useActions, useCycle, useToggle } from '../hooks.ts';
import { StateSwatch } from '../icons.tsx';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import { STAGE_NAMES, STATE_NAMES, TEXT } from '../strings.ts';
import { TableToggle } from '../table/TableToggle.tsx';
import { Area, useArea } from './Area.tsx';
import { ExactState } from './ExactState.tsx';
import { MemoryView, memoryData } from './MemoryMap.tsx';
import { placeInWork, queuesOf, stateName, waitsFor } from './moment.ts';
import { PeRoofline } from './PeRoofline.tsx';
import { Results } from './Results.tsx';
import { type HeldRows, rowsOf } from './rows.ts';
import { INSPECTOR_TEXT } from './strings.ts';
import { type PeView, usePeView } from './view.ts';
import { WhyStalled } from './WhyStalled.tsx';

function rowsInWords({ first, count: rows, matrices }: HeldRows): string {
  if (rows === 0) return INSPECTOR_TEXT.noRow;
  const numbers = rows === 1 ? TEXT.row(first) : INSPECTOR_TEXT.rows(first, first + rows - 1);
  return matrices[0] === '' ? numbers : INSPECTOR_TEXT.rowsOf(numbers, matrices);
}

export function PeHead({ view, cycle }: { view: PeView; cycle: number }) {
  const state = stateName(view.reader, view.pe, cycle);
  return (
    <div className="pe-head">
      <h3>{peName(view.pe, view.reader.trace.width)}</h3>
      <span className="t3 t12">{view.result && rowsInWords(rowsOf(view.result.rows, view.pe))}</span>
      <span className="sp" />
      <span className="state-tag" data-testid="pe-state">
        <StateSwatch name={state} />
        {STATE_NAMES[state]}
      </span>
    </div>
  );
}

function Queues({ view, cycle }: { view: PeView; cycle: number }) {
  return queuesOf(view.reader, view.pe, cycle).map(({ letter, count: n, capacity }) => [
    <dt key={`${letter}-name`} className="row" style={{ gap: 5 }}>
      {INSPECTOR_TEXT.now.queue(letter)} <Define term="xQueue" />
    </dt>,
    <dd key={letter}>
      <span className="slots" role="img" aria-label={INSPECTOR_TEXT.now.queued(n, capacity)}>
        {Array.from({ length: capacity }, (_, i) => i).map((slot) => (
          <i key={slot} className={slot < n ? 'full' : ''} />
        ))}
      </span>
    </dd>,
  ]);
}

function Now({ view, cycle }: { view: PeView; cycle: number }) {
  const waits = waitsFor(view.reader, view.pe, cycle);
  return (
    <dl className="pairs">
      <dt>{INSPECTOR_TEXT.now.name}</dt>
      <dd>{placeInWork(view.reader, view.pe, cycle)}</dd>
      <Queues view={view} cycle={cycle} />
      <dt>{INSPECTOR_TEXT.waits.name}</dt>
      <dd>
        {waits.text}{' '}
        {waits.at !== null && (
          <button type="button" className="link" onClick={() => lab.setState({ pe: waits.at })}>
            {INSPECTOR_TEXT.waits.goThere}
          </button>
        )}
      </dd>
      {view.result && <Results result={view.result} pe={view.pe} />}
    </dl>
  );
}

function Latency({ view }: { view: PeView }) {
  const map = latencyOf(view.reader);
  return (
    <dl className="facts">
      {Object.entries(STAGE_NAMES).map(([stage, name]) => {
        const tick = map[stage as keyof typeof STAGE_NAMES][view.pe];
        return (
          <div key={stage}>
            <dt>{name[0].toUpperCase() + name.slice(1)}</dt>
            <dd>{tick < 0 ? TEXT.never : TEXT.cycle(tick)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function Sram({ view }: { view: PeView }) {
  const t = INSPECTOR_TEXT.memory;
  const { program } = view.reader;
  const { memory, name } = program.classes[program.classOf[view.pe]];
  const capacity = program.machine.sramBytes;
  const { say } = useActions();
  const [table, setTable] = useToggle('sram-table');
  return (
    <section className="sec">
      <div className="sec-head">
        <h3>{t.name}</h3>
        <span className="sp" />
        <span className="t11 t3" style={{ fontWeight: 400 }}>
          {t.allocations(name, memory.length)}
        </span>
        <SaveMenu
          of={t.name}
          stem="weft-sram"
          pictures={table ? [] : [chartsOf('#pe-sram', 'weft-sram', t.class(name))]}
          data={() => [memoryData(memory, capacity)]}
          say={say}
        />
        <TableToggle table={table} onChange={setTable} of={t.name} short />
      </div>
      <div id="pe-sram" data-picture="words">
        <MemoryView key={name} memory={memory} capacity={capacity} table={table} />
      </div>
    </section>
  );
}

export function Inspector() {
  const view = usePeView();
  const cycle = useCycle();
  const area = useArea(view?.reader ?? null);
  if (view === null) {
    return (
      <section className="sec">
        <h3>PE</h3>
        <p className="empty">{INSPECTOR_TEXT.none}</p>
      </section>
    );
  }
  return (
    <>
      {area && <Area reader={view.reader} area={area} />}
      <section className="sec" aria-label={INSPECTOR_TEXT.selected}>
        <PeHead view={view} cycle={cycle} />
        <Now view={view} cycle={cycle} />
        <WhyStalled reader={view.reader} pe={view.pe} cycle={cycle} />
      </section>
      <Sram view={view} />
      <section className="sec">
        <h3>{INSPECTOR_TEXT.latency}</h3>
        <Latency view={view} />
      </section>
      {view.result && <PeRoofline result={view.result} reader={view.reader} pe={view.pe} />}
      <ExactState view={view} />
    </>
  );
}
