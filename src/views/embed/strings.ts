/** The English of what an embedded Lab answers to the page around it. */
export const EMBED_TEXT = {
  noLink: "load needs a link, the part of the Lab's address after #",
  noCycle: 'seek needs a cycle, a number',
  noRun: 'there is no finished run; send run or load first',
  unknown: (verb: string, verbs: string) => `${verb} is none of ${verbs}`,
} as const;
