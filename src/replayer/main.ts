/** The script inside an HTML report: theme, replay, open details on paper. Without it the report is whole, but still. */
import { openFilm } from './film.ts';
import { Player } from './player.ts';

const root = document.documentElement;
let player: Player | null = null;

/** The theme of the system until somebody chooses one. */
function startTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const button = document.getElementById('theme');
  const set = (name: string): void => {
    root.dataset.theme = name;
    if (button !== null) button.textContent = name === 'dark' ? 'Light' : 'Dark';
    player?.resize();
  };
  set(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => set(dark.matches ? 'dark' : 'light'));
  button?.addEventListener('click', () => set(root.dataset.theme === 'dark' ? 'light' : 'dark'));
  if (button !== null) button.hidden = false;
}

function startReplay(): void {
  const section = document.getElementById('replay');
  const film = document.getElementById('film')?.textContent;
  if (section === null || !film) return;
  section.hidden = false;
  player = new Player(section, openFilm(JSON.parse(film)));
}

startTheme();
startReplay();
