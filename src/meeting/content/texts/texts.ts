/**
 * What a language says around a meeting's content. Adding a language is adding a file beside this one and its line in
 * `registry.ts`.
 */
export type MeetingTexts = {
  /** How dates and numbers are written when the meeting's language tag names no region. */
  readonly locale: string;
  /** What the summary is called where it has no title of its own. */
  readonly meetingSummary: string;
  readonly aiScore: string;
  readonly mainTopics: string;
  readonly nextSteps: string;
  /** `date` is written out already. */
  readonly due: (date: string) => string;
  readonly openRecording: string;
  readonly smartCategoryNotes: string;
  readonly note: string;
  readonly clip: string;
  readonly playClip: string;
  /** Counted things: `count` chooses the word's form, `number` is how it is written. */
  readonly topics: (count: number, number: string) => string;
  readonly steps: (count: number, number: string) => string;
  readonly notesAndClips: (count: number, number: string) => string;
  /** `what` lists the counted things that a body had no room for. */
  readonly leftOut: (what: string) => string;
};
