/**
 * What an embedded Lab and the page around it say to one another, over postMessage. The page sends { weft: 'PING' | 'load' | 'run' |
 * 'seek' | 'state' | 'metrics', id, ... }; every message is answered with its `id`, and with `error` when it cannot be done.
 */
import type { Actions } from '../../store/actions.ts';
import { linkOf } from '../../store/address.ts';
import { INITIAL, lab } from '../../store/lab.ts';
import { isPacked, unpackHash } from '../../store/packed.ts';
import { lastCycle, seek, wholeCycle } from '../../store/playback.ts';
import { selectionOf } from '../../store/selection.ts';
import { shownRun } from '../../store/shown.ts';
import { hasValues } from '../../store/types.ts';
import { EMBED_TEXT } from './strings.ts';

/** Version of these messages. */
const VERSION = 1;

type Message = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

const VERBS = ['PING', 'load', 'run', 'seek', 'state', 'metrics'] as const;

/** Where the Lab is: its link, status, cycle, selected PE. */
function stateNow(): Answer {
  const state = lab.getState();
  const run = shownRun(state);
  const { status, error, message } = state;
  return {
    link: linkOf(state),
    status,
    cycle: wholeCycle(state),
    cycles: lastCycle(state),
    sel: selectionOf(state),
    traceHash: run?.traceHash ?? null,
    error: error?.message ?? null,
    message,
  };
}

async function answer(message: Message, actions: Actions): Promise<Answer> {
  switch (message.weft) {
    case 'PING':
      return { weft: 'PONG', version: VERSION };
    case 'load':
      if (typeof message.link !== 'string') throw new Error(EMBED_TEXT.noLink);
      await actions.open(`#${isPacked(message.link) ? await unpackHash(message.link) : message.link.replace(/^#/, '')}`, INITIAL.config);
      return { weft: 'state', ...stateNow() };
    case 'run':
      await actions.run();
      return { weft: 'state', ...stateNow() };
    case 'seek':
      if (typeof message.cycle !== 'number' || !Number.isFinite(message.cycle)) throw new Error(EMBED_TEXT.noCycle);
      seek(lab, message.cycle);
      return { weft: 'state', ...stateNow() };
    case 'state':
      return { weft: 'state', ...stateNow() };
    case 'metrics': {
      const { result } = lab.getState();
      if (result === null) throw new Error(EMBED_TEXT.noRun);
      const { closedForm, lowerBound } = result.estimate;
      return { weft: 'metrics', ...result.metrics, closedForm: closedForm.cycles, lowerBound, errors: hasValues(result) ? result.errors : null };
    }
    default:
      throw new Error(EMBED_TEXT.unknown(String(message.weft), VERBS.join(', ')));
  }
}

/** Answers the page around the Lab, and nobody else. Returns what stops it. */
export function listen(actions: Actions): () => void {
  const onMessage = (event: MessageEvent<unknown>): void => {
    const { data, source, origin } = event;
    if (source === null || source !== window.parent || typeof data !== 'object' || data === null || !('weft' in data)) return;
    const message = data as Message;
    const reply = (content: Answer): void => window.parent.postMessage({ ...content, id: message.id ?? null }, origin === 'null' ? '*' : origin);
    answer(message, actions).then(reply, (error: unknown) => reply({ weft: 'error', error: error instanceof Error ? error.message : String(error) }));
  };
  addEventListener('message', onMessage);
  return () => removeEventListener('message', onMessage);
}
