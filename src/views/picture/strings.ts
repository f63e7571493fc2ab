/** The English of pictures that are saved, and of the menu that saves them. */
export const PICTURE_TEXT = {
  svg: (name: string) => `${name}, SVG`,
  png: (name: string, scale: number) => `${name}, PNG ${scale}x`,
  data: (name: string, form: string) => `${name}, ${form}`,
  notOnScreen: 'The chart is not on screen.',
  noChart: 'there is no chart on screen here',
  noChartFixes: ['choose another tab', 'switch from the table to the chart'],
  tooLarge: (width: number, height: number) => `this browser makes no picture of ${width} × ${height} pixels`,
  tooLargeFixes: ['choose a smaller scale', 'zoom into a part of the fabric'],
  save: 'Save',
  saveOf: (what: string) => `Save: ${what}`,
  until: (stage: string) => `, until ${stage}`,
  range: (title: string, least: string) => `${title}: ${least}`,
  stream: (letter: string, meaning: string, n: string) => `${letter} ${meaning}, ${n} on links`,
  where: (width: string, height: string, machine: string) => `${width} × ${height} PEs of ${machine}`,
  when: (layer: string, cycle: string, of: string) => `${layer} at cycle ${cycle} of ${of}`,
} as const;
