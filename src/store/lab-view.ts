/** How the Lab's run is looked at: every field that its links hold beside the setup and the moment. A new one needs a line here and in types.ts. */
import { type Field, type Fields, naturals, numbersOf, oneOf, someOf, usualOf, ZOOM } from './link-fields.ts';
import { SLOW_AROUND } from './playback.ts';
import { DOCK_TAB_IDS, LAYERS, type LabState, LINK_ORDERS, PHONE_TABS, STAGES, TOGGLES } from './types.ts';

export type LabView = Pick<
  LabState,
  'layer' | 'latencyStage' | 'dockTab' | 'camera' | 'slowAround' | 'phoneTab' | 'routes' | 'linkOrder' | 'study' | 'block' | 'memoryRange' | 'on'
>;

const STUDY: Field<LabState['study']> = {
  key: 'study',
  usual: { about: 'kernels', along: 'n', against: 'streaming' },
  write: ({ about, along, against }) => `${along}.${against}${about === 'constants' ? '.constants' : ''}`,
  read: (text) => {
    const [, along, against, constants] = /^([nkm])\.(streaming|weight-streaming)(\.constants)?$/.exec(text) ?? [];
    return along === undefined ? undefined : ({ about: constants === undefined ? 'kernels' : 'constants', along, against } as LabState['study']);
  },
};

/** A stored block of the selected PE: its row among those of the PE, and its place in the row. */
const BLOCK: Field<LabState['block']> = {
  key: 'block',
  usual: { row: 0, block: 0 },
  write: ({ row, block }) => `${row}.${block}`,
  read: (text) => {
    const [row, block, ...more] = naturals(text, '.') ?? [];
    return block === undefined || more.length > 0 ? undefined : { row, block };
  },
};

/** A range of the selected PE's memory, counted in order of address. */
const MEMORY: Field<number | null> = { key: 'memory', usual: null, write: (at) => String(at ?? ''), read: (text) => naturals(text, ',')?.[0] };

export const LAB_VIEW: Fields<LabView> = {
  layer: oneOf('layer', LAYERS),
  latencyStage: oneOf('stage', STAGES),
  dockTab: oneOf('tab', DOCK_TAB_IDS),
  camera: ZOOM,
  slowAround: oneOf<number>('slow', SLOW_AROUND),
  phoneTab: oneOf('pane', PHONE_TABS),
  routes: numbersOf('routes'),
  linkOrder: oneOf('order', LINK_ORDERS),
  study: STUDY,
  block: BLOCK,
  memoryRange: MEMORY,
  on: someOf('on', TOGGLES),
};

export const USUAL_VIEW: LabView = usualOf(LAB_VIEW);
