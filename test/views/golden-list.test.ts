/** Every part of the page that draws has golden pictures: who adds a chart names its picture here. Which charts a report has, its own pictures tell (test/report/golden.test.ts). */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pictures } from '../drivers/golden.ts';

const VIEWS = new URL('../../src/views/', import.meta.url);

/** A chart, a canvas, or bars of HTML. */
const DRAWS = /<svg\s+(?:key=\S+\s+)?className=|<canvas\b|role="img"|className="(?:bar|track)"/;

/** Pictures, by a part of their names, of what each module draws. */
const SHOWN_BY: Readonly<Record<string, string>> = {
  'app/PhoneSummary.tsx': 'phone-summary',
  'charts/Histogram.tsx': 'dock-latency',
  'charts/LogLines.tsx': 'study-crossing',
  'charts/Scrubber.tsx': 'playhead',
  'charts/Tornado.tsx': 'study-constants',
  'compare/Panes.tsx': 'pair-',
  'compare/Strips.tsx': 'compare-strips',
  'controls/MemoryBar.tsx': 'inspector',
  'dock/LanesTab.tsx': 'dock-lanes',
  'dock/LatencyTab.tsx': 'dock-latency',
  'dock/LinksTab.tsx': 'dock-links',
  'dock/PathTab.tsx': 'dock-path',
  'dock/UtilisationTab.tsx': 'dock-utilisation',
  'fabric/FabricPanel.tsx': 'fabric-',
  'fabric/Minimap.tsx': 'minimap',
  'gallery/Picture.tsx': 'gallery-',
  'inspector/Inspector.tsx': 'inspector',
  'inspector/PeRoofline.tsx': 'pe-roofline',
  'learn/BytesFigure.tsx': 'learn-bytes',
  'learn/CurvesFigure.tsx': 'learn-curves',
  'learn/Outcome.tsx': 'learn-outcome',
  'learn/StageFigure.tsx': 'learn-stage',
  'learn/StripsFigure.tsx': 'learn-strips',
  'model/Beside.tsx': 'beside',
  'model/Strip.tsx': 'embedding',
  'model/WaferBar.tsx': 'wafer-bar',
  'sweep/Pareto.tsx': 'pareto',
  'sweep/SweepChart.tsx': 'sweep',
  'verdict/StateBar.tsx': 'state-bar',
};

it('every module that draws is shown by a picture', () => {
  const modules = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  const drawing = modules.map((file) => file.replaceAll('\\', '/')).filter((file) => DRAWS.test(readFileSync(new URL(file, VIEWS), 'utf8')));
  expect(Object.keys(SHOWN_BY)).toEqual(drawing.sort());
  const names = pictures();
  for (const shown of Object.values(SHOWN_BY))
    expect(
      names.filter((name) => name.startsWith(shown)),
      shown,
    ).not.toEqual([]);
});
