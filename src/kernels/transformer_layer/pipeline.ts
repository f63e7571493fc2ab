/** From a plan back to all that the kernel's parts read: sizes, places, jobs. Nothing here is stored in a plan. */

import { assert } from '../../base/error.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { LayerMatrix } from '../../model/layer.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { KernelOptions } from '../options.ts';
import { defaultDot } from '../options.ts';
import type { Plan } from '../types.ts';
import { type Form, formOf, type Projection } from './form.ts';
import { type Layout, layoutOf, pesOfPart } from './layout.ts';
import type { ProjectionJob } from './projection-layout.ts';

export interface Pipeline {
  readonly machine: MachineSpec;
  readonly options: KernelOptions;
  readonly form: Form;
  readonly layout: Layout;
}

export const pipelineOf = ({ machine, options, shape, rectangle }: Plan): Pipeline => {
  const form = formOf(shape, options);
  const layout = layoutOf(form, machine, rectangle);
  assert(layout !== undefined, 'a plan has room for its regions');
  return { machine, options, form, layout };
};

/** Rows `first` to `first + units - 1` of each of `matrices`, which PE `index` of a projection holds. */
export interface Share {
  readonly matrices: readonly LayerMatrix[];
  readonly first: number;
  readonly units: number;
}

/** What each PE of a projection holds, in order. */
export function sharesOf({ parts, units }: Projection): Share[] {
  return parts.flatMap(({ matrices, m }) =>
    Array.from({ length: pesOfPart({ matrices, m }, units) }, (_, i): Share => ({ matrices, first: i * units, units: Math.min(units, m - i * units) })),
  );
}

/** What decides a PE's code. */
export type ShareKind = Pick<Share, 'matrices' | 'units'>;

/** The different shares of a projection's PEs: full ones, and the last one of a part. */
export const shareKinds = ({ parts, units }: Projection): ShareKind[] =>
  parts.flatMap(({ matrices, m }) => [Math.min(units, m), m % units].filter((rows) => rows > 0).map((rows) => ({ matrices, units: rows })));

export function jobOf({ machine, options, form }: Omit<Pipeline, 'layout'>, stage: Projection, share: ShareKind): ProjectionJob {
  return {
    machine,
    inner: options.inner ?? 'streaming',
    dot: options.dot ?? defaultDot(machine),
    k: stage.k,
    groups: share.matrices.map((matrix) => ({ dequantiser: dequantiserFor(form.formats[matrix]), rows: share.units })),
    shares: stage.units * share.matrices.length > 1,
    activation: stage.activation,
  };
}

/** Shares with the same code, once each: by formats and units. */
export const keyOf = (form: Form, share: ShareKind): string => [share.units, ...share.matrices.map((matrix) => form.formats[matrix])].join();
