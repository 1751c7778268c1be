import type { ReasonCode, SyncReason } from './status';

/** Facts in a reason's sentences. None of them is meeting content, because they reach Temporal's history. */
type Until = { readonly until: string | null };
/** How many of a meeting's people have been looked up in HubSpot so far. */
type LookedUp = { readonly people: number; readonly of: number };

/** The usual causes of a refused refresh token, for when HubSpot names none. */
export const ACCESS_LOST = 'the app was uninstalled, or the user who connected it lost access';

/**
 * One builder per reason code. `message` states what happened, and `action` states in one sentence what a person does
 * next. For a condition that resolves without a person, the action is "nothing", with what to do if it does not.
 */
export const reasons = {
  not_connected: () =>
    reason(
      'not_connected',
      'This workspace is not connected to HubSpot.',
      'Connect HubSpot under Settings → HubSpot; syncing then continues automatically.',
    ),
  reauthorize: (facts?: { readonly why: string | null }) =>
    reason(
      'reauthorize',
      `HubSpot disconnected us: ${sentence(facts?.why ?? ACCESS_LOST)}`,
      'Press Reconnect under Settings → HubSpot; syncing then continues automatically.',
    ),
  missing_scope: ({
    scopes,
    message = null,
  }: {
    readonly scopes: readonly string[];
    readonly message?: string | null;
  }) =>
    reason(
      'missing_scope',
      scopes.length > 0
        ? `HubSpot did not grant a permission that this sync needs: ${scopes.join(', ')}.`
        : message === null
          ? 'HubSpot refused a step because of a missing permission that it did not name.'
          : `HubSpot did not permit a step: ${sentence(message)}`,
      'Reconnect under Settings → HubSpot as a HubSpot user who may grant it; syncing then continues automatically.',
    ),
  contact_limit: () =>
    reason(
      'contact_limit',
      'The HubSpot account has reached its limit of contacts, so no contact can be created for the people of this meeting.',
      'Delete contacts in HubSpot or raise the limit of its plan, or turn off creating contacts in the settings; then sync the meeting again.',
    ),
  app_misconfigured: ({ message }: { readonly message: string }) =>
    reason(
      'app_misconfigured',
      `HubSpot does not accept the app settings of this installation: ${sentence(message)}`,
      'Ask the operator of this installation to check HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET, then sync the meeting again.',
    ),
  hubspot_unavailable: ({ detail }: { readonly detail: string }) =>
    reason(
      'hubspot_unavailable',
      `HubSpot failed at every retry: ${sentence(detail)}`,
      'Check status.hubspot.com, and sync the meeting again once HubSpot works.',
    ),
  hubspot_rejected: ({ rule, properties = [], read = false }: Rejection) =>
    reason(
      'hubspot_rejected',
      read
        ? `HubSpot refused to answer a request of this sync: ${sentence(rule)}`
        : `HubSpot refused to save an activity${properties.length === 0 ? `: ${sentence(rule)}` : because(properties)}`,
      properties.length > 0
        ? 'Ask a HubSpot admin to change that property or its rule in HubSpot, then sync the meeting again.'
        : 'Ask a HubSpot admin to change the rule or property that HubSpot names, then sync the meeting again.',
    ),
  hubspot_down: ({ until }: Until) =>
    reason(
      'hubspot_down',
      `HubSpot is not responding; the next try is ${when(until)}.`,
      'Nothing to do: syncing continues automatically once HubSpot responds.',
    ),
  rate_limited: ({ until, lookedUp }: Until & { readonly lookedUp?: LookedUp }) =>
    reason(
      'rate_limited',
      lookedUp === undefined
        ? `HubSpot's rate limit for this account is used up; the sync continues ${when(until)}.`
        : `HubSpot allows this account only a few searches a second: ${lookedUp.people} of ${lookedUp.of} people are looked up, and the search continues ${when(until)}.`,
      'Nothing to do; if it happens often, check which other apps use this HubSpot account heavily.',
    ),
  daily_limit: ({ until }: Until) =>
    reason(
      'daily_limit',
      `HubSpot's daily limit for this account is used up; the sync continues ${when(until)}.`,
      'Nothing to do; if another app used it up, pause that app and press “Try now” under Settings → HubSpot.',
    ),
  no_crm_match: ({ lateMatchDays }: { readonly lateMatchDays: number }) =>
    reason(
      'no_crm_match',
      'No one from this meeting is in HubSpot.',
      lateMatchDays === 0
        ? 'Create a contact in HubSpot and sync the meeting again, or link a record by hand.'
        : `Create a contact in HubSpot within ${days(lateMatchDays)} and the meeting appears on their timeline, or link a record by hand.`,
    ),
  internal_only: () =>
    reason(
      'internal_only',
      'Only colleagues took part.',
      'Nothing to do; if one of them is a customer, correct your company’s e-mail domains in the settings, or link a record by hand.',
    ),
  unlinked_by_hand: () =>
    reason(
      'unlinked_by_hand',
      'Every record of this meeting was unlinked by hand, so its activities were removed from HubSpot.',
      'Nothing to do; link a record by hand to sync the meeting again.',
    ),
  meeting_excluded: ({ setting }: { readonly setting: string }) =>
    reason(
      'meeting_excluded',
      `The settings exclude this meeting: ${sentence(setting)}`,
      'Nothing to do; to sync it anyway, change that setting and sync the meeting again.',
    ),
  private: () =>
    reason(
      'private',
      'This meeting is marked as private, and private meetings are never written to HubSpot.',
      'Nothing to do; if it is not private, post it again without that mark.',
    ),
  deleted_in_hubspot: ({ missing }: { readonly missing: readonly DeletedActivity[] }) =>
    reason(
      'deleted_in_hubspot',
      `A person deleted ${LIST.format(missing.map((activity) => DELETED[activity])) || 'an activity'} in HubSpot, so ${missing.length > 1 ? 'they are' : 'it is'} not created again.`,
      'Sync the meeting again to create what is missing.',
    ),
  recorded_twice: () =>
    reason(
      'recorded_twice',
      'Another recording of the same calendar event came in first, and the settings keep only the first one.',
      'Nothing to do; to have this one instead, delete the other meeting and this one is synced automatically, or turn that setting off.',
    ),
  key_missing: ({ keyId }: { readonly keyId: string }) =>
    reason(
      'key_missing',
      `Something went wrong on our side: the HubSpot authorisation is encrypted with the key "${keyId}", which is missing or has another value now.`,
      'Ask the operator of this installation to put that key back into ENCRYPTION_KEYS; syncing then continues automatically.',
    ),
  activities_remain: ({ activities }: { readonly activities: readonly RemainingActivity[] }) =>
    reason(
      'activities_remain',
      `The content was deleted here, and HubSpot still has ${LIST.format(remaining(activities))}.`,
      'Connect that HubSpot account under Settings → HubSpot and they are removed automatically, or delete them in HubSpot.',
    ),
  being_deleted: () =>
    reason(
      'being_deleted',
      'This meeting is being deleted.',
      'Nothing to do: its activities are removed from HubSpot automatically.',
    ),
  content_expired: ({ retentionDays }: { readonly retentionDays: number }) =>
    reason(
      'content_expired',
      `The content was deleted here after ${days(retentionDays)}, as the settings say, and its activities stay in HubSpot.`,
      'Nothing to do: delete the meeting to remove its activities too, or post it again to restore its content.',
    ),
  cancelled: () =>
    reason(
      'cancelled',
      'An operator stopped this sync.',
      'Nothing to do; sync the meeting again if it belongs in HubSpot.',
    ),
  internal_error: ({ reference }: { readonly reference: string }) =>
    reason(
      'internal_error',
      `Something went wrong on our side (reference ${reference}).`,
      'Sync the meeting again; if it happens again, send us the reference.',
    ),
} satisfies { readonly [Code in ReasonCode]: (facts: never) => SyncReason & { readonly code: Code } };

