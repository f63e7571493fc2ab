/** Saves the setup, playhead and selection as a project file, for what is too large for a link or is to be kept. */
import { linkOf } from '../../store/address.ts';
import { compare, compareLinkOf } from '../../store/compare.ts';
import { encodeCompare } from '../../store/compare-url.ts';
import { lab } from '../../store/lab.ts';
import { PROJECT_EXTENSION, writeProject } from '../../store/project.ts';
import { shownRun } from '../../store/shown.ts';
import { save } from '../topbar/save.ts';

/** Saves the project, the comparison included if there is one; returns the file's name. */
export function saveProject(page?: 'compare'): string {
  const state = lab.getState();
  const pair = compare.getState();
  const compared = pair.a.reader !== null && pair.b.reader !== null ? encodeCompare(compareLinkOf(pair)) : undefined;
  const own = (state.opened === null ? shownRun(state)?.title : undefined) ?? (state.config.scenario || state.config.tensor || state.config.model);
  const title = page === 'compare' ? `${pair.a.config.kernel} and ${pair.b.config.kernel}` : own;
  const name = `${title.replace(/[^\w.-]+/g, '-').slice(0, 60)}${PROJECT_EXTENSION}`;
  const content = { title, lab: linkOf(state), marks: state.marks, ...(compared !== undefined && { compare: compared, page }) };
  save(name, 'application/json', [writeProject(content)]);
  return name;
}
