import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { matricesOfModel, parametersOf } from '../../src/model/architecture.ts';
import { MODEL_PRESETS, modelPreset } from '../../src/model/presets.ts';
import { fromConfigJson } from '../../src/model/read-config.ts';

const CONFIG = {
  model_type: 'llama',
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  intermediate_size: 11_008,
  vocab_size: 32_000,
  max_position_embeddings: 4096,
};
const read = (change: object = {}) => fromConfigJson(JSON.stringify({ ...CONFIG, ...change }), 'config.json');
const errorOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return `${error.field}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

describe('models by name', () => {
  // Published parameter counts, norms left out (they are below 0.01 %).
  it.each([
    ['Llama-2-7B', 6.738e9],
    ['Llama-2-13B', 13.016e9],
    ['Llama-2-70B', 68.976e9],
    ['Llama-3-8B', 8.03e9],
    ['Llama-3-70B', 70.55e9],
    ['Llama-3.1-405B', 405.85e9],
    ['Llama-3.2-1B', 1.2358e9],
    ['Llama-3.2-3B', 3.2128e9],
    ['Qwen2-0.5B', 0.494e9],
    ['Qwen2-1.5B', 1.5437e9],
    ['Qwen2-7B', 7.6156e9],
    ['Qwen2-72B', 72.706e9],
  ])('%s has %d parameters within 0.1 %%', (name, parameters) => {
    expect(Math.abs(parametersOf(modelPreset(name)) / parameters - 1)).toBeLessThan(1e-3);
  });

  it('are found in any case, and an unknown one names the nearest', () => {
    expect(modelPreset('llama-2-7b').hidden).toBe(4096);
    expect(errorOf(() => modelPreset('llama-2-8b'))).toBe("MODEL: there is no model called 'llama-2-8b'");
    expect(new Set(MODEL_PRESETS.map((p) => p.name)).size).toBe(MODEL_PRESETS.length);
  });

  it('Llama-2-7B has 42 496 rows a layer and 32 000 in the head', () => {
    const matrices = matricesOfModel(modelPreset('Llama-2-7B'));
    expect(matrices.filter((m) => m.stage !== 'output').reduce((sum, { m }) => sum + m, 0)).toBe(42_496);
    expect(matrices.at(-1)).toMatchObject({ name: 'output', m: 32_000, k: 4096, count: 1 });
  });
});

describe('config.json', () => {
  it('of Llama-2-7B gives the sizes of the preset', () => {
    expect({ ...read(), name: 'Llama-2-7B' }).toEqual(modelPreset('Llama-2-7B'));
  });

  it.each([
    [{ model_type: 'bert' }, 'model_type: the architecture is "bert"; sizes are known for llama, mistral, qwen2'],
    [{ hidden_size: undefined }, 'hidden_size: it is missing; it must be a whole number from 1'],
    [{ num_hidden_layers: -2 }, 'num_hidden_layers: it is -2; it must be a whole number from 1'],
    [{ num_key_value_heads: 5 }, 'num_key_value_heads: 32 heads do not share 5 heads of keys and values evenly'],
    [{ head_dim: 1.5 }, 'head_dim: it is 1.5; it must be a whole number from 1'],
  ])('with %o is one error', (change, message) => {
    expect(errorOf(() => read(change))).toBe(message);
  });

  it('that is no JSON or no object is one error', () => {
    expect(errorOf(() => fromConfigJson('{', 'x.json'))).toContain("MODEL: 'x.json' is no JSON");
    expect(errorOf(() => fromConfigJson('[1]', 'x.json'))).toBe("MODEL: 'x.json' holds no object");
  });
});
