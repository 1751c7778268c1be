import { numberText, t } from '../../../languages/text';
import type { MeetingListPage, ListedMeeting } from '../../../store/meetings/meeting-lists';
import type { ReasonCode } from '../../../meeting/status';
import type { StoredLink } from '../../../store/meetings/links';
import type { ReasonCount } from '../../../store/meetings/meeting-reasons';
import type { BackfillSummary } from '../../../meeting/backfill';
import type { RunningReconciliation } from '../../../store/jobs/reconciliations';
import type { UnderWay } from '../../../store/meetings/sync-passes';
import { LIST_STATES, stateOf, type ListState } from '../../../meeting/list-states';
import { recordKey } from '../../../meeting/linking/cascade';
import { EXAMPLE_MEETING_ID } from '../../../meeting/intake/example';
import { remediesForAll, type Remedy } from '../meeting/reason-models';
import { queryOf, type LIST_NAMES, type ListFilters, type ListTexts } from './list-filters';
import type { FieldError } from '../../../meeting/validation-errors';
import { REASONS } from '../../../messages/reason-words';
import { withLocalTimes } from '../layout/format';
import { backfillProgress, progressOf, reconciliationOf, type BackfillRow, type Progress } from './progress';
import {
  countedRecords,
  meetingPath,
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
  /** The people, and the company. */
  readonly who: string;
  readonly when: Time;
  readonly score: string | null;
  readonly status: StatusWord;
  readonly reason: string | null;
  /** How many records of each kind it is on. */
  readonly records: readonly { readonly icon: string; readonly count: number; readonly words: string }[];
  /** What helps with this meeting alone. */
  readonly action: 'retry' | 'create' | null;
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
  readonly filters: Readonly<Record<(typeof LIST_NAMES)[number], string>>;
  readonly invalid: readonly FieldError[];
  readonly narrowed: boolean;
  /** Whether filters other than search and state are in use. */
  readonly moreFilters: boolean;
  readonly reasonOptions: readonly { readonly code: string; readonly words: string }[];
  readonly states: readonly {
    readonly word: string;
    readonly tone: StatusWord['tone'] | null;
    readonly count: string;
    readonly query: string;
    readonly current: boolean;
  }[];
  /** The reasons of the chosen state, with what helps; empty for all states. */
  readonly reasons: readonly ReasonLine[];
  readonly progress: string | null;
  readonly reconciliation: Progress | null;
  readonly backfills: readonly BackfillRow[];
  /** Suggestions for properties that wait for a person. */
  readonly openReviews: number;
  readonly meetings: readonly MeetingLine[];
  /** Whether HubSpot works, so that meetings can be synced again. */
  readonly canSync: boolean;
  readonly previousQuery: string | null;
  readonly nextQuery: string | null;
  /** The list in the opposite order. */
  readonly sortQuery: string;
  /** The page's own query, for forms that return to it. */
  readonly back: string;
  readonly clearQuery: string;
}

export const meetingsView = (model: MeetingsPageModel): FilledView => ({ template: 'meetings/meetings', model });

/** The data of the list. */
export interface MeetingsData {
  readonly page: MeetingListPage;
  readonly counts: ReadonlyMap<ListState, number>;
  readonly reasons: readonly ReasonCount[];
  readonly underWay: UnderWay;
  readonly reconciliation: RunningReconciliation | null;
  readonly backfills: readonly BackfillSummary[];
  readonly openReviews: number;
  readonly links: ReadonlyMap<string, readonly StoredLink[]>;
  /** Names of linked companies, by `recordKey`. */
  readonly names: ReadonlyMap<string, string>;
  readonly timeZone: string;
  /** The words of the button that makes HubSpot work again; null while it works. */
  readonly connect: string | null;
}

/** The model of the list. @param cursor - that of the page's own address */
export function meetingsPage(
  data: MeetingsData,
  { texts, given, invalid }: ListFilters,
  cursor: string | undefined,
): MeetingsPageModel {
  const { page, timeZone } = data;
  const { sort, ...unsorted } = texts;
  return {
    filters: filterValues(texts, given),
    invalid,
    narrowed: Object.keys(unsorted).length > 0,
    moreFilters: (['reason', 'from', 'to', 'record'] as const).some((name) => given[name] !== undefined),
    reasonOptions: Object.entries(REASONS).map(([code, words]) => ({ code, words: t(words) })),
    states: stateChips(data.counts, texts),
    reasons: data.reasons
      .filter(({ status, code }) => code === texts.reason || STATE_STATUS[texts.state ?? 'deleted'] === status)
      .filter(
        ({ code }) => texts.state === undefined || (code === 'no_crm_match') === (texts.state === 'not_in_hubspot'),
      )
      .map((reason) => reasonLine(reason, data.connect)),
    progress: progressOf(data.underWay),
    reconciliation: reconciliationOf(data.reconciliation, data.underWay),
    openReviews: data.openReviews,
    backfills: data.backfills.map((backfill) => backfillProgress(backfill, timeZone)),
    meetings: page.meetings.map((meeting) => lineOf(meeting, data)),
    canSync: data.connect === null,
    previousQuery: page.previousCursor === null ? null : queryOf(texts, page.previousCursor),
    nextQuery: page.nextCursor === null ? null : queryOf(texts, page.nextCursor),
    sortQuery: queryOf(sort === 'oldest' ? unsorted : { ...unsorted, sort: 'oldest' }),
    back: queryOf(texts, cursor),
    clearQuery: queryOf(texts.state === undefined ? {} : { state: texts.state }),
  };
}

