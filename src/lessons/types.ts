/**
 * What a lesson is made of, and what crosses to the worker that computes it. Every number a learner reads comes from here at
 * run time: closed forms before the run, measurements after it. Words are the page's (views/learn/strings.ts).
 */
import type { Outcome } from '../api/protocol.ts';

export type LessonId = 'hop' | 'memory' | 'movers' | 'sums' | 'last-pe' | 'backpressure';

/** A number, or the id of a choice. */
export type Answer = number | string;

export interface Question {
  readonly id: string;
  /** Unit of a number; choices have none. */
  readonly unit?: 'cycles' | 'bytes' | 'rows' | 'weights' | 'columns' | 'percent';
  /** Largest relative difference from the measured value that is still right: 0 for counts, 0.02 for timings. */
  readonly tolerance: number;
  /** Ids of the choices; absent for a number. */
  readonly choices?: readonly string[];
  /** Asks for the same thought with other numbers. */
  readonly transfer?: true;
}

export interface Lesson {
  readonly id: LessonId;
  readonly questions: readonly Question[];
}

/** Numbers that the words of a lesson are about, by lesson. Cycles, bytes, words, PEs. */
export interface Given {
  readonly hop: {
    readonly hop: number;
    readonly ramp: number;
    readonly pes: number;
    /** Words of the second run and of the long message. */
    readonly many: number;
    readonly long: number;
    /** Closed forms of the stream with one word, with `many`, and with `long`. */
    readonly oneCycles: number;
    readonly manyCycles: number;
    readonly longCycles: number;
    /** Cycles that a PE adds to the words of the message when it stores and forwards it. */
    readonly overhead: number;
    readonly nextHop: number;
    readonly nextPes: number;
    readonly nextWords: number;
  };
  readonly memory: {
    readonly sram: number;
    readonly code: number;
    readonly k: number;
    /** Stored bytes of 256 weights, of a row, and of the same row as f32. */
    readonly blockBytes: number;
    readonly rowBytes: number;
    readonly floatBytes: number;
    /** What the kernel keeps beside its rows when it holds one of them: block, activations, results. */
    readonly besideStored: number;
    readonly besideFloat: number;
    /** The least that a very long f32 row needs beside it. */
    readonly besideLongest: number;
    readonly longest: number;
    readonly tooLong: number;
    readonly over: number;
    readonly nextK: number;
    readonly nextBytes: number;
    readonly besideNext: number;
  };
  readonly movers: {
    readonly width: number;
    readonly height: number;
    readonly m: number;
    readonly k: number;
    readonly machine: string;
    /** Closer than this share is a tie. */
    readonly tie: number;
    /** Closed forms of stationary at N = 1 and 2, of streaming and of weight streaming at N = 1. */
    readonly stationary1: number;
    readonly stationary2: number;
    readonly streaming1: number;
    readonly moving1: number;
    readonly slopeN: number;
    readonly streamingAtSlope: number;
    readonly rowsOfColumn: number;
    /** PEs at work in either mapping, with as many columns as fabric rows. */
    readonly stationaryPes: number;
    readonly movingPes: number;
    readonly nextM: number;
    readonly nextRowsOfColumn: number;
    readonly nextMost: number;
  };
  readonly sums: {
    readonly pes: number;
    readonly group: number;
    readonly middle: number;
    readonly large: number;
    /** Closed forms of the chain with one word and with `middle` words. */
    readonly chainOne: number;
    readonly chainMiddle: number;
    /** What the published model says of the star with one word; and the closed form. */
    readonly starModel: number;
    readonly starOne: number;
    readonly rounds: number;
    readonly nextPes: number;
    readonly nextWords: number;
    /** Cycles through a processor: an issue, two ramps, a hop. */
    readonly step: number;
    /** Processors one after the other in two phases. */
    readonly twoPhaseDepth: number;
    /** What a star takes beside a word a cycle. */
    readonly starStart: number;
    /** The ring: words of a chunk, rounds, cycles; what the published model says of it; chain and broadcast beside it. */
    readonly chunk: number;
    readonly ringRounds: number;
    readonly ring: number;
    readonly ringModel: number;
    readonly chainBroadcast: number;
  };
  readonly 'last-pe': {
    readonly pes: number;
    readonly width: number;
    readonly height: number;
    readonly k: number;
    readonly m: number;
    /** Closed forms with one row and with two rows on the fullest PE. */
    readonly oneRow: number;
    readonly twoRows: number;
    readonly splitK: number;
    readonly splitWhole: number;
  };
  readonly backpressure: {
    readonly pes: number;
    readonly words: number;
    readonly service: number;
    readonly depth: number;
    readonly output: number;
    readonly input: number;
    readonly capacity: number;
    /** Cycles until the first word is at the last PE. */
    readonly way: number;
    readonly first: number;
    readonly blamePes: number;
    readonly blameService: number;
    readonly nextPes: number;
    readonly nextWords: number;
    readonly nextCapacity: number;
    readonly nextWay: number;
  };
}

