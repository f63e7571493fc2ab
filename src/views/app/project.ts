/** Saves the setup, playhead and selection as a project file, for what is too large for a link or is to be kept. */
import { linkOf } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';
import { PROJECT_EXTENSION, writeProject } from '../../store/project.ts';
import { shownRun } from '../../store/shown.ts';
import { save } from '../topbar/save.ts';

/** Saves the project; returns the file's name. */
export function saveProject(): string {
  const state = lab.getState();
  const title = (state.opened === null ? shownRun(state)?.title : undefined) ?? (state.config.scenario || state.config.tensor || state.config.model);
  const name = `${title.replace(/[^\w.-]+/g, '-').slice(0, 60)}${PROJECT_EXTENSION}`;
  save(name, 'application/json', [writeProject({ title, lab: linkOf(state), marks: state.marks })]);
  return name;
}
