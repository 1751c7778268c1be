import type { FieldState } from './fields/field-status';
import type { Link, ObjectType } from './linking/cascade';
import type { TaskState } from './tasks/task-state';
import type { Warning } from './warnings/warnings';

/** Where a meeting is in its sync (docs/reference.md, "Status document"). */
export const SYNC_STATUSES = [
  'accepted',
  'syncing',
  'waiting',
  'needs_attention',
  'synced',
  'skipped',
  'deleted',
] as const;
export type SyncStatus = (typeof SYNC_STATUSES)[number];

/** In these states a sync continues without a person. In all others it has ended or waits for a person. */
export const UNDER_WAY: readonly SyncStatus[] = ['accepted', 'syncing', 'waiting'];

/** Why a meeting has its status, for programs (docs/reference.md, "Reason codes"). */
export const REASON_CODES = [
  'not_connected',
  'reauthorize',
  'missing_scope',
  'contact_limit',
  'app_misconfigured',
  'hubspot_unavailable',
  'hubspot_rejected',
  'hubspot_down',
  'rate_limited',
  'daily_limit',
  'no_crm_match',
  'internal_only',
  'unlinked_by_hand',
  'meeting_excluded',
  'private',
  'deleted_in_hubspot',
  'recorded_twice',
  'key_missing',
  'activities_remain',
  'being_deleted',
  'content_expired',
  'cancelled',
  'internal_error',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** Why a meeting is not synced: what happened, and in one sentence what a person does next. */
export type SyncReason = {
  readonly code: ReasonCode;
  readonly message: string;
  readonly action: string;
  /** HubSpot's response, where HubSpot refused a request. */
  readonly refusal?: Refusal;
};

/** A request that HubSpot refused. */
export type Refusal = {
  /** HubSpot's original message. */
  readonly raw: string;
  /** For HubSpot's support. */
  readonly correlationId: string | null;
  /** The properties that the message names. `settings` is the address of the property's settings in HubSpot. */
  readonly properties: readonly { readonly name: string; readonly rule: string; readonly settings?: string }[];
  /** The type of the refused record, such as `meetings`. */
  readonly objectType: string | null;
};

/** An activity in HubSpot; `url` is its page there. */
export type EngagementRef = { readonly objectType: ObjectType; readonly id: string; readonly url: string };

/** An external person without a match. `email` is `null` for participants without an address ("Meeting room 4"). */
export type UnmatchedPerson = { readonly email: string | null; readonly name: string | null };

/** The status document (docs/reference.md); times are ISO 8601 in UTC. */
export type StatusDocument = {
  readonly meetingId: string;
  /** Null after the content was deleted. */
  readonly title: string | null;
  readonly startedAt: string;
  readonly status: SyncStatus;
  readonly reason: SyncReason | null;
  readonly engagements: { readonly summary: EngagementRef | null; readonly notes: EngagementRef | null };
  readonly links: readonly Link[];
  readonly unmatched: readonly UnmatchedPerson[];
  /** First what was excluded from the posted meeting, then what the last pass wrote without. */
  readonly warnings: readonly Warning[];
  /** What became of the meeting's values for properties. */
  readonly fields: readonly FieldState[];
  /** The tasks of its next steps in HubSpot, in the order of the steps. */
  readonly tasks: readonly TaskState[];
  /** Ids of other recordings of the same calendar event, in the order of acceptance. */
  readonly sameEvent: readonly string[];
  /** `runId` and `url` are `null` until the workflow has been started. */
  readonly workflow: { readonly id: string; readonly runId: string | null; readonly url: string | null };
  readonly acceptedAt: string;
  readonly syncedAt: string | null;
  readonly updatedAt: string;
};
