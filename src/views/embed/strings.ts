/** The English of an embedded Lab: what it answers to the page around it, and to a visitor. */
export const EMBED_TEXT = {
  readonly: 'Nothing can be opened here: this view is for looking.',
  noLink: "load needs a link, the part of the Lab's address after #",
  noCycle: 'seek needs a cycle, a number',
  noRun: 'there is no finished run; send run or load first',
  unknown: (verb: string, verbs: string) => `${verb} is none of ${verbs}`,
} as const;
