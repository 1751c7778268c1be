import type { MeetingListPage, ListedMeeting } from '../../../store/meetings/meeting-lists';
import type { ReasonCode, SyncStatus } from '../../../meeting/status';
import type { StoredLink } from '../../../store/meetings/links';
import type { ReasonCount } from '../../../store/meetings/meeting-reasons';
import type { WhereWritten } from '../../../store/meetings/linked-and-written';
import type { BackfillSummary } from '../../../meeting/backfill';
import type { RunningReconciliation } from '../../../store/jobs/reconciliations';
import { engagementRef } from '../../../store/meetings/status-documents';
import type { UnderWay } from '../../../store/meetings/sync-passes';
import { FILTER_NAMES, type FilterTexts } from '../../meeting-filters';
import { EXAMPLE_MEETING_ID } from '../../../meeting/intake/example';
import { remediesForAll, type Remedy } from '../meeting/reason-models';
import { queryOf, type ListFilters } from './list-filters';
import type { FieldError } from '../../../meeting/validation-errors';
import { httpLink, withLocalTimes } from '../layout/format';
import { backfillProgress, progressOf, reconciliationOf, type BackfillRow, type Progress } from './progress';
import {
  counted,
  countedRecords,
  meetingPath,
  REASONS,
  STATUS_ORDER,
  STATUSES,
  statusWord,
  timeOf,
  titleOf,
  type StatusWord,
  type Time,
} from '../layout/status-words';
import type { FilledView } from '../layout/view';

/** One meeting of the list. */
interface MeetingLine {
  readonly meetingId: string;
  readonly path: string;
  readonly title: string;
  readonly participants: string;
  readonly when: Time;
  readonly score: string | null;
  readonly status: StatusWord;
  readonly reason: string | null;
  readonly activities: readonly { readonly name: string; readonly url: string | null }[];
  readonly linked: string;
  readonly canSyncAgain: boolean;
  readonly isExample: boolean;
}

/** Meetings with the same reason, and what can be done about all of them. */
interface ReasonLine {
  readonly code: ReasonCode;
  readonly words: string;
  readonly count: string;
  readonly query: string;
  readonly tone: StatusWord['tone'];
  readonly remedies: readonly Remedy[];
}

export interface MeetingsPageModel {
  readonly filters: Readonly<Record<(typeof FILTER_NAMES)[number], string>>;
  readonly invalid: readonly FieldError[];
  readonly narrowed: boolean;
  /** Whether filters other than search and status are in use. */
  readonly moreFilters: boolean;
  readonly reasonOptions: readonly { readonly code: string; readonly words: string }[];
  readonly statuses: readonly {
    readonly word: string;
    readonly tone: StatusWord['tone'] | null;
    readonly count: string;
    readonly query: string;
    readonly current: boolean;
  }[];
  readonly needsYou: readonly ReasonLine[];
  readonly progress: string | null;
  readonly reconciliation: Progress | null;
  readonly backfills: readonly BackfillRow[];
  readonly meetings: readonly MeetingLine[];
  readonly newerQuery: string | null;
  readonly olderQuery: string | null;
  /** The page's own query, for forms that return to it. */
  readonly back: string;
  readonly clearQuery: string;
}

export const meetingsView = (model: MeetingsPageModel): FilledView => ({ template: 'meetings', model });

/** The data of the list. */
export interface MeetingsData {
  readonly page: MeetingListPage;
  readonly counts: ReadonlyMap<SyncStatus, number>;
  readonly reasons: readonly ReasonCount[];
  readonly underWay: UnderWay;
  readonly reconciliation: RunningReconciliation | null;
  readonly backfills: readonly BackfillSummary[];
  readonly links: ReadonlyMap<string, readonly StoredLink[]>;
  readonly engagements: ReadonlyMap<string, readonly WhereWritten[]>;
  readonly timeZone: string;
}

/** The model of the list. @param cursor - that of the page's own address */
export function meetingsPage(
  data: MeetingsData,
  { texts, given, invalid }: ListFilters,
  cursor: string | undefined,
): MeetingsPageModel {
  const { page, timeZone } = data;
  return {
    filters: filterValues(texts, given),
    invalid,
    narrowed: FILTER_NAMES.some((name) => texts[name] !== undefined),
    moreFilters: (['reason', 'from', 'to', 'record'] as const).some((name) => given[name] !== undefined),
    reasonOptions: Object.entries(REASONS).map(([code, words]) => ({ code, words })),
    statuses: statusChips(data.counts, texts),
    needsYou: data.reasons
      .filter(({ status, code }) => status === 'needs_attention' || code === texts.reason)
      .map(reasonLine),
    progress: progressOf(data.underWay),
    reconciliation: reconciliationOf(data.reconciliation, data.underWay),
    backfills: data.backfills.map((backfill) => backfillProgress(backfill, timeZone)),
    meetings: page.meetings.map((meeting) => lineOf(meeting, data)),
    newerQuery: page.previousCursor === null ? null : queryOf(texts, page.previousCursor),
    olderQuery: page.nextCursor === null ? null : queryOf(texts, page.nextCursor),
    back: queryOf(texts, cursor),
    clearQuery: queryOf(texts.status === undefined ? {} : { status: texts.status }),
  };
}

