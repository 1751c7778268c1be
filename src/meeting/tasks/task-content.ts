import { fitBody } from '../content/body';
import { a, join, p, singleLine } from '../content/html';
import { languageOf } from '../content/texts/registry';
import type { ProcessedMeeting } from '../intake/processed-meeting';

/** The longest subject of a task, in characters, with the `…` of a cut one. */
const MAX_SUBJECT_CHARACTERS = 250;

/** The subject and the HTML body of a task. */
export interface TaskContent {
  readonly subject: string;
  readonly html: string;
}

/** Renders the task of a next step: its text as one line, and as a whole with a link to the recording. */
export function renderTask(
  { recordingUrl, language }: Pick<ProcessedMeeting, 'recordingUrl' | 'language'>,
  text: string,
): TaskContent {
  const recording = p(a(recordingUrl, languageOf(language).texts.openRecording));
  const body = fitBody({
    head: join(),
    sections: [{ list: false, items: [{ text, render: (whole) => p(whole) }] }],
    foot: () => recording,
  });
  return { subject: subjectOf(text), html: body.html };
}

/** The text as one line of at most 250 characters, cut after a word with `…`. A longer word is cut within. */
export function subjectOf(text: string): string {
  const line = singleLine(text);
  if (line.length <= MAX_SUBJECT_CHARACTERS) return line;
  // One more than fits, so that a word that ends exactly at the cut stays whole.
  const start = line.slice(0, MAX_SUBJECT_CHARACTERS);
  const blank = start.search(/\s\S*$/u);
  const cut = blank > 0 ? start.slice(0, blank) : start.slice(0, -1);
  return `${cut.replace(/[\uD800-\uDBFF]$/u, '').replace(/[\s,;:.!?…–—-]+$/u, '')}…`;
}
