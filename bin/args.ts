/** What flags may hold. Every mistake is a WeftError on the flag, with what would be right. */
import { WeftError } from '../src/base/error.ts';

/** A whole number from `least` to `most`; `1e3`, `0x10`, `1_000` and signs are refused rather than guessed at. */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new WeftError(flag, `'${text}' is not a whole number from ${least} to ${most}`, [`write for example ${flag} ${Math.max(least, 4)}`]);
  };
}

/** One of a few numbers. */
export function oneOf(flag: string, values: readonly number[]): (text: string) => number {
  return (text) => {
    const value = values.find((one) => String(one) === text.trim());
    if (value !== undefined) return value;
    throw new WeftError(flag, `'${text}' is none of ${values.join(', ')}`, [`write for example ${flag} ${values[0]}`]);
  };
}

/** Largest sizes that are tried at all; memory and the kernels set the real limits, with their own words. */
export const MOST = 2 ** 31 - 1;

/** A rectangle of PEs, `32x48`. */
export function rectangle(text: string): { readonly width: number; readonly height: number } {
  const match = /^([1-9]\d{0,5})[x×]([1-9]\d{0,5})$/i.exec(text);
  if (match === null) throw new WeftError('--pes', `'${text}' is not a rectangle of PEs, WIDTHxHEIGHT`, ['write for example --pes 32x48']);
  return { width: Number(match[1]), height: Number(match[2]) };
}

/** A text that is not empty. */
export function named(flag: string): (text: string) => string {
  return (text) => {
    if (text.trim() === '') throw new WeftError(flag, 'the value is empty', [`write a value after ${flag}`]);
    return text;
  };
}

/** Token ids with commas between. Throws WeftError (`--tokens`) that names what is none. */
export function tokenList(text: string): number[] {
  return text.split(',').map((part) => {
    const token = /^\s*\d{1,9}\s*$/.test(part) ? Number(part) : Number.NaN;
    if (!Number.isNaN(token)) return token;
    throw new WeftError('--tokens', `'${part}' is not the number of a token`, ['write token numbers with commas between, for example --tokens 1,2,3']);
  });
}

/** How MODEL is explained in help texts; bin/model-argument.ts reads it. */
export const MODEL_MEANING = 'path of a GGUF file or of a config.json, or the name of a published model, such as Llama-2-7B';
