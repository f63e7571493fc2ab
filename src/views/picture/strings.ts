/** The English of pictures that are saved, and of the menu that saves them. */
export const PICTURE_TEXT = {
  svg: (name: string) => `${name}, SVG`,
  png: (name: string, scale: number) => `${name}, PNG ${scale}x`,
  data: (name: string, form: string) => `${name}, ${form}`,
  title: (name: string) => `${name} · Weft`,
  notOnScreen: 'The chart is not on screen.',
  saved: (file: string) => `${file} was saved.`,
  save: 'Save',
  saveOf: (what: string) => `Save: ${what}`,
  until: (stage: string) => `, until ${stage}`,
  range: (title: string, least: string) => `${title}: ${least}`,
  stream: (letter: string, meaning: string, n: string) => `${letter} ${meaning}, ${n} on links`,
  where: (width: string, height: string, machine: string) => `${width} × ${height} PEs of ${machine}`,
  when: (layer: string, cycle: string, of: string) => `${layer} at cycle ${cycle} of ${of}`,
} as const;
