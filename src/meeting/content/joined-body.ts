import { MAX_BODY_CHARACTERS } from './body';
import { linksTo, p } from './html';
import { innermostParagraphs, withoutTags } from './markup';
import { renderSummaryWithin, type SummarisedMeeting } from './summary-body';
import { languageOf } from './texts/registry';

/**
 * Our part of a person's body: the summary between two lines. HubSpot strips comments, attributes and most tags, so the
 * lines are paragraphs of a character that people do not type. That character identifies the lines in every language.
 */
const RULE = '━';
const OPENING = new RegExp(`^${RULE}{3}[^${RULE}]+${RULE}{3}$`);
const CLOSING = new RegExp(`^${RULE}{6,}$`);
const closingLine = p(RULE.repeat(12));

/** A person's body that contains our part. */
export type JoinedBody = { readonly html: string; readonly fits: boolean };

/**
 * Writes our part into the body: in place of the existing part, or else at the end. The text that people wrote above
 * and below stays unchanged and gets its space first. `fits` is false when it leaves too little.
 */
export function joinBody(body: string, meeting: SummarisedMeeting): JoinedBody {
  const there = findPart(body, meeting.recordingUrl);
  const [above, below] = there === null ? [body, ''] : [body.slice(0, there.from), body.slice(there.to)];
  const openingLine = p(`${RULE.repeat(3)} ${languageOf(meeting.language).texts.meetingSummary} ${RULE.repeat(3)}`);
  const frame = openingLine.html.length + closingLine.html.length;
  const summary = renderSummaryWithin(meeting, MAX_BODY_CHARACTERS - above.length - below.length - frame);
  // A line in the meeting's own text that looks like ours would end our part too early.
  const inner = summary.html.replaceAll(RULE, '─');
  const html = [above, openingLine.html, inner, closingLine.html, below].join('');
  return { html, fits: html.length <= MAX_BODY_CHARACTERS };
}

/** Returns the body without our part: the text that people wrote. */
export function withoutPart(body: string, recordingUrl: string): string {
  const there = findPart(body, recordingUrl);
  return there === null ? body : body.slice(0, there.from) + body.slice(there.to);
}

/** Whether the body contains our part. */
export function hasPart(body: string): boolean {
  return findPart(body, '') !== null;
}

/** Returns our part of the body with its two lines, or an empty text when there is none. */
export function partOf(body: string, recordingUrl: string): string {
  const there = findPart(body, recordingUrl);
  return there === null ? '' : body.slice(there.from, there.to);
}

/**
 * Locates our part. It ends at its closing line. If a person removed that line, it ends at the link to the recording,
 * the last thing that we write. If the link is gone too, only the opening line is certainly ours.
 */
function findPart(body: string, recordingUrl: string): { readonly from: number; readonly to: number } | null {
  const paragraphs = innermostParagraphs(body).map((paragraph) => ({ ...paragraph, text: plain(paragraph.content) }));
  const first = paragraphs.findIndex(({ text }) => OPENING.test(text));
  const opening = paragraphs[first];
  if (opening === undefined) return null;
  const rest = paragraphs.slice(first + 1);
  const last =
    rest.find(({ text }) => CLOSING.test(text)) ?? rest.find(({ html }) => linksTo(html, recordingUrl)) ?? opening;
  return { from: opening.from, to: last.to };
}

function plain(html: string): string {
  return withoutTags(html)
    .replaceAll(/&nbsp;|&#160;|\u00a0/g, ' ')
    .trim();
}
