/** Opens what was dropped or chosen in the Lab, by its kind: a model, a trace, a topology, a project. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../api/protocol.ts';
import { WeftError } from '../base/error.ts';
import type { Topology, TopologyLayer } from '../model/topology.ts';
import { compare } from './compare.ts';
import type { Deps } from './deps.ts';
import { kindOfFile } from './dropped.ts';
import { defaultSpeed } from './playback.ts';
import { type Project, projectIn, readProject } from './project.ts';
import { middlePe } from './selection.ts';
import { FILE_TEXT } from './strings.ts';
import type { LabState, OpenedTrace, WireError } from './types.ts';
import { fitNumber, parseLink } from './url.ts';

interface Openers extends Pick<Deps, 'client' | 'makeReader' | 'readTopology' | 'showCompare'> {
  readonly lab: StoreApi<LabState>;
  openModelFile(file: File): Promise<void>;
  /** Shows and runs a link. */
  openLink(hash: string): Promise<void>;
  chooseSynthetic(sizes: Partial<RunConfig>): void;
  /** Makes the setup beside a trace ready to run. */
  prepare(): Promise<void>;
  /** No run that is under way may come on screen any more. */
  endRun(): void;
  say(message: string): void;
}

/** So much of a trace in another format is looked at for its project. */
const HEAD_BYTES = 1 << 18;

const wireOf = ({ field, message, fixes }: WeftError): WireError => ({ field, message, fixes, cancelled: false });

/** A layer as a synthetic matrix within the Lab's limits, and what had to be changed. K is padded to whole blocks, as in `weft report`. */
export function configOfLayer({ name, m, k, n, count }: TopologyLayer): { patch: Partial<RunConfig>; notices: string[] } {
  const sizes = { m: fitNumber('m', m), k: fitNumber('k', k + 127), n: fitNumber('n', n) };
  const notices: string[] = [];
  if (sizes.m !== m) notices.push(FILE_TEXT.tooLarge('M', m, sizes.m));
  if (sizes.k < k) notices.push(FILE_TEXT.tooLarge('K', k, sizes.k));
  else if (sizes.k !== k) notices.push(FILE_TEXT.padded(k, sizes.k));
  if (sizes.n !== n) notices.push(FILE_TEXT.tooLarge('N', n, sizes.n));
  if (count > 1) notices.push(FILE_TEXT.counted(name, count));
  return { patch: { model: 'synthetic', scenario: undefined, as: undefined, ...sizes }, notices };
}

/** The store with the run of a trace file on screen, its playhead in the middle. */
function traceOnScreen(opened: OpenedTrace, makeReader: Deps['makeReader']): Partial<LabState> {
  const { trace, program } = opened;
  return {
    status: 'done',
    result: null,
    failure: null,
    program: null,
    error: null,
    progress: null,
    opened,
    reader: makeReader(program, trace),
    cycle: Math.floor(trace.cycles / 2),
    span: null,
    playing: false,
    speed: defaultSpeed(trace.cycles),
    pe: middlePe(trace),
    hover: null,
    stateHash: null,
    detail: null,
    peValues: null,
    modelError: null,
    message: null,
  };
}

/** What opens a file of any kind; it never throws: what is wrong with the file is in the store and said. */
export function createFileOpener(deps: Openers): (file: File) => Promise<void> {
  const { lab, client, makeReader, say } = deps;
  let turn = 0;

  async function openTrace(file: File, mine: number): Promise<void> {
    deps.endRun();
    say(FILE_TEXT.reading(file.name));
    const outcome = await client.openTrace(file, file.name);
    if (mine !== turn) return;
    if (outcome.ok) lab.setState(traceOnScreen(outcome.value, makeReader));
    if (lab.getState().modelStatus === 'loading') await deps.prepare();
    if (!outcome.ok) refuse(file, outcome.error);
  }

  async function openTopology(file: File, mine: number): Promise<void> {
    const { layers }: Topology = await deps.readTopology(await file.text(), file.name);
    if (mine !== turn) return;
    lab.setState({ topology: { file: file.name, layers } });
    const { patch, notices } = configOfLayer(layers[0]);
    deps.chooseSynthetic(patch);
    say([FILE_TEXT.layers(file.name, layers.length, layers[0].name), ...notices].join(' '));
  }

  async function openProject(text: string, file: File, mine: number): Promise<void> {
    if (mine !== turn) return;
    const { lab: link, title, marks, compare: pair, page, trace } = readProject(text, file.name);
    if (trace !== undefined) return openMarks(trace, marks);
    if (pair !== undefined) compare.setState({ waiting: pair });
    if (page === 'compare') {
      lab.setState({ marks, config: parseLink(link, lab.getState().config).link.config });
      deps.showCompare();
      return;
    }
    await deps.openLink(`#${link}`);
    if (mine !== turn) return;
    lab.setState({ marks });
    const { message } = lab.getState();
    say([FILE_TEXT.open(title), message ?? ''].join(' ').trim());
  }

  /** Marks of a trace file, which itself is not in the project. */
  function openMarks(trace: string, marks: Project['marks']): void {
    lab.setState({ marks });
    say(lab.getState().opened?.file === trace ? FILE_TEXT.marks(marks.length) : FILE_TEXT.marksOf(marks.length, trace));
  }

  /** A trace in another format, as this page saves it: the project at its beginning is opened, and run. */
  async function openNoted(file: File, mine: number): Promise<void> {
    const project = projectIn(await file.slice(0, HEAD_BYTES).text());
    if (project === null) throw new WeftError('file', FILE_TEXT.noRun(file.name), FILE_TEXT.noRunFixes);
    await openProject(project, file, mine);
  }

  function refuse(file: File, error: WireError): void {
    lab.setState({ modelError: error });
    say(`${file.name}: ${error.message}`);
  }

  return async (file) => {
    const mine = ++turn;
    const kind = kindOfFile(file);
    try {
      if (kind === 'model') await deps.openModelFile(file);
      else if (kind === 'trace') await openTrace(file, mine);
      else if (kind === 'topology') await openTopology(file, mine);
      else if (kind === 'project') await openProject(await file.text(), file, mine);
      else if (kind === 'noted') await openNoted(file, mine);
      else throw new WeftError('file', FILE_TEXT.notOpened(file.name), []);
    } catch (error) {
      refuse(file, error instanceof WeftError ? wireOf(error) : { field: 'file', message: String(error), fixes: [FILE_TEXT.chooseAgain], cancelled: false });
    }
  };
}
