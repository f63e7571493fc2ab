/** The machine's constants as sliders: they set the setup, and closed forms follow at once. */
import { MACHINES } from '../../machine/spec.ts';
import { TUNABLE_IDS, type TunableId, tunedWord, usualOf } from '../../machine/tuning.ts';
import type { RunConfig } from '../../store/types.ts';
import { useActions, useLab } from '../hooks.ts';
import { withChoice } from '../setup/choice.ts';
import { DOCK_TEXT } from './strings.ts';

const t = DOCK_TEXT.constants;

/** Where a slider stops, beside the preset's own value. */
const DEPTHS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const CYCLES = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16];
const STOPS: Readonly<Record<TunableId, readonly number[]>> = {
  hop: CYCLES,
  ramp: CYCLES,
  queue: DEPTHS,
  fifo: DEPTHS,
  clock: Array.from({ length: 18 }, (_, i) => 300 + 100 * i),
  mac: [0.25, 0.5, 1, 2, 4],
};

/** In order, the values at hand among them. */
const stopsOf = (id: TunableId, ...values: readonly number[]): readonly number[] => [...new Set([...STOPS[id], ...values])].sort((a, b) => a - b);

function Slider({ id, machine }: { id: TunableId; machine: RunConfig['machine'] }) {
  const { configure } = useActions();
  const tuning = useLab((s) => s.config.tuning);
  const usual = usualOf(machine, id);
  const own = tuning?.[id];
  const value = own ?? usual;
  const stops = stopsOf(id, ...[usual, own].filter((v) => v !== null && v !== undefined));
  // A preset's queues differ in depth until the slider is moved; it waits at the first one's.
  const at = stops.indexOf(value ?? MACHINES[machine].inputQueues[0]);
  const word = value === null ? t.several : tunedWord(id, value);
  return (
    <label className={own === undefined ? undefined : 'on'}>
      <span>{t.names[id]}</span>
      <input
        type="range"
        min={0}
        max={stops.length - 1}
        value={at}
        aria-valuetext={word}
        onChange={(event) => {
          const next = stops[Number(event.target.value)];
          configure({ tuning: withChoice(tuning, id, next === usual ? null : next) });
        }}
      />
      <span className="num">{word}</span>
    </label>
  );
}

/** `ran` are the constants of the run on screen. */
export function Sliders({ machine, ran }: { machine: RunConfig['machine']; ran: RunConfig['tuning'] }) {
  const { configure, run } = useActions();
  const tuning = useLab((s) => s.config.tuning);
  const isRan = TUNABLE_IDS.every((id) => tuning?.[id] === ran?.[id]);
  return (
    <fieldset className="sliders" aria-label={t.title}>
      {TUNABLE_IDS.map((id) => (
        <Slider key={id} id={id} machine={machine} />
      ))}
      <p className="t11 t3">
        {isRan ? t.ran : t.notRan}{' '}
        {!isRan && (
          <>
            <button type="button" className="link" onClick={() => void run()}>
              {t.run}
            </button>{' '}
            <button type="button" className="link" onClick={() => configure({ tuning: ran })}>
              {t.back}
            </button>
          </>
        )}
      </p>
    </fieldset>
  );
}
