/** Links as the page shows them: which link, in what order, and demand by PE in a window. */
import { describe, expect, it } from 'vitest';
import { departuresOver } from '../../src/analysis/departures.ts';
import { countOf, linkDemand, linkPartsIn, listLinks } from '../../src/analysis/link-demand.ts';
import { linkTimes } from '../../src/analysis/link-load.ts';
import { fillMagnitude } from '../../src/analysis/magnitudes.ts';
import { Port } from '../../src/machine/fabric.ts';
import { shownLink } from '../../src/views/dock/LinksTab.tsx';
import { countLinks, countLinksIn, linkCounts } from '../../src/views/link-counts.ts';
import { sampleRun } from '../drivers/sample-run.ts';
import { settled } from '../drivers/settled.ts';

const reader = sampleRun();
const { cycles } = reader.trace;

function counted(most: number) {
  const work = linkTimes(reader, most);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value!;
}
const times = counted(cycles);

describe('links on the page', () => {
  it('a window of the whole run gives each PE the demand for its busiest link, ramps left out', () => {
    const out = new Float32Array(reader.pes);
    fillMagnitude(reader, { layer: 'demand', stage: 'firstX', cycle: cycles - 1, window: cycles, links: times }, out);
    for (let pe = 0; pe < reader.pes; pe++) {
      const own = times.links.filter((l) => l.pe === pe && l.port !== Port.RAMP).map((l) => linkDemand(l, cycles));
      expect(out[pe]).toBeCloseTo(Math.max(0, ...own), 5);
    }
    fillMagnitude(reader, { layer: 'demand', stage: 'firstX', cycle: 10, window: 4, links: null }, out);
    expect([...out].every((v) => v === -1)).toBe(true);
  });

  it('parts of a link end with the run and hold all its wavelets and waiting', () => {
    const link = times.links[0];
    const parts = linkPartsIn(departuresOver(reader, link.pe, link.port, times), 0, cycles, 7);
    expect(parts.length).toBeLessThanOrEqual(7);
    expect(parts[parts.length - 1].end).toBe(cycles);
    const total = (value: 'moved' | 'waited') => parts.reduce((sum, p) => sum + p[value] * (p.end - p.begin), 0);
    expect([Math.round(total('moved')), Math.round(total('waited'))]).toEqual([link.wavelets, link.waited]);
  });

  it('are sorted by the largest value of a column, or the first place', () => {
    const demands = listLinks(times, 'demand', 5).map((link) => linkDemand(link, cycles));
    expect(demands).toEqual([...demands].sort((a, b) => b - a));
    expect(demands).toHaveLength(5);
    expect(listLinks(times, 'colors', 1)[0].colors).toEqual([0]);
    expect(listLinks(times, 'place', 2).map(({ pe }) => pe)).toEqual([0, 0]);
    expect(listLinks(times, 'wavelets', 1e6)).toHaveLength(countOf(times));
  });

  it('counted in a part of the run stay so while others ask for the whole of it', async () => {
    const span = { from: 20, to: 60 };
    countLinksIn(reader, span);
    countLinks(reader);
    await settled(() => expect(linkCounts.getState().part?.span).toBe(span));
    expect(linkCounts.getState()).toMatchObject({ share: 1, part: { times: { from: 20, to: 60 } } });
    expect(linkCounts.getState().times?.links).toHaveLength(times.links.length);
  });

  it('the link shown is the chosen one while its PE is selected, else the busiest of the selected PE', () => {
    const ofPe = (pe: number) => times.links.filter((l) => l.pe === pe && l.port !== Port.RAMP);
    const chosen = times.links.find((l) => l.pe === 1)!;
    expect(shownLink(times, chosen, 1)).toMatchObject({ pe: 1, port: chosen.port });
    expect(shownLink(times, chosen, 2)).toMatchObject({ pe: 2, port: ofPe(2)[0].port });
    expect(shownLink(times, null, null)).toBe(times.links[0]);
  });
});
