/** The way between the routes. */
import { Link, useLocation } from 'wouter';
import { type Route, routeOf } from '../../store/routes.ts';

const PLACES: readonly { readonly route: Route; readonly name: string }[] = [
  { route: 'lab', name: 'Lab' },
  { route: 'compare', name: 'Compare' },
  { route: 'sweep', name: 'Sweep' },
  { route: 'learn', name: 'Learn' },
  { route: 'model', name: 'Model' },
];

export function Nav() {
  const [path] = useLocation();
  const here = routeOf(path);
  return (
    <nav className="places" aria-label="Weft">
      {PLACES.map(({ route, name }) => (
        <Link key={route} href={`/${route}/`} aria-current={here === route ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
