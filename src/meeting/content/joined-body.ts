import { MAX_BODY_CHARACTERS } from './body';
import { linksTo, p } from './html';
import { innermostParagraphs, withoutTags } from './markup';
import { renderSummaryWithin, type SummarisedMeeting } from './summary-body';
import { languageOf } from './texts/registry';

/**
 * Our part of a body that is a person's: the summary between two lines. HubSpot strips comments, attributes and most
 * tags, so the lines are paragraphs of a character that nobody types, and are known by it whatever language their words
 * are in.
 */
const RULE = '━';
const OPENING = new RegExp(`^${RULE}{3}[^${RULE}]+${RULE}{3}$`);
const CLOSING = new RegExp(`^${RULE}{6,}$`);
const closingLine = p(RULE.repeat(12));

/** A person's body with our part in it. */
export type JoinedBody = { readonly html: string; readonly fits: boolean };

/**
 * The body with our part as the meeting gives it: in place of the one that is there, else below everything. What people
 * wrote above and below is left as it is, and takes its room first; `fits` is false when it leaves too little.
 */
export function joinBody(body: string, meeting: SummarisedMeeting): JoinedBody {
  const there = findPart(body, meeting.recordingUrl);
  const [above, below] = there === null ? [body, ''] : [body.slice(0, there.from), body.slice(there.to)];
  const openingLine = p(`${RULE.repeat(3)} ${languageOf(meeting.language).texts.meetingSummary} ${RULE.repeat(3)}`);
  const frame = openingLine.html.length + closingLine.html.length;
  const summary = renderSummaryWithin(meeting, MAX_BODY_CHARACTERS - above.length - below.length - frame);
  // A line of the meeting's own that looks like ours would end our part too early.
  const inner = summary.html.replaceAll(RULE, '─');
  const html = [above, openingLine.html, inner, closingLine.html, below].join('');
  return { html, fits: html.length <= MAX_BODY_CHARACTERS };
}

/** The body without our part: what people wrote. */
export function withoutPart(body: string, recordingUrl: string): string {
  const there = findPart(body, recordingUrl);
  return there === null ? body : body.slice(0, there.from) + body.slice(there.to);
}

/** Whether our part is there. */
export function hasPart(body: string): boolean {
  return findPart(body, '') !== null;
}

/** Our part of the body with its two lines; empty where it is not there. */
export function partOf(body: string, recordingUrl: string): string {
  const there = findPart(body, recordingUrl);
  return there === null ? '' : body.slice(there.from, there.to);
}

/**
 * Where our part stands. It ends at its closing line; where a person took that away, at the link to the recording, which
 * is the last of what we write; where that is gone too, only the opening line is surely ours.
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