/** An activity that could not be removed. `id` is null if its creation was never confirmed. */
export interface RemainingActivity {
  readonly portalId: number;
  readonly objectType: string;
  readonly id: string | null;
}

/** `meetings/123 in account 456`. */
function remaining(activities: readonly RemainingActivity[]): string[] {
  return activities.map(
    ({ portalId, objectType, id }) =>
      `${id === null ? `possibly an unconfirmed activity (${objectType})` : `${objectType}/${id}`} in account ${portalId}`,
  );
}

/**
 * The part of a meeting that a person deleted in HubSpot. `calendar_meeting` is one that the summary was written into.
 */
export type DeletedActivity = 'summary' | 'notes' | 'calendar_meeting';

const DELETED: Record<DeletedActivity, string> = {
  summary: 'the Meeting Summary',
  notes: 'the Smart Category Notes',
  calendar_meeting: 'the Meeting Summary in the calendar meeting',
};
const LIST = new Intl.ListFormat('en');

/** `rule`: HubSpot's message. `properties`: the properties that it names. `read`: the rejected request was a read. */
interface Rejection {
  readonly rule: string;
  readonly properties?: readonly { readonly name: string; readonly rule: string }[];
  readonly read?: boolean;
}

/** How many properties are listed with their rules. The reason's details have the others. */
const MOST_PROPERTIES = 3;

function because(properties: NonNullable<Rejection['properties']>): string {
  const rules = properties.slice(0, MOST_PROPERTIES).map(({ name, rule }) => `“${name}” (${withoutStop(rule)})`);
  const more = properties.length - rules.length;
  const listed = LIST.format([...rules, ...(more > 0 ? [`${more} more`] : [])]);
  return ` because of the ${properties.length === 1 ? 'property' : 'properties'} ${listed}.`;
}

function reason<Code extends ReasonCode>(code: Code, message: string, action: string) {
  return { code, message, action };
}

/** Formats `until`, an ISO 8601 time, in UTC and to the minute, rounded up so that it is never too early. */
function when(until: string | null): string {
  if (until === null) return 'shortly';
  const minute = new Date(Math.ceil(Date.parse(until) / 60_000) * 60_000).toISOString();
  return `at ${minute.slice(0, 10)} ${minute.slice(11, 16)} UTC`;
}

function days(count: number): string {
  return count === 1 ? 'a day' : `${count} days`;
}

function withoutStop(detail: string): string {
  return detail.trim().replace(/\.$/, '');
}

function sentence(detail: string): string {
  const trimmed = detail.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
