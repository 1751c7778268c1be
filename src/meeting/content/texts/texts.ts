/**
 * The texts around a meeting's content in one language. To add a language, add a file beside this one and its line in
 * `registry.ts`.
 */
export type MeetingTexts = {
  /** The format of dates and numbers when the meeting's language tag has no region. */
  readonly locale: string;
  /** The title of a summary that has no title of its own. */
  readonly meetingSummary: string;
  readonly aiScore: string;
  readonly mainTopics: string;
  readonly nextSteps: string;
  /** `date` is already formatted. */
  readonly due: (date: string) => string;
  readonly openRecording: string;
  readonly smartCategoryNotes: string;
  readonly note: string;
  readonly clip: string;
  readonly playClip: string;
  /** Counted nouns: `count` selects the word's form, and `number` is the formatted count. */
  readonly topics: (count: number, number: string) => string;
  readonly steps: (count: number, number: string) => string;
  readonly notesAndClips: (count: number, number: string) => string;
  /** `what` lists the counted items that the body had no space for. */
  readonly leftOut: (what: string) => string;
};
