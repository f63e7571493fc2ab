/**
 * The result code: what a learner sends to the teacher, and the teacher reads on the page. Parts, parted by dots:
 *
 *     1 . hop . 7b-12 . c1h0 . k3
 *     version, lesson, the class's seed, one character a question, two check characters
 *
 * A question's character is a digit of base 32 (0-9, a-v): tries, 15 at most, and 16 more if the last one was right; 0 is one
 * that was not tried, and so is one that came to a lesson later than the code. The check finds typing errors, nothing else: whoever wants to cheat can.
 */
import { WeftError } from '../base/error.ts';
import { Hash } from '../base/hash.ts';
import { lessonById } from './catalog.ts';
import type { LessonId } from './types.ts';

const VERSION = '1';
const MOST_TRIES = 15;
const RIGHT = 16;
const BASE = 32;

/** What a class's seed may be; anything else is no seed. */
export const SEED = /^[a-z0-9-]{1,24}$/;

export interface QuestionResult {
  readonly tries: number;
  readonly right: boolean;
}

export interface LessonResult {
  readonly lesson: LessonId;
  readonly seed: string;
  /** In the order of the lesson's questions. */
  readonly questions: readonly QuestionResult[];
}

const digit = ({ tries, right }: QuestionResult): string => (Math.min(MOST_TRIES, tries) + (right ? RIGHT : 0)).toString(BASE);

/** Two characters of base 32. */
const checkOf = (text: string): string => (Number.parseInt(new Hash().text(text).hex().slice(0, 4), 16) % (BASE * BASE)).toString(BASE).padStart(2, '0');

export function encodeResult({ lesson, seed, questions }: LessonResult): string {
  const body = [VERSION, lesson, seed, questions.map(digit).join('')].join('.');
  return `${body}.${checkOf(body)}`;
}

/** @throws WeftError (`code`) that says what is wrong with it. */
export function decodeResult(text: string): LessonResult {
  const parts = text.trim().toLowerCase().split('.');
  const [version, id, seed, digits, check] = parts;
  if (parts.length !== 5) throw new WeftError('code', 'a result code has five parts with dots between them', ['copy it whole']);
  if (version !== VERSION) throw new WeftError('code', `the code is of version ${version}; this page reads version ${VERSION}`, []);
  const lesson = lessonById(id);
  if (lesson === undefined) throw new WeftError('code', `there is no lesson ${id}`, []);
  if (!SEED.test(seed)) throw new WeftError('code', `${seed} is no seed of a class`, ['copy it whole']);
  if (digits.length > lesson.questions.length || !/^[0-9a-v]*$/.test(digits) || check !== checkOf(parts.slice(0, 4).join('.')))
    throw new WeftError('code', 'the code was changed on its way: its check does not fit', ['copy it whole']);
  const questions = [...digits.padEnd(lesson.questions.length, '0')].map((character) => {
    const value = Number.parseInt(character, BASE);
    return { tries: value % RIGHT, right: value >= RIGHT };
  });
  return { lesson: lesson.id, seed, questions };
}
