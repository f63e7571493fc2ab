/** The English of the frame around the panels: panes, links and files, a newer build; what the whole page shares is in ../strings.ts. */
import type { PhoneTab } from '../../store/types.ts';
import { count, grouped } from '../format.ts';

const PANES: Readonly<Record<PhoneTab, string>> = { setup: 'Setup', fabric: 'Fabric', timeline: 'Timeline', inspect: 'Inspect' };

export const APP_TEXT = {
  /** Beside the fabric. */
  side: 'Verdict and selected PE',
  timeline: PANES.timeline,
  phone: {
    home: 'Weft, examples',
    label: 'Panes',
    panes: PANES,
    speed: 'Speed',
    details: 'Details',
    shares: 'PEs by state, whole run',
  },
  share: {
    copied: 'Link copied.',
    long: (characters: number) => `Link copied; its ${grouped(characters)} characters are more than many programs carry. Ctrl S saves a project file instead.`,
    traceFile: (file: string) => `${file} is in no link; send the file itself. The address bar holds the setup beside it.`,
  },
  drop: {
    several: (files: number) => `${grouped(files)} files were dropped; drop one at a time.`,
    folder: (name: string) => `${name} is a folder; drop a file of it.`,
    elsewhere: 'Drop a model, trace, topology, project or config.json to open it',
  },
  /** Where the browser gives no clipboard. */
  byHand: {
    title: 'Copy by hand',
    how: 'The browser lets this page copy nothing. The text is selected: copy it with Ctrl C or from its menu.',
    text: 'Text to copy',
  },
  /** A file that a link names. */
  remote: {
    ask: (file: string, host: string) => `Fetch ${file} from ${host}?`,
    notYet: 'This link names a file on another server. Nothing has been fetched yet.',
    terms: (mostMiB: number) =>
      `If you agree, that server sees your network address and that the file is wanted, as with any download; no cookies and nothing about this page are sent. It must allow other pages to read the file (CORS), else download it and drop it here. Of a model only the parts that are used are fetched where the server gives ranges; every other file is fetched whole, up to ${grouped(mostMiB)} MiB.`,
    agree: 'Fetch it',
    refuse: 'Do not',
    fetching: (file: string, host: string) => `Fetching ${file} from ${host}.`,
  },
  update: { here: 'A newer version of Weft is here.', take: 'Reload with it', later: 'Later' },
  blame: {
    done: (pe: string, end: number) => `${pe} has nothing more to do: its last work ended before cycle ${grouped(end)}.`,
    noWork: (pe: string) => `${pe} has no work in this run.`,
    noWait: (pe: string) => `${pe} does not wait in this cycle.`,
    /** `what` is a step of the critical path: "Compute at PE 1,0". */
    waits: (pe: string, what: string, cycles: number) => `${pe} waits for this. ${what}, ${count(cycles, 'cycle')}.`,
  },
  /** Title of a project of two runs. */
  pair: (a: string, b: string) => `${a} and ${b}`,
} as const;
