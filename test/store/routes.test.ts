/** Where the page lies and which route it shows, on the root of a host and below it. */
import { describe, expect, it } from 'vitest';
import { baseOf, routeOf } from '../../src/store/routes.ts';

describe('routes', () => {
  it.each([
    ['/', '', null],
    ['/index.html', '', null],
    ['/lab/', '', 'lab'],
    ['/model/index.html', '', 'model'],
    ['/weft/', '/weft', null],
    ['/weft/lab', '/weft', 'lab'],
    ['/lab/weft/model/', '/lab/weft', 'model'],
    ['/unknown/', '/unknown', null],
  ])('%s lies at "%s" and shows %s', (path, base, route) => {
    expect(baseOf(path)).toBe(base);
    expect(routeOf(path)).toBe(route);
  });
});
