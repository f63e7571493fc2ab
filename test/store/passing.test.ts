import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { passMessages } from '../../src/store/passing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const store = createStore<{ message: string | null; cycle: number }>(() => ({ message: null, cycle: 0 }));
  return { store, stop: passMessages(store), message: () => store.getState().message };
}

it('a message stays while it is read, whatever else happens, then goes; a long one stays longer', () => {
  const { store, message } = setUp();
  store.setState({ message: 'Link copied.' });
  vi.advanceTimersByTime(6000);
  store.setState({ cycle: 7 });
  expect(message()).toBe('Link copied.');
  vi.advanceTimersByTime(1200);
  expect(message()).toBeNull();
  store.setState({ message: 'x'.repeat(100) });
  vi.advanceTimersByTime(15_999);
  expect(message()).not.toBeNull();
  vi.advanceTimersByTime(1);
  expect(message()).toBeNull();
});

it('the time of a message begins anew with the next one, and ends with whoever follows', () => {
  const { store, stop, message } = setUp();
  store.setState({ message: 'one' });
  vi.advanceTimersByTime(6000);
  store.setState({ message: 'two' });
  vi.advanceTimersByTime(6000);
  expect(message()).toBe('two');
  stop();
  vi.runAllTimers();
  expect(message()).toBe('two');
});
