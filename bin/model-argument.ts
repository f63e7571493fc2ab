/** The argument MODEL of commands about whole models: a file if there is one of that name, else a preset. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { openSizes } from '../src/api/whole-model.ts';
import type { ModelSizes } from '../src/model/sizes.ts';
import type { Storage } from '../src/model/storage.ts';
import { openModelFile } from './files.ts';

/** Sizes of MODEL. @throws WeftError */
export async function sizesOfArgument(model: string, storage?: Storage): Promise<ModelSizes> {
  const exists = await stat(model).then(
    () => true,
    () => false,
  );
  // What looks like a path is one, so that a missing file is not called an unknown model.
  if (!exists && !/[\\/]|\.(gguf|json)$/i.test(model)) return openSizes({ preset: model }, storage);
  return openSizes({ blob: await openModelFile('MODEL', model), name: basename(model) }, storage);
}
