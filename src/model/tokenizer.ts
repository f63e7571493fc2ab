/**
 * Text to tokens with a unigram vocabulary: of all ways to cut a text into pieces, the one whose log probabilities sum up to the
 * most (Viterbi; T. Kudo, "Subword Regularization", 2018, section 3.2). Text is normalised as SentencePiece does it by default:
 * NFKC, a run of white space is one U+2581, one stands before the first word, case is kept.
 * Left out: other kinds of vocabularies (BPE, WordPiece), byte pieces, sampling, turning tokens back into text.
 */
import { WeftError } from '../base/error.ts';
import type { GgufFile } from './gguf-read.ts';
import { isMetadataArray, type MetadataValue } from './gguf-types.ts';

export interface Token {
  readonly id: number;
  /** What of the normalised text it stands for: the vocabulary's piece, or the characters that are not in it. */
  readonly piece: string;
}

export interface Tokenizer {
  /** Tokens of the vocabulary. */
  readonly size: number;
  /** Throws WeftError (`text`) for a text that is empty, or longer than 10,000 characters. */
  encode(text: string): Token[];
}

/** Stands for a space, at the beginning of a word. */
const WORD_START = '\u2581';
/** Longest text that is looked at, UTF-16 units. */
const MOST_CHARACTERS = 10_000;
/** What an unknown character costs below the least likely piece, in log probability (SentencePiece, unigram_model.cc, kUnkPenalty). */
const UNKNOWN_PENALTY = 10;
/** ggml's token types (llama.h, llama_token_type): of these only normal and user-defined pieces are found in text. */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5 } as const;

/** Where a best cut ends: what it scores, its last token, and where that begins. */
interface Cut {
  readonly score: number;
  readonly id: number;
  readonly start: number;
}

/**
 * The tokenizer of a GGUF file: `tokenizer.ggml.model` must be `unigram`, with tokens and scores; types and the unknown token's
 * id are optional. Throws WeftError that names the key.
 */
export function tokenizerOf(file: GgufFile): Tokenizer {
  const model = file.metadata.get('tokenizer.ggml.model');
  if (model === undefined) throw new WeftError('tokenizer.ggml.model', 'the file has no tokenizer', ['use a model file that holds its vocabulary']);
  if (model !== 'unigram') throw new WeftError('tokenizer.ggml.model', `it is '${String(model)}'; only unigram is read`, ['use the demo model']);
  const tokens = list(file, 'tokens', (value) => typeof value === 'string');
  const scores = list(file, 'scores', (value) => Number.isFinite(value));
  const hasTypes = file.metadata.has('tokenizer.ggml.token_type');
  const types = hasTypes ? list<number>(file, 'token_type', Number.isInteger) : [];
  for (const [key, { length }] of [['scores', scores], ...(hasTypes ? [['token_type', types] as const] : [])] as const) {
    if (length !== tokens.length) throw new WeftError(`tokenizer.ggml.${key}`, `${length} entries for ${tokens.length} tokens`, ['use a complete model file']);
  }
  const unknown = file.metadata.get('tokenizer.ggml.unknown_token_id') ?? 0;
  if (typeof unknown !== 'number' || !Object.hasOwn(tokens, unknown))
    throw new WeftError('tokenizer.ggml.unknown_token_id', `${String(unknown)} is none of the ${tokens.length} tokens`, ['use a complete model file']);
  const found = tokens.map((_, id) => id !== unknown && (!hasTypes || types[id] === TOKEN_TYPE.normal || types[id] === TOKEN_TYPE.userDefined));
  return unigram(tokens as string[], scores as number[], found, unknown);
}

function list<T extends MetadataValue>(file: GgufFile, name: string, holds: (value: MetadataValue) => boolean): T[] {
  const key = `tokenizer.ggml.${name}`;
  const value = file.metadata.get(key);
  const items = value !== undefined && isMetadataArray(value) ? value.items() : [];
  const wrong = items.findIndex((item) => !holds(item));
  if (items.length > 0 && wrong < 0) return items as T[];
  throw new WeftError(key, items.length === 0 ? 'it is missing or empty' : `entry ${wrong} is not what it must be`, ['use a complete model file']);
}

function unigram(tokens: readonly string[], scores: readonly number[], found: readonly boolean[], unknown: number): Tokenizer {
  const ids = new Map<string, number>();
  // Of equal pieces the first counts.
  for (let id = tokens.length - 1; id >= 0; id--) if (found[id]) ids.set(tokens[id], id);
  const longest = [...ids.keys()].reduce((most, piece) => Math.max(most, [...piece].length), 1);
  const worst = [...ids.values()].reduce((least, id) => Math.min(least, scores[id]), 0) - UNKNOWN_PENALTY;
  return {
    size: tokens.length,
    encode(text) {
      const characters = [...normalise(text)];
      const cuts: Cut[] = [{ score: 0, id: unknown, start: 0 }];
      for (let end = 1; end <= characters.length; end++) cuts.push(bestCut(characters, cuts, end));
      return merged(trace(characters, cuts), unknown);
    },
  };

  /** The best way to cut the first `end` characters, by its last piece. */
  function bestCut(characters: readonly string[], cuts: readonly Cut[], end: number): Cut {
    let best: Cut = { score: cuts[end - 1].score + worst, id: unknown, start: end - 1 };
    let piece = '';
    for (let start = end - 1; start >= Math.max(0, end - longest); start--) {
      piece = characters[start] + piece;
      const id = ids.get(piece);
      if (id === undefined) continue;
      const score = cuts[start].score + scores[id];
      if (score > best.score) best = { score, id, start };
    }
    return best;
  }
}

/** White space as marks of word beginnings. Throws WeftError for what is no text. */
function normalise(text: string): string {
  if (text.length > MOST_CHARACTERS)
    throw new WeftError('text', `the text has ${text.length} characters, at most ${MOST_CHARACTERS} are read`, ['give one sentence']);
  const words = text.normalize('NFKC').trim().replace(/\s+/g, WORD_START);
  if (words === '') throw new WeftError('text', 'the text is empty', ['give a sentence']);
  return WORD_START + words;
}

/** The tokens of the best cut of the whole, from its end to its beginning and turned round. */
function trace(characters: readonly string[], cuts: readonly Cut[]): Token[] {
  const tokens: Token[] = [];
  for (let end = characters.length; end > 0; end = cuts[end].start) {
    const { id, start } = cuts[end];
    tokens.push({ id, piece: characters.slice(start, end).join('') });
  }
  return tokens.reverse();
}

/** Unknown characters beside one another are one token. */
function merged(tokens: readonly Token[], unknown: number): Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    const last = out.at(-1);
    if (token.id === unknown && last?.id === unknown) out[out.length - 1] = { id: unknown, piece: last.piece + token.piece };
    else out.push(token);
  }
  return out;
}
