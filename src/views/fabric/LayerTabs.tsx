/** The layers as tabs of the panel's header. */
import { lab } from '../../store/lab.ts';
import { LAYERS } from '../../store/types.ts';
import { TabList } from '../controls/Tabs.tsx';
import { useLab } from '../hooks.ts';
import { LAYER_NAMES } from './layer.ts';

/** Links are one tab; its legend chooses between utilisation and demand. */
const TABS = LAYERS.filter((id) => id !== 'demand').map((id) => ({ id, name: LAYER_NAMES[id] }));

export function LayerTabs() {
  const layer = useLab((s) => (s.layer === 'demand' ? 'links' : s.layer));
  return <TabList id="layer" label="Layer" tabs={TABS} chosen={layer} onChoose={(next) => lab.setState({ layer: next })} />;
}
