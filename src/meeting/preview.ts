import { recordKey, type Link, type ObjectType, type RecordRef } from './linking/cascade';
import type { LeftOut } from './linking/left-out';
import type { SettingName } from './settings';
import type { SyncReason } from './status';
import type { Warning } from './warnings';

/** An activity as it would be written; `title` is null for types that have none. */
export type PreviewedActivity = {
  readonly objectType: ObjectType;
  readonly title: string | null;
  /** HTML. */
  readonly body: string;
};

/** What a sync of a meeting would do now, with nothing written. */
export type MeetingPreview = {
  readonly meetingId: string;
  /** Whether a sync would write it; if not, `reason` says why, and the activities are what would be written if it did. */
  readonly written: boolean;
  readonly reason: SyncReason | null;
  readonly activities: { readonly summary: PreviewedActivity; readonly notes: PreviewedActivity | null };
  /** Every record that would be linked, and how it is reached; contacts that would be made have no id yet. */
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** What was dropped when the meeting was posted; a sync may add its own. */
  readonly warnings: readonly Warning[];
};

/** What a change of the settings would do to one meeting at its next sync. */
export type PreviewedChange = {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** False: it could not be looked at now (too many records, or HubSpot's limit is used up); the rest is empty then. */
  readonly checked: boolean;
  /** Whether it is written with the settings as they are, and with those that are previewed. */
  readonly writtenBefore: boolean;
  readonly writtenAfter: boolean;
  /** Why it would not be written. */
  readonly reason: SyncReason | null;
  /** Links that would come, and that would go. */
  readonly coming: readonly Link[];
  readonly going: readonly Link[];
  /** People of whom a contact would be made. */
  readonly contactsToCreate: number;
  /** The activities would read differently, or be of another type. */
  readonly rewritten: boolean;
};

/** What a change of the settings would do to the newest meetings, the newest first. */
export type SettingsPreview = { readonly meetings: readonly PreviewedChange[] };

/** One change of the settings: who, when, and each field before and after. */
export type SettingsChange = {
  readonly changedBy: string;
  /** ISO 8601. */
  readonly changedAt: string;
  readonly fields: readonly { readonly field: SettingName; readonly before: unknown; readonly after: unknown }[];
};

/** The links of `after` that `before` has not, whatever brought them. */
export function linksBeyond(after: readonly Link[], before: readonly RecordRef[]): Link[] {
  const known = new Set(before.map(recordKey));
  return after.filter((link) => !known.has(recordKey(link)));
}
