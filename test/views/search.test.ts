import { describe, expect, it, vi } from 'vitest';
import type { Actions } from '../../src/store/actions.ts';
import { INITIAL, lab } from '../../src/store/lab.ts';
import type { LabState } from '../../src/store/types.ts';
import { entriesFor } from '../../src/views/palette/entries.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const reader = sampleRun();
const configure = vi.fn();
const tensor = { name: 'blk.0.ffn_up', shape: [512, 24], runnable: true };
const state = {
  ...INITIAL,
  reader,
  model: { name: 'm', tensors: [tensor] },
  result: { rows: { first: Int32Array.of(0, 2, -1), count: Uint16Array.of(2, 2, 0) } },
} as unknown as LabState;
/** Three PEs of a layer: two rows each of gate and up, then of down. */
const layer = {
  ...state,
  result: {
    rows: {
      first: Int32Array.of(0, 2, 0),
      count: Uint16Array.of(4, 4, 3),
      matrices: { of: Uint8Array.of(0, 0, 1), groups: [['ffn_gate', 'ffn_up'], ['ffn_down']] },
    },
  },
} as unknown as LabState;
const findInLayer = (text: string) => entriesFor(text, layer, { configure } as unknown as Actions, () => {}).map(({ name, hint }) => [name, hint]);
const find = (text: string) => entriesFor(text, state, { configure } as unknown as Actions, () => {});

describe('the palette', () => {
  it('finds a PE by x,y, a row by its number and the PE that holds it, a cycle', () => {
    expect(find('1,0')[0]).toMatchObject({ kind: 'PE', name: 'PE 1,0' });
    find('pe 1,0')[0].act();
    expect(lab.getState().pe).toBe(1);
    expect(find('row 3')).toMatchObject([{ kind: 'Row', name: 'Row 3', hint: 'PE 1,0' }]);
    expect(find('3').map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Row', 'Cycle']));
  });

  it('finds a row in each matrix that has it, or in the one that is named, wholly or in part', () => {
    expect(findInLayer('row 2')).toEqual([
      ['Row 2 of ffn_gate', 'PE 1,0'],
      ['Row 2 of ffn_up', 'PE 1,0'],
      ['Row 2 of ffn_down', 'PE 2,0'],
    ]);
    expect(findInLayer('row 3')).toHaveLength(2);
    expect(findInLayer('row 2 of ffn_down')).toEqual([['Row 2 of ffn_down', 'PE 2,0']]);
    expect(findInLayer('2 DOWN')).toEqual([['Row 2 of ffn_down', 'PE 2,0']]);
    expect(findInLayer('row 4 of ffn_up')).toEqual([]);
  });

  it('finds tensors, events and commands by any of their words, those that begin so first', () => {
    expect(find('ffn')).toMatchObject([{ kind: 'Tensor', name: 'blk.0.ffn_up', hint: '24 × 512' }]);
    find('ffn')[0].act();
    expect(configure).toHaveBeenCalledWith({ tensor: 'blk.0.ffn_up', k: 512, m: 24 });
    expect(find('layer sram').map(({ name }) => name)).toEqual(['Layer: SRAM']);
    expect(find('end of the run').map(({ kind }) => kind)).toEqual(['Event']);
    expect(find('play')[0].name).toBe('Play');
    expect(find('no such thing')).toEqual([]);
  });
});
