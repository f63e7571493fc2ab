import { describe, expect, it } from 'vitest';
import { parseCompare } from '../../src/store/compare-url.ts';
import { dropFile, routeForFile, takeDropped } from '../../src/store/dropped.ts';
import { addressOf, SCENARIOS, type Scenario } from '../../src/store/gallery.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { encodeLink, parseLink } from '../../src/store/url.ts';
import { factText, SCENARIO_WORDS } from '../../src/views/gallery/strings.ts';

const scenarios: readonly Scenario[] = SCENARIOS;

describe('the gallery', () => {
  it('has at least twelve scenarios of different names, every variant of the mission among them', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(12);
    expect(new Set(scenarios.map((s) => s.id)).size).toBe(scenarios.length);
    const kernels = new Set(scenarios.flatMap((s) => s.runs.map((r) => r.kernel)));
    for (const kernel of ['streaming', 'stationary', 'batched', 'llama7b', 'transformer_layer', 'split-k', 'weight-streaming'])
      expect(kernels).toContain(kernel);
    expect(scenarios.some((s) => s.runs[0].as === 'q4_k_ix' && s.runs[0].model === 'demo')).toBe(true);
    expect(scenarios.some((s) => s.runs[0].scenario === 'deadlock')).toBe(true);
  });

  it('links have fewer than 1 500 characters and bring back the runs as they are', () => {
    for (const scenario of scenarios) {
      const address = addressOf(scenario, 1234);
      expect(`https://example.org/weft${address}`.length).toBeLessThan(1500);
      const [path, hash] = address.split('#');
      expect(path).toBe(`/${scenario.route}/`);
      if (scenario.route === 'lab') {
        const { link, notices } = parseLink(hash, INITIAL.config);
        expect(notices).toEqual([]);
        expect(link).toMatchObject({ cycle: 1234, view: scenario.layer ? { layer: scenario.layer } : {} });
        expect(encodeLink({ config: link.config })).toBe(encodeLink({ config: scenario.runs[0] }));
      }
      if (scenario.route === 'compare') {
        const { link, notices } = parseCompare(hash, { a: INITIAL.config, b: INITIAL.config });
        expect(notices).toEqual([]);
        expect([link.a, link.b]).toEqual(scenario.runs);
      }
    }
  });

  it('asks one question each, in one line, and says facts with their numbers', () => {
    for (const { id } of scenarios) {
      const { title, question, shows } = SCENARIO_WORDS[id];
      expect(question).toMatch(/^[^\n]{10,70}\?$/);
      expect(title.length).toBeLessThan(30);
      expect(shows).toMatch(/\.$/);
    }
    expect(factText({ kind: 'run', cycles: 7302, bound: 1.0095 })).toBe('7\u202f302 cycles · 1.01× the bound');
    expect(factText({ kind: 'stuck', cycle: 12, waits: 4 })).toBe('stuck at cycle 12 · 4 waits in a circle');
  });
});

describe('a file given to another route', () => {
  it('goes to the route that opens it, once', () => {
    expect(routeForFile({ name: 'a.GGUF' })).toBe('lab');
    expect(routeForFile({ name: 'config.json' })).toBe('model');
    expect(routeForFile({ name: 'notes.txt' })).toBeNull();
    const file = new File(['x'], 'a.gguf');
    dropFile(file);
    expect(takeDropped('model')).toBeNull();
    expect(takeDropped('lab')).toBe(file);
    expect(takeDropped('lab')).toBeNull();
  });
});
