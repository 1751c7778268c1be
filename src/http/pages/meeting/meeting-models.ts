import { reviewsPath } from '../reviews/review-filters';
import { storedText } from '../../../languages/stored-text';
import { numberText, t } from '../../../languages/text';
import type { EngagementRef } from '../../../meeting/status';
import type { TaskState } from '../../../meeting/tasks/task-state';
import type { ProcessedMeeting } from '../../../meeting/intake/schema';
import type { PreviewedActivity } from '../../../meeting/preview';
import { hasKeptEdits } from '../../../meeting/warnings/edited-warnings';
import type { Warning } from '../../../meeting/warnings/warnings';
import type { TemporalUi } from '../../../store/meetings/status-documents';
import { shownHtml } from './activity-html';
import { httpLink } from '../layout/format';
import { connectWords, hubSpotWorks } from '../layout/hubspot-works';
import { historyOf, type PassLine } from './history-models';
import type { MeetingData } from './meeting-data';
import { reasonBox, type ReasonBox } from './reason-models';
import { personWords, recordLine, treeOf, type RecordLine, type TreeLine } from './tree-models';
import { meetingPath, statusWord, timeOf, titleOf, type StatusWord, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { EXAMPLE_MEETING_ID } from '../../../meeting/intake/example';

interface ActivityBox {
  readonly tab: 'summary' | 'notes';
  readonly name: string;
  /** How HubSpot shows it: as a meeting, a call or a note. */
  readonly shownAs: string;
  readonly url: string | null;
  /** Whether it is in HubSpot. */
  readonly state: StatusWord;
  readonly title: string | null;
  /** HTML with only a few tags. */
  readonly html: string;
}

/** A next step, and what became of its task. `url`: its page in HubSpot; null once it is deleted. */
interface TaskLine {
  readonly text: string;
  readonly url: string | null;
  readonly state: StatusWord;
}

export interface MeetingPageModel {
  readonly meetingId: string;
  readonly path: string;
  readonly heading: string;
  readonly when: Time;
  readonly status: StatusWord;
  /** Length, host and score, in a few words each. */
  readonly facts: readonly string[];
  /** Colleagues who took part; null for none. */
  readonly colleagues: string | null;
  /** The activity's page in HubSpot, on the timeline of a linked record. */
  readonly hubSpotUrl: string | null;
  readonly reason: ReasonBox | null;
  readonly erasing: boolean;
  readonly activities: readonly ActivityBox[];
  /** The activity whose text is shown. */
  readonly shown: ActivityBox['tab'];
  readonly tree: readonly TreeLine[];
  readonly linkCount: number;
  /** Suggestions for properties that wait for a person; null for none. */
  readonly reviews: { readonly count: number; readonly path: string } | null;
  /** When the values of the records were read from HubSpot, the oldest; null for none. */
  readonly valuesFrom: Time | null;
  readonly unlinked: readonly RecordLine[];
  readonly refused: readonly (RecordLine & { readonly message: string })[];
  readonly unmatched: readonly {
    readonly label: string;
    readonly email: string | null;
    readonly search: string;
    readonly canCreate: boolean;
  }[];
  /** The tasks of next steps in HubSpot. */
  readonly tasks: readonly TaskLine[];
  readonly warnings: readonly Warning[];
  /** Whether changes that people made in HubSpot were kept, and Overwrite would replace them. */
  readonly canOverwrite: boolean;
  readonly sameEvent: readonly { readonly meetingId: string; readonly path: string }[];
  readonly history: readonly PassLine[];
  readonly workflowUrl: string | null;
  readonly workflowId: string;
  readonly received: Time;
  readonly times: readonly ({ readonly name: string } & Time)[];
  /** False once the meeting is deleted or being deleted. */
  readonly canChange: boolean;
  /** Syncing also needs HubSpot to work. */
  readonly canSync: boolean;
  /** Changing links also needs the connected account to be that of the meeting. */
  readonly canLink: boolean;
  readonly isExample: boolean;
}

export const meetingView = (model: MeetingPageModel): FilledView => ({ template: 'meeting/meeting', model });

function reviewsOf({ meetingId, fields }: MeetingData['document']): MeetingPageModel['reviews'] {
  const count = fields.filter(({ state }) => state === 'review').length;
  return count === 0 ? null : { count, path: reviewsPath({ meetingId }) };
}

/**
 * The model of a meeting's page. Times are in the account's time zone, or in UTC without an account.
 *
 * @param tab - the activity to show; the summary when there are no notes
 */
export function meetingPage(data: MeetingData, ui: TemporalUi, tab: ActivityBox['tab']): MeetingPageModel {
  const { row, document, connection } = data;
  const timeZone = connection?.time_zone ?? 'UTC';
  const { meetingId } = document;
  const canChange = document.status !== 'deleted' && !row.erasing;
  const sameAccount = connection !== null && (row.portal_id === null || row.portal_id === connection.portal_id);
  const works = hubSpotWorks(connection);
  const canLink = canChange && sameAccount && works;
  const connect = works ? null : connectWords(connection);
  const unmatched = unmatchedOf(data, canLink);
  const canCreate = unmatched.some((person) => person.canCreate);
  const activities = activitiesOf(data);
  const present = data.links.filter((link) => link.refused === null);
  return {
    meetingId,
    path: meetingPath(meetingId),
    heading: titleOf({ meetingId, title: row.title }),
    when: timeOf(row.started_at, timeZone),
    status: statusWord(document.status, document.reason?.code ?? null),
    facts: factsOf(data),
    colleagues: colleaguesOf(data),
    hubSpotUrl: document.engagements.summary && httpLink(document.engagements.summary.url),
    reason: document.reason && reasonBox(document.reason, document.unmatched, { timeZone, canCreate, connect }),
    erasing: row.erasing,
    activities,
    shown: activities.some((box) => box.tab === tab) ? tab : 'summary',
    tree: treeOf(present, data, timeZone),
    valuesFrom: valuesFrom(data, timeZone),
    linkCount: present.length,
    reviews: reviewsOf(document),
    unlinked: data.choices.filter(({ choice }) => choice === 'unlinked').map((record) => recordLine(record, data)),
    refused: data.links.flatMap((link) =>
      link.refused === null ? [] : [{ ...recordLine(link, data), message: link.refused }],
    ),
    unmatched,
    tasks: document.tasks.map(taskLine),
    warnings: document.warnings.map(({ path, message }) => ({ path, message: storedText(message) })),
    canOverwrite: canChange && works && hasKeptEdits(row.pass_warnings),
    sameEvent: document.sameEvent.map((id) => ({ meetingId: id, path: meetingPath(id) })),
    history: historyOf(data.passes, { workflowId: document.workflow.id, ui, timeZone }),
    workflowUrl: httpLink(document.workflow.url),
    workflowId: document.workflow.id,
    received: timeOf(document.acceptedAt, timeZone),
    times: [
      ...(document.syncedAt === null ? [] : [{ name: t('Synced'), iso: document.syncedAt }]),
      { name: t('Last change'), iso: document.updatedAt },
    ].map(({ name, iso }) => ({ name, ...timeOf(iso, timeZone) })),
    canChange,
    canSync: canChange && works,
    canLink,
    isExample: meetingId === EXAMPLE_MEETING_ID,
  };
}

function unmatchedOf({ document, people }: MeetingData, canLink: boolean): MeetingPageModel['unmatched'] {
  const createable = new Set(people?.external.filter(({ shared }) => !shared).map(({ shown }) => shown));
  return document.unmatched.map((person) => ({
    label: personWords(person),
    email: person.email,
    search: person.email ?? person.name ?? '',
    canCreate: canLink && person.email !== null && createable.has(person.email),
  }));
}

function taskLine({ text, url, state }: TaskState): TaskLine {
  const link = httpLink(url);
  switch (state) {
    case 'open':
      return { text, url: link, state: { word: t('Not done yet'), tone: 'run' } };
    case 'completed':
      return { text, url: link, state: { word: t('Done'), tone: 'good' } };
    case 'deleted':
      return { text, url: null, state: { word: t('Deleted in HubSpot'), tone: 'off' } };
  }
}

function factsOf({ row: { body } }: MeetingData): string[] {
  if (body === null) return [];
  const minutes = Math.round((Date.parse(body.endedAt) - Date.parse(body.startedAt)) / 60_000);
  const { aiScore } = body.summary;
  return [
    t('{count, number} min', { count: minutes }),
    t('Hosted by {person}', { person: body.host.name ?? body.host.email }),
    ...(aiScore === undefined ? [] : [scoreText(aiScore)]),
  ];
}

function scoreText({ value, max, label }: NonNullable<ProcessedMeeting['summary']['aiScore']>): string {
  const score = { value: numberText(value), max: numberText(max) };
  return label === undefined
    ? t('AI score {value}/{max}', score)
    : t('AI score {value}/{max} ({label})', { ...score, label });
}

function colleaguesOf({ people }: MeetingData): string | null {
  const names = (people?.internal ?? []).map(({ name, email }) => name ?? email ?? '').filter((name) => name !== '');
  return names.length === 0 ? null : names.join(', ');
}

/** People decide by these values, so the page says how old they may be. */
function valuesFrom({ records }: MeetingData, timeZone: string): Time | null {
  const oldest = [...records.values()].flatMap(({ readAt }) => readAt ?? []).toSorted()[0];
  return oldest === undefined ? null : timeOf(oldest, timeZone);
}

function activitiesOf({ document, activities, row }: MeetingData): ActivityBox[] {
  if (activities === null) return [];
  const box = (tab: ActivityBox['tab'], preview: PreviewedActivity, reference: EngagementRef | null): ActivityBox => ({
    tab,
    name: t(tab === 'summary' ? 'Meeting Summary' : 'Smart Category Notes'),
    shownAs: shownAs(reference, preview),
    url: reference === null ? null : httpLink(reference.url),
    state:
      reference === null
        ? { word: t(row.status === 'skipped' ? 'Not in HubSpot' : 'Not in HubSpot yet'), tone: 'off' }
        : { word: t('In HubSpot'), tone: 'good' },
    title: preview.title,
    html: shownHtml(preview.body),
  });
  return [
    box('summary', activities.summary, document.engagements.summary),
    ...(activities.notes === null ? [] : [box('notes', activities.notes, document.engagements.notes)]),
  ];
}

function shownAs(reference: EngagementRef | null, preview: PreviewedActivity): string {
  const { objectType: kind } = reference ?? preview;
  return reference === null || reference.url === null
    ? t(
        'How it looks on the HubSpot timeline, as {kind, select, meetings {a meeting} calls {a call} notes {a note} other {an activity}}.',
        { kind },
      )
    : t(
        'As it is on the HubSpot timeline, as {kind, select, meetings {a meeting} calls {a call} notes {a note} other {an activity}}.',
        { kind },
      );
}
