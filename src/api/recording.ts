/**
 * Where the events of a run go: kept in memory, or written to a file while the run goes on and read back from it for the
 * analysis, so that a long run needs no memory for what it has recorded until it is over.
 */
import { enumerating } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';
import { cutTrace } from '../trace/cut.ts';
import { TraceOpener } from '../trace/open.ts';
import { Recorder } from '../trace/recorder.ts';
import type { Trace } from '../trace/schema.ts';
import { TraceWriter } from '../trace/writer.ts';
import { MODEL_VERSION, type TraceFile } from './protocol.ts';
import { inSlices } from './slices.ts';

export interface Recording {
  readonly recorder: Recorder;
  /** To be called between slices of the run: writes what there is to write. True when the last slice was too much of a mouthful. */
  write(engine: { readonly cycle: number; tell(): void }): Promise<boolean>;
  /** The trace of a run that ended after `cycles` cycles; `early`: by an error, of which the engine may have been ahead. */
  finish(cycles: number, early: boolean, pause: () => Promise<void>): Promise<Trace>;
}

/** A slice that closes this many times the rows of a chunk is too long. */
const MOUTHFUL = 4;

/** In pieces. */
export function* startingRecording(program: Program, file: TraceFile | undefined): Generator<void, Recording> {
  const { width, height, sources, sinks } = program;
  const channels = yield* enumerating(program);
  const recorderWith = (writer?: TraceWriter): Recorder => new Recorder(width * height, channels, sources.length, sinks.length, writer);
  if (file) return toFile(program, file, recorderWith);
  const recorder = recorderWith();
  return {
    recorder,
    write: async () => false,
    async finish(cycles, early, pause) {
      const trace = await inSlices(recorder.finishing(width, height, cycles), pause);
      return early ? cutTrace(trace, cycles) : trace;
    },
  };
}

function toFile(program: Program, file: TraceFile, recorderWith: (writer: TraceWriter) => Recorder): Recording {
  const pieces: Uint8Array[] = [];
  const writer = new TraceWriter(program, MODEL_VERSION, (bytes) => pieces.push(bytes));
  const recorder = recorderWith(writer);
  const writeOut = async (): Promise<void> => {
    for (const piece of pieces.splice(0)) await file.write(piece);
  };
  return {
    recorder,
    async write(engine) {
      if (!recorder.isFull) return false;
      const isMuch = recorder.waiting > MOUTHFUL * writer.chunkRows;
      engine.tell();
      recorder.drain(engine.cycle);
      await writeOut();
      return isMuch;
    },
    async finish(cycles, _, pause) {
      recorder.end(cycles);
      await writeOut();
      const opener = new TraceOpener();
      for await (const piece of file.read()) {
        opener.push(piece);
        await pause();
      }
      return (await inSlices(opener.finishing(), pause)).trace;
    },
  };
}
