/** The bar on top of every route but the Lab: mark, the way between routes, theme and help. */
import { Nav } from './Nav.tsx';
import { Brand, HelpButton, ThemeToggle } from './TopBar.tsx';

export function PageTop() {
  return (
    <header className="top">
      <div className="ends">
        <Brand />
        <Nav />
      </div>
      <div className="ends right">
        <ThemeToggle />
        <HelpButton />
      </div>
    </header>
  );
}
