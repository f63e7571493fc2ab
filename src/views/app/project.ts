/** Saves the setup, playhead and selection as a project file, for what is too large for a link or is to be kept. */
import type { Notes } from '../../report/trace/notes.ts';
import { linkOf } from '../../store/address.ts';
import { compare, compareLinkOf } from '../../store/compare.ts';
import { encodeCompare } from '../../store/compare-url.ts';
import { lab } from '../../store/lab.ts';
import { PROJECT_EXTENSION, type ProjectContent, projectLine, writeProject } from '../../store/project.ts';
import { shownRun } from '../../store/shown.ts';
import { save } from '../topbar/save.ts';
import { APP_TEXT } from './strings.ts';

/** The Lab as a project: the setup with the moment, marks with their names, the trace file that is on screen in place of a run. */
function labProject(): ProjectContent {
  const state = lab.getState();
  const { config, opened, marks } = state;
  const title = (opened === null ? shownRun(state)?.title : undefined) ?? (config.scenario || config.tensor || config.model);
  return { title, lab: linkOf(state), marks, ...(opened !== null && { trace: opened.file }) };
}

/** What travels with a trace in another format. */
export const notesNow = (): Notes => ({ marks: lab.getState().marks, project: projectLine(labProject()) });

/** Saves the project, the comparison included if there is one; returns the file's name. */
export function saveProject(page?: 'compare'): string {
  const own = labProject();
  const pair = compare.getState();
  const compared = pair.a.reader !== null && pair.b.reader !== null ? encodeCompare(compareLinkOf(pair)) : undefined;
  const title = page === 'compare' ? APP_TEXT.pair(pair.a.config.kernel, pair.b.config.kernel) : own.title;
  const name = `${title.replace(/[^\w.-]+/g, '-').slice(0, 60)}${PROJECT_EXTENSION}`;
  save(name, 'application/json', [writeProject({ ...own, title, ...(compared !== undefined && { compare: compared, page }) })]);
  return name;
}
