/** Events of a small run, against the trace asked cycle by cycle. */
import { describe, expect, it } from 'vitest';
import { peEvents, runEvents } from '../../src/analysis/events.ts';
import { routePosition } from '../../src/analysis/route-state.ts';
import { switchTurns } from '../../src/analysis/switches.ts';
import { KIND, KINDS } from '../../src/trace/schema.ts';
import { eventText } from '../../src/views/dock/EventsTab.tsx';
import { SAMPLE, SAMPLE_Y, sampleRun } from '../drivers/sample-run.ts';

const reader = sampleRun();
const { cycles } = reader.trace;
const events = runEvents(reader);
const of = (kind: string) => events.filter((e) => e.kind === kind);

describe('events of a run', () => {
  it('are in order and end with the last cycle', () => {
    const at = events.map((e) => e.cycle);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(of('end')[0].cycle).toBe(cycles);
  });

  it('name the first multiply-add of both columns, where a PE computes in that cycle', () => {
    expect(of('firstMac').map((e) => e.what)).toEqual(['column 0', 'column 1']);
    for (const { pe, cycle } of of('firstMac')) expect(reader.stateOf(pe, cycle)).toBe(KIND.compute);
  });

  it('the first and the longest stall of a kind are that: on 24 PEs in a row the far ones wait for x', () => {
    const row = sampleRun({ ...SAMPLE, width: 24, height: 1 });
    const { kind, begin, end } = row.trace.intervals;
    const stalls = runEvents(row).filter((e) => e.kind === 'firstStall' || e.kind === 'longestStall');
    expect(stalls.length).toBeGreaterThan(0);
    const ofKind = (what: string) => [...kind].flatMap((k, i) => (KINDS[k] === what ? [{ begin: begin[i], cycles: end[i] - begin[i] }] : []));
    for (const { kind: name, what, cycle, value } of stalls) {
      const all = ofKind(what);
      if (name === 'firstStall') expect(cycle).toBe(Math.min(...all.map((s) => s.begin)));
      else expect(value).toBe(Math.max(...all.map((s) => s.cycles)));
    }
  });

  it('the first and the last result are the first and the last word at the edge', () => {
    const ticks = reader.program.sinks.flatMap((sink, i) => Array.from({ length: sink.expect }, (_, n) => reader.sinkTick(i, n)));
    expect([of('firstResult')[0].cycle, of('lastResult')[0].cycle]).toEqual([Math.min(...ticks), Math.max(...ticks)]);
  });

  it('switches turn in the cycles in which their position is another than in the cycle before', () => {
    for (let pe = 0; pe < reader.pes; pe++) {
      const route = reader.program.routes[pe].find((r) => r.color === SAMPLE_Y)!;
      const turned: number[] = [];
      for (let t = 1; t <= cycles; t++) if (routePosition(reader, pe, route, t) !== routePosition(reader, pe, route, t - 1)) turned.push(t);
      // The last PE of a row turns after its last word, which no departure tells.
      const told = switchTurns(reader, pe).map((turn) => turn.cycle);
      expect(told).toEqual(turned.slice(0, told.length));
      expect(turned.length - told.length).toBeLessThanOrEqual(pe % reader.trace.width === reader.trace.width - 1 ? 1 : 0);
    }
    expect(of('firstTurn')).toHaveLength(1);
  });

  it('of a PE are its own, in order, and every event has words', () => {
    const own = peEvents(reader, 5);
    expect(own.every((e) => e.pe === 5)).toBe(true);
    expect(own.map((e) => e.kind)).toEqual(expect.arrayContaining(['firstX', 'firstMac', 'sent', 'atEdge', 'turn']));
    for (const event of [...events, ...own]) expect(eventText(event)).not.toContain('undefined');
  });
});
