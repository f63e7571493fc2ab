/** Plays, steps and scrubs a film, and says in words what the pointer is on. */
import type { Film } from './film.ts';
import { fitCanvas, type Mode, paint, stateColours } from './paint.ts';

/** Steps a second: a cell that changes in every one of them flashes three times a second, and no more. */
const RATE = 6;
/** The same for those who want little motion. */
const SLOW_RATE = 1;

const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

export class Player {
  private readonly film: Film;
  private readonly root: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly slider: HTMLInputElement;
  private mode: Mode = 'state';
  private bin = 0;
  private side = 1;
  private pointed = -1;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(root: HTMLElement, film: Film) {
    this.root = root;
    this.film = film;
    this.canvas = this.find('canvas');
    this.slider = this.find('input');
    this.listen();
    this.legend();
    this.resize();
  }

  private find<T extends HTMLElement>(selector: string): T {
    const found = this.root.querySelector<T>(selector);
    if (found === null) throw new Error(`the report has no ${selector}`);
    return found;
  }

  private listen(): void {
    const on = (name: string, act: () => void): void => this.find(`[data-do=${name}]`).addEventListener('click', act);
    on('play', () => this.toggle());
    on('back', () => this.seek(this.bin - 1));
    on('on', () => this.seek(this.bin + 1));
    this.slider.addEventListener('input', () => this.seek(Number(this.slider.value)));
    for (const button of this.root.querySelectorAll<HTMLElement>('[data-mode]')) button.addEventListener('click', () => this.show(button));
    this.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.canvas.addEventListener('pointerleave', () => this.pointAt(-1));
    this.canvas.addEventListener('keydown', (event) => this.key(event));
    addEventListener('resize', () => this.resize());
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) this.seek(this.bin + step);
    else if (event.key === ' ') this.toggle();
    else return;
    event.preventDefault();
  }

  private legend(): void {
    const used = new Set<number>();
    for (let bin = 0; bin < this.film.bins; bin++) for (let cell = 0; cell < this.film.cells; cell++) used.add(this.film.stateOf(bin, cell));
    const list = this.find('#states');
    for (const state of [...used].sort((a, b) => a - b)) {
      const [item, swatch] = [document.createElement('li'), document.createElement('i')];
      swatch.className = `swatch b-${this.film.states[state]}`;
      item.append(swatch, this.word(state));
      list.append(item);
    }
  }

  private word(state: number): string {
    const name = this.film.states[state];
    return { wait: 'wait for data', slot: 'wait for issue' }[name] ?? name;
  }

  private show(button: HTMLElement): void {
    this.mode = button.dataset.mode === 'busy' ? 'busy' : 'state';
    for (const other of this.root.querySelectorAll('[data-mode]')) other.setAttribute('aria-pressed', String(other === button));
    this.draw();
  }

  private toggle(): void {
    if (this.timer !== null) {
      this.pause();
      return;
    }
    if (this.bin === this.film.bins - 1) this.seek(0);
    const rate = matchMedia('(prefers-reduced-motion: reduce)').matches ? SLOW_RATE : RATE;
    this.timer = setInterval(() => (this.bin < this.film.bins - 1 ? this.seek(this.bin + 1, true) : this.pause()), 1000 / rate);
    this.find('[data-do=play]').textContent = 'Pause';
  }

  private pause(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.find('[data-do=play]').textContent = 'Play';
  }

  private seek(bin: number, playing = false): void {
    if (!playing) this.pause();
    this.bin = Math.min(this.film.bins - 1, Math.max(0, bin));
    this.slider.value = String(this.bin);
    this.draw();
  }

  private point(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * this.film.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * this.film.height);
    this.pointAt(x >= 0 && y >= 0 && x < this.film.width && y < this.film.height ? y * this.film.width + x : -1);
  }

  private pointAt(cell: number): void {
    this.pointed = cell;
    this.say();
  }

  /** Sizes and colours may have changed. */
  resize(): void {
    this.side = fitCanvas(this.canvas, this.film);
    this.draw();
  }

  private draw(): void {
    paint(this.canvas, this.film, this.bin, this.mode, stateColours(this.film), this.side);
    this.say();
  }

  private say(): void {
    const { film, bin, pointed } = this;
    const from = bin * film.binCycles;
    const moment = `Cycle ${number(from)} to ${number(Math.min(film.cycles, from + film.binCycles))} of ${number(film.cycles)}`;
    this.slider.setAttribute('aria-valuetext', moment);
    this.find('.now').textContent = pointed < 0 ? moment : `${moment} · ${this.cellWord(pointed)}`;
  }

  private cellWord(cell: number): string {
    const { width, block } = this.film;
    const [x, y] = [(cell % width) * block, Math.floor(cell / width) * block];
    const place = block === 1 ? `PE ${x},${y}` : `PEs ${x},${y} to ${x + block - 1},${y + block - 1}`;
    return `${place}: mostly ${this.word(this.film.stateOf(this.bin, cell))}, busy ${Math.round(100 * this.film.busyOf(this.bin, cell))}\u202f%`;
  }
}
