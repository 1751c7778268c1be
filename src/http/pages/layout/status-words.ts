import type { ReasonCode, SyncStatus } from '../../../meeting/status';
import { message, t } from '../../../languages/text';
import { formatTime, formatWhen } from './format';

/** The word and the colour of a status. */
export interface StatusWord {
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'run' | 'wait' | 'off';
}

/** A time, for people and for programs. */
export interface Time {
  readonly iso: string;
  readonly text: string;
  /** Shown when a reader points at the text: to the minute, with the time zone. */
  readonly exact: string;
}

/** The words are English: {@link statusWord} translates them. */
export const STATUSES: Readonly<Record<SyncStatus, StatusWord>> = {
  accepted: { word: message('Queued'), tone: 'run' },
  syncing: { word: message('Syncing'), tone: 'run' },
  waiting: { word: message('Waiting for HubSpot'), tone: 'wait' },
  needs_attention: { word: message('Needs you'), tone: 'bad' },
  synced: { word: message('On timeline'), tone: 'good' },
  skipped: { word: message('Skipped'), tone: 'off' },
  deleted: { word: message('Deleted'), tone: 'off' },
};

/** The word for a status with its reason. A meeting with people who could be created is not just skipped. */
export function statusWord(status: SyncStatus, reason: ReasonCode | null): StatusWord {
  if (status === 'skipped' && reason === 'no_crm_match') return { word: t('Not in HubSpot'), tone: 'busy' };
  const { word, tone } = STATUSES[status];
  return { word: t(word), tone };
}

/** The order of the statuses in the filter of the list. */
export const STATUS_ORDER: readonly SyncStatus[] = [
  'needs_attention',
  'accepted',
  'syncing',
  'waiting',
  'synced',
  'skipped',
  'deleted',
];

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  contacts: [message('Contact'), message('{count, plural, one {# contact} other {# contacts}}')],
  companies: [message('Company'), message('{count, plural, one {# company} other {# companies}}')],
  deals: [message('Deal'), message('{count, plural, one {# deal} other {# deals}}')],
};

/** The name of an object type. A custom type has its own name, when it is known. */
export function kindOf(objectType: string, typeName: string | null = null): string {
  const [known] = KINDS[objectType] ?? [];
  return known === undefined ? (typeName ?? t('Record')) : t(known);
}

/** `1 contact`, `2 companies`. */
export function countedRecords(objectType: string, count: number): string {
  const [, known] = KINDS[objectType] ?? [];
  return t(known ?? message('{count, plural, one {# record} other {# records}}'), { count });
}

/** `2 h ago`, or `Wed 18 Nov, 15:30`. */
export function timeOf(date: Date | string, timeZone: string): Time {
  const iso = new Date(date).toISOString();
  return { iso, text: formatWhen(iso, timeZone), exact: formatTime(iso, timeZone) };
}

/** The name of a meeting on pages. The title is empty once the meeting was deleted. */
export function titleOf({ meetingId, title }: { readonly meetingId: string; readonly title: string }): string {
  return title === '' ? meetingId : title;
}

/** The path of a meeting's page, below PUBLIC_URL. */
export function meetingPath(meetingId: string): string {
  return `/meetings/${encodeURIComponent(meetingId)}`;
}
