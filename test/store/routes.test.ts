/** Where the page lies and which route it shows, on the root of a host and below it. */
import { describe, expect, it } from 'vitest';
import { baseOf, contentsAddress, routeOf, stepAddress, stepOf } from '../../src/store/routes.ts';

describe('routes', () => {
  it.each([
    ['/', '', null],
    ['/index.html', '', null],
    ['/lab/', '', 'lab'],
    ['/model/index.html', '', 'model'],
    ['/weft/', '/weft', null],
    ['/weft/lab', '/weft', 'lab'],
    ['/lab/weft/model/', '/lab/weft', 'model'],
    ['/weft/learn/', '/weft', 'learn'],
    ['/learn/last-pe/3/', '', 'learn'],
    ['/weft/learn/hop/2/index.html', '/weft', 'learn'],
    ['/unknown/', '/unknown', null],
  ])('%s lies at "%s" and shows %s', (path, base, route) => {
    expect(baseOf(path)).toBe(base);
    expect(routeOf(path)).toBe(route);
  });

  it.each([
    ['/learn/', null],
    ['/weft/learn/hop/', { lesson: 'hop', step: 1 }],
    ['/learn/last-pe/3/', { lesson: 'last-pe', step: 3 }],
    ['/lab/', null],
  ])('%s is the step %j of a lesson', (path, step) => {
    expect(stepOf(path)).toEqual(step);
  });

  it('the address of a step takes the seed of a class along', () => {
    expect([stepAddress('hop', 2, ''), stepAddress('hop', 2, '7b-01'), contentsAddress('7b-01')]).toEqual([
      '/learn/hop/2/',
      '/learn/hop/2/?class=7b-01',
      '/learn/?class=7b-01',
    ]);
  });
});
