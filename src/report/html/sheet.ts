/**
 * A report as one HTML file that needs nothing else: styles, charts as SVG and a replayer of the fabric inside, no request to
 * anywhere (its content policy forbids them). Light and dark on a screen; on paper always light, with page breaks.
 */
import type { ReplayBins } from '../../analysis/replay-bins.ts';
import type { Report } from '../types.ts';
import { REPLAYER, STYLES } from './assets.ts';
import { evidence } from './evidence.ts';
import { packFilm } from './film.ts';
import { firstPage } from './first-page.ts';
import { type Content, h, type Markup, raw } from './markup.ts';
import { trust } from './trust.ts';

/** The plain weave: three warps and three wefts, the middle weft in accent. */
const WEAVE = 'M4 -1V7.3M4 12.7V21M10 -1V1.3M10 6.7V13.3M10 18.7V21M16 -1V7.3M16 12.7V21M-1 4H1.3M6.7 4H13.3M18.7 4H21M-1 16H1.3M6.7 16H13.3M18.7 16H21';
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** What a report's page shows beside the report. */
export interface PageMatter {
  /** PE time in as many parts as the chart has room for. */
  readonly fine: Report['overTime'];
  readonly film: ReplayBins;
}

/** The whole file. */
export function toHtml(report: Report, { fine, film }: PageMatter): string {
  const date = report.date === null ? '' : ` · ${report.date}`;
  return htmlDocument(report.title, `Cycle estimate${date} · model version ${report.summary.modelVersion}`, [
    firstPage(report, fine),
    replay(film),
    evidence(report),
    trust(report),
  ]);
}

/** A sheet with the brand, a theme switch and the scripts; shared by every kind of report. */
export function htmlDocument(title: string, about: string, content: Content): string {
  const head = h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('title', {}, `${title} · Weft`),
    h('style', {}, raw(STYLES)),
  );
  const brand = h(
    'div',
    { class: 'brand' },
    h(
      'svg',
      { viewBox: '-1 -1 22 22', width: 22, height: 22, 'aria-hidden': 'true' },
      h('path', { class: 'warp', d: WEAVE }),
      h('path', { class: 'weft', d: 'M-1 10H7.3M12.7 10H21' }),
    ),
    'Weft',
  );
  const button = h('button', { type: 'button', id: 'theme', hidden: '' }, 'Dark');
  const top = h('header', {}, brand, h('p', {}, about), button);
  const body = h('body', {}, h('main', {}, top, content), h('script', {}, raw(REPLAYER)));
  return `<!doctype html>\n${h('html', { lang: 'en' }, head, body).text}\n`;
}

/** The run as a film, on a screen with scripts only. */
function replay(film: ReplayBins): Markup {
  const name = `Fabric of ${film.width * film.block} × ${film.height * film.block} PEs over ${film.cycles} cycles`;
  return h(
    'section',
    { class: 'replay', id: 'replay', hidden: '' },
    h('h2', {}, 'Replay'),
    h('canvas', { role: 'img', 'aria-label': name, tabindex: 0 }),
    h(
      'div',
      { class: 'transport' },
      h('button', { type: 'button', 'data-do': 'back', 'aria-label': 'One step back' }, '−'),
      h('button', { type: 'button', 'data-do': 'play', class: 'main' }, 'Play'),
      h('button', { type: 'button', 'data-do': 'on', 'aria-label': 'One step on' }, '+'),
      h('input', { type: 'range', min: 0, max: film.bins - 1, value: 0, step: 1, 'aria-label': 'Moment of the run' }),
      h(
        'span',
        { class: 'seg' },
        h('button', { type: 'button', 'data-mode': 'state', 'aria-pressed': 'true' }, 'State'),
        h('button', { type: 'button', 'data-mode': 'busy', 'aria-pressed': 'false' }, 'Busy'),
      ),
    ),
    h('p', { class: 'now', 'aria-live': 'off' }),
    h('ul', { class: 'legend', id: 'states' }),
    h('script', { type: 'application/json', id: 'film' }, raw(JSON.stringify(packFilm(film)).replace(/</g, '\\u003c'))),
  );
}
