/**
 * A 2D context that draws nothing and remembers what it was asked: for tests of draw functions, which see coordinates, texts
 * and fills. Text is 5 px a character.
 */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  /** fillStyle, or strokeStyle for strokes, at the time of the call. */
  readonly style: string;
}

export interface FakeCanvas {
  readonly ctx: CanvasRenderingContext2D;
  readonly calls: readonly Call[];
  /** Texts in the order they were written. */
  texts(): string[];
  count(name: string): number;
}

export function fakeCanvas(): FakeCanvas {
  const calls: Call[] = [];
  const state: Record<string, unknown> = { fillStyle: '#000', strokeStyle: '#000', font: '10px x' };
  const own: Record<string, unknown> = {
    measureText: (text: string) => ({ width: text.length * 5 }),
    getLineDash: () => [],
  };
  const ctx = new Proxy(state, {
    get: (target, name: string) => {
      if (name in own) return own[name];
      if (name in target) return target[name];
      return (...args: unknown[]) => void calls.push({ name, args, style: String(name.startsWith('stroke') ? target.strokeStyle : target.fillStyle) });
    },
    set: (target, name: string, value) => {
      target[name] = value;
      return true;
    },
  });
  return {
    ctx: ctx as unknown as CanvasRenderingContext2D,
    calls,
    texts: () => calls.filter((c) => c.name === 'fillText').map((c) => String(c.args[0])),
    count: (name) => calls.filter((c) => c.name === name).length,
  };
}
