import { describe, expect, it } from 'vitest';
import { ProgramError } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { deadlock } from '../../src/scenarios/deadlock.ts';
import { scenarioById } from '../../src/scenarios/registry.ts';
import { Recorder } from '../../src/trace/recorder.ts';

describe.each(Object.values(MACHINES))('the deadlock on $id', (machine) => {
  it.each([
    ['reference', createReferenceEngine],
    ['wavelet', createWaveletEngine],
  ])('passes 6 words a PE in the first round and stops in a circle of four in the second, on the %s engine', (_, factory) => {
    const program = deadlock(machine);
    validateProgram(program);
    const recorder = new Recorder(4, enumerateChannels(program), 0, 0);
    const run = (): void => factory(program, recorder).advance(10_000);
    expect(run).toThrow(ProgramError);
    expect(run).toThrow('nothing can move any more, 4 waits in a circle: PE 0,0 waits for color 3 from the south; PE 0,1 waits');
  });

  it('adds the numbers of the PE before to its own, i + word each, in the first round', () => {
    const program = deadlock(machine);
    const engine = createWaveletEngine(program);
    expect(() => engine.advance(10_000)).toThrow(ProgramError);
    const { address, bytes } = program.classes[0]!.memory.find((a) => a.name === 'sums')!;
    // PE 0,0 is 0 in the ring, the one before it 3: (0 + word) + (3 + word).
    expect([...new Float32Array(engine.memory(0, address, bytes).slice().buffer)]).toEqual([3, 5, 7, 9, 11, 13]);
  });
});

it('an unknown scenario is an error that names the known ones', () => {
  expect(() => scenarioById('toString')).toThrow('unknown scenario toString');
});
