import { type BodyItem, fitBody } from './body';
import { formatNumber, formatOffset } from './format';
import { a, em, type Html, join, li, p, separated, singleLine, strong } from './html';
import type { ProcessedMeeting, SmartCategoryItem } from '../intake/schema';
import { languageOf, type MeetingLanguage } from './texts/registry';

/** The Smart Category Notes as an HTML body of at most `MAX_BODY_CHARACTERS`. */
export type NotesContent = { readonly html: string };

/**
 * Renders the Smart Category Notes: every note and clip under its category, in the given order, with its position in
 * the recording and the link to its clip. Returns `null` when the meeting has neither notes nor clips. The first line
 * always links to the recording, and by that link a sync recognises its own note. The same meeting always results in
 * the same text.
 */
export function renderNotes(
  meeting: Pick<ProcessedMeeting, 'title' | 'language' | 'recordingUrl' | 'smartCategories'>,
): NotesContent | null {
  const language = languageOf(meeting.language);
  const { texts, locale } = language;
  const categories = meeting.smartCategories.filter((category) => category.items.length > 0);
  if (categories.length === 0) return null;
  const recording = a(meeting.recordingUrl, texts.openRecording);
  const body = fitBody({
    head: p(separated(' · ', [strong(texts.smartCategoryNotes), singleLine(meeting.title), recording])),
    sections: categories.map((category) => ({
      heading: p(strong(category.name)),
      list: true,
      items: category.items.map((item) => noteItem(item, language)),
    })),
    foot: (leftOut) => {
      const count = leftOut.reduce((sum, left) => sum + left, 0);
      if (count === 0) return join();
      const missing = texts.leftOut(texts.notesAndClips(count, formatNumber(count, locale)));
      return p(separated(' ', [em(missing), recording]));
    },
  });
  return { html: body.html };
}

function noteItem(item: SmartCategoryItem, { texts }: MeetingLanguage): BodyItem {
  const kind = item.kind === 'note' ? texts.note : texts.clip;
  const time = timeInRecording(item);
  const label = strong(time === null ? kind : `${kind} · ${time}`);
  const clip: Html[] = item.clipUrl === undefined ? [] : [a(item.clipUrl, texts.playClip)];
  return { text: item.text, render: (text) => li(separated(' ', [label, text, ...clip])) };
}

function timeInRecording({ startSeconds, endSeconds }: SmartCategoryItem): string | null {
  if (startSeconds === undefined) return null;
  const start = formatOffset(startSeconds);
  const end = endSeconds === undefined ? start : formatOffset(endSeconds);
  return start === end ? start : `${start}–${end}`;
}
