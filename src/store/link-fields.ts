/**
 * What a link says of how things are looked at, a line a field of the state. A field in its usual state stands in no link, so that links stay
 * short and a link made before there was such a field means what it meant; what cannot be read is as usual, with a notice.
 */
import type { LinkPair } from '../api/link.ts';
import { LINK_TEXT } from './strings.ts';
import type { CameraShare } from './types.ts';

/** How a field of the state stands in a link. */
export interface Field<T> {
  readonly key: string;
  readonly usual: T;
  readonly write: (value: T) => string;
  /** Undefined where the text is no such value. */
  readonly read: (text: string) => T | undefined;
}

export type Fields<S> = { readonly [name in keyof S]: Field<S[name]> };

/** One of some words or numbers; the first is the usual one if none is named. */
export function oneOf<T extends string | number>(key: string, values: readonly T[], usual = values[0]): Field<T> {
  return { key, usual, write: String, read: (text) => values.find((value) => String(value) === text) };
}

/** A list with an item, or without it. */
export const toggled = <T>(list: readonly T[], item: T, on: boolean): readonly T[] => [...list.filter((other) => other !== item), ...(on ? [item] : [])];

/** Any of some words, `a,b`, in the order of the list; usually none. */
export function someOf<T extends string>(key: string, values: readonly T[]): Field<readonly T[]> {
  const isKnown = (text: string): text is T => (values as readonly string[]).includes(text);
  return {
    key,
    usual: [],
    write: (list) => values.filter((value) => list.includes(value)).join(),
    read: (text) => (text.split(',').every(isKnown) ? values.filter((value) => text.split(',').includes(value)) : undefined),
  };
}

/** Whole numbers from 0, `3,17`, each once in ascending order; null is the usual state, `none` an empty list. */
export const numbersOf = (key: string): Field<readonly number[] | null> => ({
  key,
  usual: null,
  write: (list) => (list === null ? '' : list.length === 0 ? 'none' : list.toSorted((a, b) => a - b).join()),
  read: (text) => (text === 'none' ? [] : naturals(text, ',')),
});

/** Whole numbers from 0 with something between them; undefined when the text is anything else. */
export function naturals(text: string, between: string): number[] | undefined {
  const parts = text.split(between);
  return parts.every((part) => /^\d{1,15}$/.test(part)) ? parts.map(Number) : undefined;
}

/** `zoom=2.5,0.3,0.5`: a view of a fabric, at least all of it, its middle inside; null is all of it. */
export const ZOOM: Field<CameraShare | null> = {
  key: 'zoom',
  usual: null,
  write: (camera) => (camera === null ? '' : [camera.zoom, camera.x, camera.y].map((n) => Number(n.toPrecision(6))).join()),
  read: (text) => {
    const [zoom, x, y, ...more] = text.split(',').map(Number);
    return more.length === 0 && zoom >= 1 && Number.isFinite(zoom) && [x, y].every((at) => at >= 0 && at <= 1) ? { zoom, x, y } : undefined;
  },
};

const namesOf = <S>(fields: Fields<S>): readonly (keyof S)[] => Object.keys(fields) as (keyof S)[];

/** Every field as it usually is. */
export const usualOf = <S>(fields: Fields<S>): S => Object.fromEntries(namesOf(fields).map((name) => [name, fields[name].usual])) as S;

export const keysOf = <S>(fields: Fields<S>): readonly string[] => namesOf(fields).map((name) => fields[name].key);

/** The fields of a state that are not as usual. */
export function writeFields<S>(fields: Fields<S>, state: Partial<S>): LinkPair[] {
  return namesOf(fields).flatMap((name): LinkPair[] => {
    const { key, usual, write } = fields[name];
    const text = state[name] === undefined ? write(usual) : write(state[name] as S[typeof name]);
    return text === write(usual) ? [] : [[key, text]];
  });
}

/** The fields that a link says, as far as they can be read. */
export function readFields<S>(fields: Fields<S>, params: URLSearchParams, note: (sentence: string) => void): Partial<S> {
  const state: Partial<S> = {};
  for (const name of namesOf(fields)) {
    const { key, usual, write, read } = fields[name];
    const text = params.get(key);
    if (text === null) continue;
    const value = read(text);
    if (value !== undefined) state[name] = value;
    else note(LINK_TEXT.unknown(key, text.slice(0, 40), write(usual)));
  }
  return state;
}
