/**
 * The page's routes. Each is a folder of the built page, so that a static host serves them; the part of the address before the
 * route is where the page lies. The lessons have a folder for each step: learn/hop/2.
 */
export const ROUTES = ['lab', 'compare', 'sweep', 'model', 'learn', 'plain'] as const;
export type Route = (typeof ROUTES)[number];

const STEP = 'learn/[a-z-]+(?:/\\d+)?';
const TAIL = new RegExp(`(^|/)(?:(?:${STEP}|${ROUTES.join('|')})/?)?(?:index\\.html)?$`);

/** Where the page lies, without a slash at the end: '' at the root of a host, '/weft' for '/weft/lab/'. */
export const baseOf = (pathname: string): string => pathname.replace(TAIL, '');

/** What is behind the base, in parts. */
const partsOf = (pathname: string): string[] =>
  pathname
    .slice(baseOf(pathname).length)
    .replace(/index\.html$/, '')
    .split('/')
    .filter((part) => part !== '');

/** The route of a path; null for the start. */
export function routeOf(pathname: string): Route | null {
  const [first] = partsOf(pathname);
  return (ROUTES as readonly string[]).includes(first) ? (first as Route) : null;
}

/** Lesson and step, from 1, of a path under learn; null for the contents. */
export function stepOf(pathname: string): { readonly lesson: string; readonly step: number } | null {
  const [route, lesson, step = '1'] = partsOf(pathname);
  return route === 'learn' && lesson !== undefined ? { lesson, step: Number(step) } : null;
}

/** Where a step is, under the page's base; a class's seed goes along. */
export const stepAddress = (lesson: string, step: number, seed: string): string => `/learn/${lesson}/${step}/${classQuery(seed)}`;
export const contentsAddress = (seed: string): string => `/learn/${classQuery(seed)}`;

const classQuery = (seed: string): string => (seed === '' ? '' : `?class=${seed}`);
