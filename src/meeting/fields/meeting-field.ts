/** What a pipeline may extract as one value: a text, a number, true or false, or a list of texts. A date is `YYYY-MM-DD`. */
export type FieldValue = string | number | boolean | readonly string[];

/** A value that the pipeline extracted from the meeting. */
export type MeetingField = {
  readonly key: string;
  readonly value: string | number | boolean | string[];
  /** The words of the speaker, verbatim. */
  readonly quote?: string | undefined;
  /** Position of the quote in the recording. */
  readonly startSeconds?: number | undefined;
  /** As the pipeline gives it; nothing depends on it. */
  readonly confidence?: number | undefined;
};

/** Keys of the values that every meeting has without a pipeline's help (`valueOfKey`). */
export const BUILT_IN_KEYS = [
  'ai_score',
  'ai_score_label',
  'overview',
  'topics',
  'next_step',
  'next_steps',
  'last_meeting_at',
  'last_meeting_title',
  'last_meeting_host',
  'last_recording_url',
] as const;
export type BuiltInKey = (typeof BUILT_IN_KEYS)[number];

/** A key of a field. */
export const FIELD_KEY = /^[a-z][a-z0-9_]{0,63}$/;

export function isBuiltIn(key: string): key is BuiltInKey {
  return BUILT_IN_KEYS.some((each) => each === key);
}
