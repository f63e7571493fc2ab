/**
 * The page's routes. Each is a folder of the built page, so that a static host serves them; the part of the address before the
 * route is where the page lies.
 */
export const ROUTES = ['lab', 'compare', 'sweep', 'model', 'plain'] as const;
export type Route = (typeof ROUTES)[number];

const TAIL = new RegExp(`(^|/)(?:(?:${ROUTES.join('|')})/?)?(?:index\\.html)?$`);

/** Where the page lies, without a slash at the end: '' at the root of a host, '/weft' for '/weft/lab/'. */
export const baseOf = (pathname: string): string => pathname.replace(TAIL, '');

/** The route of a path; null for the start. */
export function routeOf(pathname: string): Route | null {
  const rest = pathname
    .slice(baseOf(pathname).length)
    .replace(/index\.html$/, '')
    .replaceAll('/', '');
  return (ROUTES as readonly string[]).includes(rest) ? (rest as Route) : null;
}
