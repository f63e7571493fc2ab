/** The English of playing a run: its buttons with their keys, the cycle, the speed. The compare page plays with the same. */
import { grouped } from '../format.ts';

/** A playback rate: "4 cycles/s". */
export const speedName = (speed: number): string => `${grouped(speed)} ${speed === 1 ? 'cycle' : 'cycles'}/s`;

export const TRANSPORT_TEXT = {
  playback: 'Playback',
  first: { name: 'First cycle', keys: 'Home' },
  playBack: { name: 'Play backwards', keys: 'Space when it runs' },
  pauseBack: { name: 'Pause', keys: 'Space when it runs' },
  back: { name: 'One cycle back', keys: '←' },
  play: { name: 'Play', keys: 'Space' },
  pause: { name: 'Pause', keys: 'Space' },
  forward: { name: 'One cycle forward', keys: '→' },
  last: { name: 'Last cycle', keys: 'End' },
  /** Before the field that holds it, and the field's own name. */
  cycle: 'cycle',
  cycleField: 'Cycle',
  of: (cycles: number) => `of ${grouped(cycles)}`,
  speed: 'Playback speed',
  options: 'Playback options',
  steps: {
    changeBefore: { name: 'Previous change of the PE', keys: 'Shift ←' },
    changeAfter: { name: 'Next change of the PE', keys: 'Shift →' },
    eventBefore: { name: 'Previous event', keys: ',' },
    eventAfter: { name: 'Next event', keys: '.' },
  },
  slow: 'Slow motion at events',
  slowAt: (speed: number) => `Slow motion at events, ${speedName(speed)}`,
  slowOff: 'off',
  slowAround: (cycles: number) => `${cycles} cycles before and after`,
} as const;