/** The statuses that the list can be filtered by, with the number of meetings in each. */
function statusChips(
  counts: ReadonlyMap<SyncStatus, number>,
  { status: chosen, ...others }: FilterTexts,
): MeetingsPageModel['statuses'] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const all = { word: 'All', tone: null, count: total, query: queryOf(others), current: chosen === undefined };
  const each = STATUS_ORDER.filter((status) => status === chosen || (counts.get(status) ?? 0) > 0).map((status) => ({
    ...STATUSES[status],
    count: counts.get(status) ?? 0,
    query: queryOf({ ...others, status }),
    current: status === chosen,
  }));
  return [all, ...each].map((chip) => ({ ...chip, count: chip.count.toLocaleString('en') }));
}

function reasonLine({ status, code, count }: ReasonCount): ReasonLine {
  return {
    code,
    words: REASONS[code],
    count: counted(count, 'meeting', 'meetings'),
    query: queryOf({ status, reason: code }),
    tone: STATUSES[status].tone,
    remedies: remediesForAll(code),
  };
}

/** The values of the form: the typed texts, valid or not. */
function filterValues(texts: FilterTexts, given: Readonly<Record<string, string>>): MeetingsPageModel['filters'] {
  const value = (name: (typeof FILTER_NAMES)[number]) => given[name] ?? texts[name] ?? '';
  return {
    status: texts.status ?? '',
    reason: texts.reason ?? '',
    q: value('q'),
    from: value('from'),
    to: value('to'),
    record: value('record'),
  };
}

function lineOf(meeting: ListedMeeting, data: MeetingsData): MeetingLine {
  const links = data.links.get(meeting.meeting_id) ?? [];
  const engagements = data.engagements.get(meeting.meeting_id) ?? [];
  return {
    meetingId: meeting.meeting_id,
    path: meetingPath(meeting.meeting_id),
    title: titleOf({ meetingId: meeting.meeting_id, title: meeting.title }),
    participants: participantsOf(meeting),
    when: timeOf(meeting.started_at, data.timeZone),
    score: scoreOf(meeting),
    status: statusWord(meeting.status, meeting.reason?.code ?? null),
    reason: meeting.reason && withLocalTimes(meeting.reason.message, data.timeZone),
    activities: (['summary', 'notes'] as const).flatMap((kind) => {
      const reference = engagementRef(engagements, kind, links);
      return reference === null
        ? []
        : [{ name: kind === 'summary' ? 'Summary' : 'Notes', url: httpLink(reference.url) }];
    }),
    linked: linkedOf(links.filter((link) => link.refused === null)),
    canSyncAgain: meeting.status !== 'deleted' && !meeting.erasing,
    isExample: meeting.meeting_id === EXAMPLE_MEETING_ID,
  };
}

function participantsOf({ participants, participantCount }: ListedMeeting): string {
  const more = participantCount - participants.length;
  const named = participants.join(', ');
  return more > 0 ? `${named} and ${more.toLocaleString('en')} more` : named;
}

/** `82/100`. */
function scoreOf({
  score,
  scoreMax,
}: {
  readonly score: number | null;
  readonly scoreMax: number | null;
}): string | null {
  if (score === null) return null;
  const value = score.toLocaleString('en', { maximumFractionDigits: 2 });
  return scoreMax === null ? value : `${value}/${scoreMax.toLocaleString('en', { maximumFractionDigits: 2 })}`;
}

function linkedOf(links: readonly StoredLink[]): string {
  const count = (objectType: string) => links.filter((link) => link.objectType === objectType).length;
  const custom = links.filter((link) => link.objectType.startsWith('2-')).length;
  return [
    ...(['contacts', 'companies', 'deals'] as const).map((type) => [type, count(type)] as const),
    ['custom', custom] as const,
  ]
    .filter(([, some]) => some > 0)
    .map(([type, some]) => countedRecords(type, some))
    .join(', ');
}
