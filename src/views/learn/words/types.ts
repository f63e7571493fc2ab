/** What a lesson says. Numbers are given at run time (src/lessons), never written into the words. */
export interface QuestionWords<G> {
  readonly title: string;
  readonly text: (g: G) => readonly string[];
  readonly ask: (g: G) => string;
  readonly hints: (g: G) => readonly [string, string, string];
  readonly explain: (g: G) => readonly string[];
  readonly choices?: (g: G) => Readonly<Record<string, string>>;
}

/** By question. */
export type LessonWords<G> = Readonly<Record<string, QuestionWords<G>>>;
