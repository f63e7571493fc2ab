/** The way between the routes. From the Lab its setup goes along to Compare. */
import { Link, useLocation } from 'wouter';
import { routeOf } from '../../store/routes.ts';
import { PAGE_NAMES, TEXT } from '../strings.ts';
import { useCompareLink } from './compare-link.ts';

const PLACES = ['lab', 'compare', 'sweep', 'learn', 'model'] as const;

export function Nav() {
  const [path] = useLocation();
  const here = routeOf(path);
  const compare = useCompareLink();
  return (
    <nav className="places" aria-label={TEXT.product}>
      {PLACES.map((route) => (
        <Link key={route} href={route === 'compare' && here === 'lab' ? compare : `/${route}/`} aria-current={here === route ? 'page' : undefined}>
          {PAGE_NAMES[route]}
        </Link>
      ))}
    </nav>
  );
}
