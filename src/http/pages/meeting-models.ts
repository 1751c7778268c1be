import type { ConnectionDocument } from '../../connections';
import { recordUrl } from '../../hubspot/account';
import { objectTypeId } from '../../hubspot/association-types';
import type { Link } from '../../meeting/cascade';
import type { EngagementRef, StatusDocument, SyncStatus } from '../../meeting/status';
import type { MeetingHeading } from '../../store/meeting-headings';
import { formatTime, httpLink } from './format';

interface Status {
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'off';
}

interface Time {
  readonly iso: string;
  readonly text: string;
}

/** One line of the list. */
interface MeetingLine {
  readonly path: string;
  readonly title: string;
  readonly when: Time | null;
  readonly status: Status;
  readonly reason: string | null;
}

export interface MeetingsPageModel {
  readonly meetings: readonly MeetingLine[];
  readonly filters: readonly { readonly word: string; readonly query: string; readonly current: boolean }[];
  readonly olderQuery: string | null;
  readonly filtered: boolean;
}

export interface MeetingPageModel {
  readonly meetingId: string;
  readonly heading: string;
  readonly when: Time | null;
  readonly status: Status;
  readonly reason: { readonly message: string; readonly action: string } | null;
  readonly activities: readonly { readonly name: string; readonly url: string | null }[];
  readonly links: readonly {
    readonly kind: string;
    readonly id: string;
    readonly url: string | null;
    readonly via: string;
  }[];
  readonly unmatched: readonly string[];
  readonly workflowUrl: string | null;
  readonly workflowId: string;
  readonly times: readonly ({ readonly name: string } & Time)[];
  readonly canResync: boolean;
}

const STATUSES: Readonly<Record<SyncStatus, Status>> = {
  accepted: { word: 'Accepted', tone: 'busy' },
  syncing: { word: 'Syncing', tone: 'busy' },
  waiting: { word: 'Waiting', tone: 'busy' },
  needs_attention: { word: 'Needs attention', tone: 'bad' },
  synced: { word: 'Synced', tone: 'good' },
  skipped: { word: 'Skipped', tone: 'off' },
  deleted: { word: 'Deleted', tone: 'off' },
};

const KINDS: Readonly<Record<string, string>> = { contacts: 'Contact', companies: 'Company', deals: 'Deal' };

export const statusWords: readonly (readonly [SyncStatus, string])[] = [
  ['accepted', STATUSES.accepted.word],
  ['syncing', STATUSES.syncing.word],
  ['waiting', STATUSES.waiting.word],
  ['needs_attention', STATUSES.needs_attention.word],
  ['synced', STATUSES.synced.word],
  ['skipped', STATUSES.skipped.word],
  ['deleted', STATUSES.deleted.word],
];

export function meetingsPage(input: {
  meetings: readonly StatusDocument[];
  headings: ReadonlyMap<string, MeetingHeading>;
  status: SyncStatus | undefined;
  nextCursor: string | null;
  timeZone: string;
}): MeetingsPageModel {
  const { status, nextCursor, timeZone } = input;
  return {
    meetings: input.meetings.map((meeting) => {
      const heading = input.headings.get(meeting.meetingId);
      return {
        path: `/meetings/${encodeURIComponent(meeting.meetingId)}`,
        title: titleOf(meeting.meetingId, heading),
        when: timeOf(heading?.startedAt.toISOString() ?? null, timeZone),
        status: STATUSES[meeting.status],
        reason: meeting.reason?.message ?? null,
      };
    }),
    filters: [
      { word: 'All', query: '', current: status === undefined },
      ...statusWords.map(([value, word]) => ({ word, query: `?status=${value}`, current: status === value })),
    ],
    olderQuery: nextCursor === null ? null : olderQuery(status, nextCursor),
    filtered: status !== undefined,
  };
}

export function meetingPage(input: {
  document: StatusDocument;
  heading: MeetingHeading | undefined;
  connection: ConnectionDocument;
}): MeetingPageModel {
  const { document, heading, connection } = input;
  const timeZone = connection.portal?.timeZone ?? 'UTC';
  const { summary, notes } = document.engagements;
  return {
    meetingId: document.meetingId,
    heading: titleOf(document.meetingId, heading),
    when: timeOf(heading?.startedAt.toISOString() ?? null, timeZone),
    status: STATUSES[document.status],
    reason: document.reason,
    activities: [activity('Meeting Summary', summary), activity('Smart Category Notes', notes)].flatMap(
      (one) => one ?? [],
    ),
    links: document.links.map((link) => ({
      kind: KINDS[link.objectType] ?? `Custom object ${link.objectType}`,
      id: link.id,
      url: linkUrl(link, heading?.portalId ?? null, connection),
      via: viaWords(link),
    })),
    unmatched: document.unmatched.map(({ name, email }) => [name, email && `<${email}>`].filter(Boolean).join(' ')),
    workflowUrl: httpLink(document.workflow.url),
    workflowId: document.workflow.id,
    times: [
      { name: 'Accepted', iso: document.acceptedAt },
      ...(document.syncedAt === null ? [] : [{ name: 'Synced', iso: document.syncedAt }]),
      { name: 'Last change', iso: document.updatedAt },
    ].map(({ name, iso }) => ({ name, iso, text: formatTime(iso, timeZone) })),
    canResync: document.status !== 'deleted',
  };
}

function olderQuery(status: SyncStatus | undefined, cursor: string): string {
  const query = new URLSearchParams({ cursor });
  if (status !== undefined) query.set('status', status);
  return `?${query.toString()}`;
}

function titleOf(meetingId: string, heading: MeetingHeading | undefined): string {
  return heading === undefined || heading.title === '' ? meetingId : heading.title;
}

function timeOf(iso: string | null, timeZone: string): Time | null {
  return iso === null ? null : { iso, text: formatTime(iso, timeZone) };
}

function activity(name: string, reference: EngagementRef | null) {
  return reference === null ? null : { name, url: httpLink(reference.url) };
}

/** Only while the workspace is connected to the account that the record is in. */
function linkUrl(link: Link, portalId: number | null, { portal }: ConnectionDocument): string | null {
  return portal === null || portal.id !== portalId
    ? null
    : httpLink(recordUrl(portal.uiDomain, portal.id, objectTypeId(link.objectType), link.id));
}

function viaWords({ via, from }: Link): string {
  switch (via) {
    case 'participant':
      return "A participant's address";
    case 'domain':
      return "A participant's domain";
    case 'manual':
      return 'Linked by hand';
    case 'cascade':
      return from === null
        ? 'Through another record'
        : `Through ${(KINDS[from.objectType] ?? 'record').toLowerCase()} ${from.id}`;
  }
}