/** What a question simulates, as far as that gives no answer away. */
export interface Stage {
  readonly machine: string;
  /** Rectangles of PEs, each once. */
  readonly rectangles: ReadonlyArray<{ readonly width: number; readonly height: number }>;
  /** Ids of what is run on them, as in {@link Shot}. */
  readonly what: readonly string[];
}

/** What can be said of a lesson before anything runs. */
export interface Facts<L extends LessonId = LessonId> {
  readonly lesson: L;
  readonly given: Given[L];
  /** The closed form's answer to each question. */
  readonly closed: Readonly<Record<string, Answer>>;
  readonly stages: Readonly<Record<string, Stage>>;
}

/** A moment in the Lab. */
export interface Look {
  readonly cycle: number;
  readonly x: number;
  readonly y: number;
}

/** What was varied: columns N, words B or L, rows M, weights of a row K, PEs P, PEs that share a row S. */
export type Varied = 'N' | 'B' | 'L' | 'M' | 'K' | 'P' | 'S';

/** One simulation of a run. */
export interface Shot {
  /** Id of what was run: a mapping, an algorithm; words are the page's. */
  readonly what: string;
  readonly varied: Varied;
  readonly x: number;
  readonly simulated: number;
  readonly closed: number;
  /** The Lab's address of it, with its #. */
  readonly link: string;
}

/** What a PE, or the FIFO of its router, did from `begin` to `end`. */
export interface Strip {
  readonly row: number;
  readonly kind: 'compute' | 'dequantise' | 'send' | 'receive' | 'load' | 'wait' | 'blocked' | 'slot';
  readonly begin: number;
  readonly end: number;
}

export interface Curve {
  readonly what: string;
  readonly closed: ReadonlyArray<readonly [x: number, y: number]>;
  readonly simulated: ReadonlyArray<readonly [x: number, y: number]>;
}

/** Bytes of a PE. */
export interface Bar {
  readonly what: string;
  readonly varied: Varied;
  readonly x: number;
  readonly code: number;
  readonly weights: number;
  readonly rest: number;
}

export type Figure =
  /** PEs from top to bottom, cycles from left to right. */
  | { readonly kind: 'strips'; readonly rows: number; readonly cycles: number; readonly strips: readonly Strip[] }
  /** Bytes of a PE beside its limit. */
  | { readonly kind: 'bytes'; readonly capacity: number; readonly bars: readonly Bar[] }
  | {
      readonly kind: 'curves';
      readonly x: Varied;
      readonly y: 'cycles' | 'share';
      readonly log: boolean;
      readonly curves: readonly Curve[];
      /** Where to look. */
      readonly at: number | null;
    };

export interface LessonRun {
  /** What the simulator measured, to hold the prediction against; and the closed form of the same. */
  readonly value: Answer;
  readonly closed: Answer;
  readonly shots: readonly Shot[];
  readonly figure: Figure;
}

export interface Asked {
  readonly lesson: LessonId;
  readonly question: string;
  /** Empty for the numbers of the book; else what the teacher gave. */
  readonly seed: string;
  /** What was predicted; some runs place it. */
  readonly answer: Answer;
}

export interface LessonProgress {
  /** Simulations done, and of how many. */
  readonly done: number;
  readonly of: number;
  /** Cycle that the one under way has reached. */
  readonly cycle: number;
}

export interface Lessons {
  facts(lesson: LessonId, seed: string): Promise<Outcome<Facts>>;
  /** A second run, or cancel(), ends the first with a cancelled error. */
  run(asked: Asked, onProgress: (progress: LessonProgress) => void): Promise<Outcome<LessonRun>>;
  cancel(): Promise<void>;
}
