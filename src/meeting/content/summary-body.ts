import { type BodyItem, type BodySection, fitBody, MAX_BODY_CHARACTERS } from './body';
import { formatDate, formatNumber } from './format';
import { a, em, type Html, join, li, p, separated, singleLine, strong } from './html';
import type { MeetingSummary, ProcessedMeeting } from '../intake/schema';
import { languageOf, type MeetingLanguage } from './texts/registry';

/** The Meeting Summary: a plain title and an HTML body of at most `MAX_BODY_CHARACTERS`. */
export type SummaryContent = { readonly title: string; readonly html: string };

/** The parts of a meeting that a summary uses. */
export type SummarisedMeeting = Pick<ProcessedMeeting, 'title' | 'language' | 'recordingUrl' | 'summary'>;

/**
 * Renders the Meeting Summary: AI score, overview, main topics, next steps and the link to the recording. When it is
 * too long, topics are shortened first, because agreements matter most afterwards. The same meeting always results
 * in the same text, so its hash shows whether HubSpot needs an update.
 */
export function renderSummary(meeting: SummarisedMeeting): SummaryContent {
  return { title: singleLine(meeting.title), html: renderBody(meeting, join(), MAX_BODY_CHARACTERS).html };
}

/**
 * Renders the summary as one body without a separate title, for a note: the title is the first line. That line never
 * has a link, while the first line of the Smart Category Notes always links to the recording. This distinguishes the
 * two.
 */
export function renderSummaryNote(meeting: SummarisedMeeting): { readonly html: string } {
  const title = singleLine(meeting.title) || languageOf(meeting.language).texts.meetingSummary;
  return { html: renderBody(meeting, p(strong(title)), MAX_BODY_CHARACTERS).html };
}

/**
 * Renders only the body, in at most `maxCharacters`. It is longer only where not even the score and the link to the
 * recording fit.
 */
export function renderSummaryWithin(meeting: SummarisedMeeting, maxCharacters: number): { readonly html: string } {
  return renderBody(meeting, join(), maxCharacters);
}

function renderBody(meeting: SummarisedMeeting, opening: Html, maxCharacters: number): Html {
  const language = languageOf(meeting.language);
  const { overview, topics, nextSteps } = meeting.summary;
  const sections: BodySection[] = [
    { list: false, items: overview === undefined ? [] : [{ text: overview, render: (text) => p(text) }] },
    { heading: p(strong(language.texts.mainTopics)), list: true, items: topics.map(topicItem) },
    {
      heading: p(strong(language.texts.nextSteps)),
      list: true,
      items: nextSteps.map((step) => nextStepItem(step, language)),
    },
  ];
  const content = {
    head: join(opening, scoreLine(meeting.summary, language)),
    sections,
    priority: [0, 2, 1],
    foot: ([, topicsLeft = 0, stepsLeft = 0]: readonly number[]) => {
      const recording = a(meeting.recordingUrl, language.texts.openRecording);
      const missing = leftOutLine(topicsLeft, stepsLeft, language);
      return missing === null ? p(recording) : p(separated(' ', [em(missing), recording]));
    },
  };
  return fitBody(content, maxCharacters);
}

function scoreLine({ aiScore }: MeetingSummary, { texts, locale }: MeetingLanguage): Html {
  if (aiScore === undefined) return join();
  const score = strong(`${texts.aiScore}: ${formatNumber(aiScore.value, locale)}/${formatNumber(aiScore.max, locale)}`);
  return p(separated(' · ', aiScore.label === undefined ? [score] : [score, aiScore.label]));
}

function topicItem({ title, detail }: MeetingSummary['topics'][number]): BodyItem {
  if (detail === undefined) return { text: title, render: (text) => li(strong(text)) };
  return { text: detail, render: (text) => li(separated(': ', [strong(title), text])) };
}

function nextStepItem(step: MeetingSummary['nextSteps'][number], { texts, locale }: MeetingLanguage): BodyItem {
  const who = step.owner === undefined ? [] : [step.owner];
  const when = step.dueDate === undefined ? [] : [texts.due(formatDate(step.dueDate, locale))];
  const agreed = [...who, ...when];
  return {
    text: step.text,
    render: (text) => li(separated(' ', agreed.length === 0 ? [text] : [text, em(`(${agreed.join(', ')})`)])),
  };
}

function leftOutLine(topics: number, steps: number, { texts, locale }: MeetingLanguage): string | null {
  const counted = [
    ...(topics === 0 ? [] : [texts.topics(topics, formatNumber(topics, locale))]),
    ...(steps === 0 ? [] : [texts.steps(steps, formatNumber(steps, locale))]),
  ];
  return counted.length === 0 ? null : texts.leftOut(new Intl.ListFormat(locale).format(counted));
}
