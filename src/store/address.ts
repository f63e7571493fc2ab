/** Keeps the address bar and the storage in step with the store, so that either brings the same page back. */
import type { StoreApi } from 'zustand/vanilla';
import { MODEL_VERSION } from '../api/protocol.ts';
import { type KeyValue, save, saveLast } from './persist.ts';
import { defaultSpeed, wholeCycle } from './playback.ts';
import { cornerOf, selectionOf } from './selection.ts';
import { configOf, shownRun } from './shown.ts';
import type { LabState } from './types.ts';
import { encodeLink } from './url.ts';

/** Browsers refuse more than some hundred address changes in half a minute. */
const WRITE_EVERY_MS = 250;

/** The page's address: writing replaces the current entry, or adds one. */
export interface Address {
  read(): string;
  replace(hash: string): void;
  push(hash: string): void;
  /** Calls `write` when the page is left, and keeps what that writes even when it is reloaded. Returns what ends it. */
  leaving(write: () => void): () => void;
}

/** What is to be written, written no more often than browsers allow. */
interface Paced {
  /** At once, or as soon as it may. */
  now(): void;
  /** A moment later, with what changes until then. */
  soon(): void;
  /** Writes no more; returns whether something was due. */
  stop(): boolean;
}

/** Paces what writes the address; what is still due when the page is left is written then. */
export function paced(address: Address, write: () => void): Paced {
  let due: ReturnType<typeof setTimeout> | undefined;
  let wrote = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    clearTimeout(due);
    due = undefined;
    wrote = performance.now();
    write();
  };
  const soon = (): void => {
    due ??= setTimeout(flush, WRITE_EVERY_MS);
  };
  const unleave = address.leaving(() => {
    if (due !== undefined) flush();
  });
  return {
    soon,
    now: () => (performance.now() - wrote >= WRITE_EVERY_MS ? flush() : soon()),
    stop: () => {
      unleave();
      clearTimeout(due);
      return due !== undefined;
    },
  };
}

/** Writes a link over that in the address bar, if it is another. */
export function replaceLink(address: Address, hash: string): void {
  if (hash !== address.read().replace(/^#/, '')) address.replace(hash);
}

/** The link of what is on screen now. */
export function linkOf(state: LabState): string {
  // A trace file is in no link; what the link holds is the setup beside it.
  if (state.opened !== null) return encodeLink({ config: state.config, view: { layer: state.layer } });
  const { config, link, pe, span, anchor, marks, wish } = state;
  // The run on screen is an earlier one, until that of the link is there.
  if (wish !== null) return encodeLink({ ...wish, config, view: state, marks });
  const run = shownRun(state);
  return encodeLink({
    config,
    cycle: run && wholeCycle(state),
    sel: selectionOf(state),
    to: cornerOf(state),
    port: link?.pe === pe ? link.port : null,
    span,
    anchor,
    speed: run === null || state.speed === defaultSpeed(run.trace.cycles) ? null : state.speed,
    view: state,
    marks,
    made: { version: MODEL_VERSION, cycles: cyclesOf(state) },
  });
}

/** Cycles of the run on screen, if it is one of the setup on screen. */
function cyclesOf(state: LabState): number | null {
  const run = shownRun(state);
  const ran = run && configOf(run);
  return ran && encodeConfig(ran) === encodeConfig(state.config) ? run.trace.cycles : null;
}

const encodeConfig = (config: LabState['config']): string => encodeLink({ config });

/** Follows the store; a run that has ended adds a history entry, everything else replaces it. Returns what stops it, with nothing left to be kept. */
export function followAddress(lab: StoreApi<LabState>, address: Address, storage: KeyValue): () => void {
  const keep = (): void => {
    const state = lab.getState();
    save(storage, state);
    const run = state.opened === null && state.wish === null ? shownRun(state) : null;
    if (run !== null) saveLast(storage, { link: linkOf(state), title: run.title, cycle: wholeCycle(state), of: run.trace.cycles });
  };
  const writer = paced(address, () => {
    replaceLink(address, linkOf(lab.getState()));
    keep();
  });
  const unfollow = lab.subscribe((state, before) => {
    const [run, last] = [shownRun(state), shownRun(before)];
    if (run !== last && run !== null) {
      if (last !== null && state.opened === null) address.push(linkOf(state));
      // Whoever leaves at once can go on with it.
      keep();
    }
    // The link says what was asked for until the first run has answered.
    if (run === null && state.config === before.config) return;
    // Whoever copies the address at once has the setup that was chosen.
    if (state.config !== before.config) writer.now();
    else writer.soon();
  });
  return () => {
    unfollow();
    // The address is another page's by now.
    if (writer.stop()) keep();
  };
}
