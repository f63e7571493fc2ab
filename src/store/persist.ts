/**
 * What the user set, kept over a reload. Reading never throws and takes only values it understands: an older page or
 * another program may have written there.
 */
import { INITIAL } from './lab.ts';
import { type LabView, USUAL_VIEW } from './lab-view.ts';
import { asMarks } from './mark-text.ts';
import type { LabState, Theme } from './types.ts';
import { encodeLink, parseLink } from './url.ts';

const KEY = 'weft.lab.1';
const LAST_KEY = 'weft.last.1';
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

/** The part of Storage used here. */
export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** How panels are arranged on this screen, and what somebody likes; no link has these. */
type Settings = Pick<LabState, 'theme' | 'describe' | 'dockHeight' | 'dockOpen' | 'setupOpen' | 'singleKeys'>;
export type Kept = Settings & LabView & Pick<LabState, 'config' | 'marks'>;

/** What the store keeps, as text. The setup and how it is looked at are written as a link, so one parser guards both. */
export function serialise(state: Kept): string {
  const { config, theme, describe, dockHeight, dockOpen, setupOpen, singleKeys, marks } = state;
  return JSON.stringify({ link: encodeLink({ config, view: state }), theme, describe, dockHeight, dockOpen, setupOpen, singleKeys, marks });
}

export function deserialise(text: string | null): Kept {
  const saved = asRecord(text);
  const { link } = parseLink(typeof saved.link === 'string' ? saved.link : '', INITIAL.config);
  return {
    ...USUAL_VIEW,
    ...link.view,
    config: link.config,
    theme: THEMES.find((theme) => theme === saved.theme) ?? INITIAL.theme,
    describe: flag(saved.describe, INITIAL.describe),
    singleKeys: flag(saved.singleKeys, INITIAL.singleKeys),
    dockOpen: flag(saved.dockOpen, INITIAL.dockOpen),
    setupOpen: flag(saved.setupOpen, INITIAL.setupOpen),
    dockHeight: fitDock(saved.dockHeight),
    marks: asMarks(saved.marks),
  };
}

const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback);

export const DOCK_LIMITS = { min: 120, max: 640 } as const;

/** A height the dock may have. */
export function fitDock(height: unknown): number {
  const value = typeof height === 'number' && Number.isFinite(height) ? height : INITIAL.dockHeight;
  return Math.round(Math.min(DOCK_LIMITS.max, Math.max(DOCK_LIMITS.min, value)));
}

function asRecord(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The run that was on screen last, to go on with. */
export interface LastRun {
  /** Its link, without the #. */
  readonly link: string;
  readonly title: string;
  readonly cycle: number;
  /** Cycles of the run. */
  readonly of: number;
}

/** The kept run, or null if there is none that can be understood. */
export function loadLast(storage: KeyValue): LastRun | null {
  try {
    const { link, title, cycle, of } = asRecord(storage.getItem(LAST_KEY));
    const isRun = typeof link === 'string' && typeof title === 'string' && Number.isSafeInteger(cycle) && Number.isSafeInteger(of);
    return isRun ? { link, title, cycle: cycle as number, of: of as number } : null;
  } catch {
    return null;
  }
}

export function saveLast(storage: KeyValue, last: LastRun): void {
  try {
    storage.setItem(LAST_KEY, JSON.stringify(last));
  } catch {
    // As in save.
  }
}

/** Reads the storage; a storage that refuses (private window) is an empty one. */
export function load(storage: KeyValue): Kept {
  try {
    return deserialise(storage.getItem(KEY));
  } catch {
    return deserialise(null);
  }
}

export function save(storage: KeyValue, state: Kept): void {
  try {
    storage.setItem(KEY, serialise(state));
  } catch {
    // A full or forbidden storage costs the memory of this visit, nothing else.
  }
}