/** The status of the reasons that explain a state. */
const STATE_STATUS: Readonly<Partial<Record<ListState, ReasonCount['status']>>> = {
  needs_you: 'needs_attention',
  not_in_hubspot: 'skipped',
  skipped: 'skipped',
};

function stateWord(state: ListState): StatusWord {
  switch (state) {
    case 'needs_you':
      return statusWord('needs_attention', null);
    case 'in_progress':
      return { word: t('In progress'), tone: 'run' };
    case 'on_timeline':
      return statusWord('synced', null);
    case 'not_in_hubspot':
      return statusWord('skipped', 'no_crm_match');
    case 'skipped':
    case 'deleted':
      return statusWord(state, null);
  }
}

/** The states that the list can be filtered by, with the number of meetings in each. */
function stateChips(
  counts: ReadonlyMap<ListState, number>,
  { state: chosen, ...others }: ListTexts,
): MeetingsPageModel['states'] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const all = { word: t('All'), tone: null, count: total, query: queryOf(others), current: chosen === undefined };
  const each = LIST_STATES.filter((state) => state === chosen || (counts.get(state) ?? 0) > 0).map((state) => ({
    ...stateWord(state),
    count: counts.get(state) ?? 0,
    query: queryOf({ ...others, state }),
    current: state === chosen,
  }));
  return [all, ...each].map((chip) => ({ ...chip, count: numberText(chip.count) }));
}

function reasonLine({ status, code, count }: ReasonCount, connect: string | null): ReasonLine {
  return {
    code,
    words: t(REASONS[code]),
    count: t('{count, plural, one {# meeting} other {# meetings}}', { count }),
    query: queryOf({ state: stateOf(status, code === 'no_crm_match'), reason: code }),
    tone: STATUSES[status].tone,
    remedies: remediesForAll(code, connect),
  };
}

/** The values of the form: the typed texts, valid or not. */
function filterValues(texts: ListTexts, given: Readonly<Record<string, string>>): MeetingsPageModel['filters'] {
  const value = (name: (typeof LIST_NAMES)[number]) => given[name] ?? texts[name] ?? '';
  return {
    state: texts.state ?? '',
    sort: texts.sort ?? '',
    reason: texts.reason ?? '',
    q: value('q'),
    from: value('from'),
    to: value('to'),
    record: value('record'),
  };
}

function lineOf(meeting: ListedMeeting, data: MeetingsData): MeetingLine {
  const links = data.links.get(meeting.meeting_id) ?? [];
  return {
    meetingId: meeting.meeting_id,
    path: meetingPath(meeting.meeting_id),
    title: titleOf({ meetingId: meeting.meeting_id, title: meeting.title }),
    who: whoOf(meeting, links, data.names),
    when: timeOf(meeting.started_at, data.timeZone),
    score: scoreOf(meeting),
    status: statusWord(meeting.status, meeting.reason?.code ?? null),
    reason: meeting.reason && withLocalTimes(meeting.reason.message, data.timeZone),
    records: recordsOf(links.filter((link) => link.refused === null)),
    action: data.connect === null ? actionOf(meeting) : null,
    canSyncAgain: data.connect === null && meeting.status !== 'deleted' && !meeting.erasing,
    isExample: meeting.meeting_id === EXAMPLE_MEETING_ID,
  };
}

/** `Marc Serra, Jo Beta and 3 more · Acme`. */
function whoOf(
  { participants, participantCount }: ListedMeeting,
  links: readonly StoredLink[],
  names: MeetingsData['names'],
): string {
  const more = participantCount - participants.length;
  const named = participants.join(', ');
  const people = more > 0 ? t('{people} and {count, number} more', { people: named, count: more }) : named;
  const company = links.flatMap((link) => names.get(recordKey(link)) ?? [])[0];
  return [people, company].filter((part) => part !== undefined && part !== '').join(' · ');
}

/** A button of a row is offered only where it mends what the row says. */
function actionOf({ status, reason, erasing, unmatched }: ListedMeeting): MeetingLine['action'] {
  if (reason === null || erasing || status === 'deleted') return null;
  if (reason.code === 'no_crm_match') return unmatched.some(({ email }) => email !== null) ? 'create' : null;
  return remediesForAll(reason.code, null).some(({ kind }) => kind === 'sync-again') ? 'retry' : null;
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
  const value = numberText(score, { maximumFractionDigits: 2 });
  return scoreMax === null ? value : `${value}/${numberText(scoreMax, { maximumFractionDigits: 2 })}`;
}

function recordsOf(links: readonly StoredLink[]): MeetingLine['records'] {
  const kinds = [
    ['contact', 'contacts'],
    ['company', 'companies'],
    ['deal', 'deals'],
    ['object', 'custom'],
  ] as const;
  return kinds.flatMap(([icon, kind]) => {
    const count = links.filter(({ objectType }) =>
      kind === 'custom' ? objectType.startsWith('2-') : objectType === kind,
    ).length;
    return count === 0 ? [] : [{ icon, count, words: countedRecords(kind, count) }];
  });
}
