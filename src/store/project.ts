/**
 * A project file, `.weft.json`: the setup as the link that shows it, of any length, and names of marks. Reading takes only what it understands and
 * says what it does not; a later page reads the files of an earlier one.
 */
import { MODEL_VERSION } from '../api/protocol.ts';
import { WeftError } from '../base/error.ts';
import { asMarks } from './mark-text.ts';
import { FILE_TEXT } from './strings.ts';
import type { Mark } from './types.ts';

export const PROJECT_EXTENSION = '.weft.json';
const PROJECT_VERSION = 1;

export interface Project {
  readonly weft: 'project';
  readonly version: typeof PROJECT_VERSION;
  /** Version of the model of the machine that the runs were made with. */
  readonly modelVersion: string;
  /** What the file is called on screen. */
  readonly title: string;
  /** Hash of the Lab's address, without #. */
  readonly lab: string;
  /** Marked cycles with their names, which no link has. */
  readonly marks: readonly Mark[];
  /** Hash of the compare page's address, without #, if two runs were held against each other. */
  readonly compare?: string;
  /** The page that was on screen; the Lab if absent. */
  readonly page?: 'compare';
  /** The trace file that was on screen in place of a run of the setup; marks are its. */
  readonly trace?: string;
}

export type ProjectContent = Pick<Project, 'title' | 'lab' | 'marks' | 'compare' | 'page' | 'trace'>;

const projectOf = (content: ProjectContent): Project => ({ weft: 'project', version: PROJECT_VERSION, modelVersion: MODEL_VERSION, ...content });

/** The text of a project file. */
export const writeProject = (content: ProjectContent): string => `${JSON.stringify(projectOf(content), null, 2)}\n`;

/** The same as one line, for the beginning of a trace in another format. */
export const projectLine = (content: ProjectContent): string => JSON.stringify(projectOf(content));

/** The project at the beginning of a trace in Chrome JSON or Perfetto's format; null when there is none. */
export function projectIn(head: string): string | null {
  const begin = head.indexOf('\n{"weft":"project"') + 1;
  const end = head.indexOf('\n', begin);
  return begin === 0 || end < 0 ? null : head.slice(begin, end);
}

/** Reads a project file. Throws WeftError (`file`) that says what is wrong with it. */
export function readProject(text: string, file: string): Project {
  const fault = (problem: string): WeftError => new WeftError('file', problem, [FILE_TEXT.project.fix]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault(FILE_TEXT.project.noJson(file));
  }
  if (typeof value !== 'object' || value === null || !('weft' in value) || value.weft !== 'project') throw fault(FILE_TEXT.project.noProject(file));
  const { version, modelVersion = '', title = file, lab, marks, compare, page, trace } = value as Record<string, unknown>;
  if (version !== PROJECT_VERSION) throw fault(FILE_TEXT.project.version(file, String(version), PROJECT_VERSION));
  if (typeof lab !== 'string') throw fault(FILE_TEXT.project.noSetup(file));
  return {
    weft: 'project',
    version: PROJECT_VERSION,
    modelVersion: String(modelVersion),
    title: String(title),
    lab,
    marks: asMarks(marks),
    ...(typeof compare === 'string' && { compare, ...(page === 'compare' && { page }) }),
    ...(typeof trace === 'string' && { trace }),
  };
}
