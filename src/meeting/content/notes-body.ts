import { type BodyContent, type BodyItem, fitBody, MAX_BODY_CHARACTERS } from './body';
import { formatNumber, formatOffset } from './format';
import { a, em, type Html, join, li, p, separated, singleLine, strong } from './html';
import type { ProcessedMeeting, SmartCategoryItem } from '../intake/schema';
import { recordingLink } from './recording-link';
import { languageOf, type MeetingLanguage } from './texts/registry';

/** The Smart Category Notes as an HTML body of at most `MAX_BODY_CHARACTERS`. */
export type NotesContent = { readonly html: string };

/**
 * Renders the Smart Category Notes: every note and clip under its category, in the given order, with its position in
 * the recording and the link to its clip. Without a clip, the position links to the recording, unless the body would not
 * fit with these links. Returns `null` when the meeting has neither notes nor clips. The first line always links to the
 * recording, and by that link a sync recognises its own note. The same meeting always results in the same text.
 *
 * @param linkFormat - the form of the links to the recording ({@link recordingLink}); null for none
 */
export function renderNotes(
  meeting: Pick<ProcessedMeeting, 'meetingId' | 'title' | 'language' | 'recordingUrl' | 'smartCategories'>,
  linkFormat: string | null,
): NotesContent | null {
  const language = languageOf(meeting.language);
  const { texts, locale } = language;
  const categories = meeting.smartCategories.filter((category) => category.items.length > 0);
  if (categories.length === 0) return null;
  const recording = a(meeting.recordingUrl, texts.openRecording);
  const content = (linkAt: LinkAt): BodyContent => ({
    head: p(separated(' · ', [strong(texts.smartCategoryNotes), singleLine(meeting.title), recording])),
    sections: categories.map((category) => ({
      heading: p(strong(category.name)),
      list: true,
      items: category.items.map((item) => noteItem(item, language, linkAt)),
    })),
    foot: (leftOut) => {
      const count = leftOut.reduce((sum, left) => sum + left, 0);
      if (count === 0) return join();
      const missing = texts.leftOut(texts.notesAndClips(count, formatNumber(count, locale)));
      return p(separated(' ', [em(missing), recording]));
    },
  });
  const linked = fitBody(
    content((seconds) => (linkFormat === null ? null : recordingLink(linkFormat, meeting, seconds))),
    Number.POSITIVE_INFINITY,
  );
  const { html } = linked.html.length <= MAX_BODY_CHARACTERS ? linked : fitBody(content(() => null));
  return { html };
}

/** Returns the address of the recording at a second, or null for no link. */
type LinkAt = (startSeconds: number) => string | null;

function noteItem(item: SmartCategoryItem, { texts }: MeetingLanguage, linkAt: LinkAt): BodyItem {
  const kind = item.kind === 'note' ? texts.note : texts.clip;
  const time = timeInRecording(item);
  const link = item.startSeconds === undefined || item.clipUrl !== undefined ? null : linkAt(item.startSeconds);
  const place = time === null ? [] : [link === null ? time : a(link, time)];
  const label = strong(separated(' · ', [kind, ...place]));
  const clip: Html[] = item.clipUrl === undefined ? [] : [a(item.clipUrl, texts.playClip)];
  return { text: item.text, render: (text) => li(separated(' ', [label, text, ...clip])) };
}

function timeInRecording({ startSeconds, endSeconds }: SmartCategoryItem): string | null {
  if (startSeconds === undefined) return null;
  const start = formatOffset(startSeconds);
  const end = endSeconds === undefined ? start : formatOffset(endSeconds);
  return start === end ? start : `${start}–${end}`;
}
