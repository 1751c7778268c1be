import type { FieldState } from './fields/field-status';
import { recordKey, type Link, type ObjectType, type RecordRef } from './linking/cascade';
import type { LeftOut } from './linking/left-out';
import type { SettingName } from './settings';
import type { SyncReason } from './status';
import type { Warning } from './warnings/warnings';

/** An activity as a sync would write it. `title` is null for types that have no title. */
export type PreviewedActivity = {
  readonly objectType: ObjectType;
  readonly title: string | null;
  /** HTML. */
  readonly body: string;
};

/**
 * What would become of a value for a property of a record. `before`: what HubSpot has now; `after`: what it would have. A
 * contact that would be created has the id "".
 */
export type PreviewedField = FieldState & { readonly after: string | null };

/**
 * What a sync would do with the task of a next step. `keep`: it stays as it is. `none`: there is no task, and none would be
 * made.
 */
export const TASK_ACTIONS = ['create', 'change', 'archive', 'keep', 'none'] as const;

/** What would become of the task of a next step. */
export type PreviewedTask = {
  /** The caller's id of the step. */
  readonly stepId: string | null;
  readonly text: string;
  readonly action: (typeof TASK_ACTIONS)[number];
  /** A sentence; null where the action needs no explanation. */
  readonly reason: string | null;
  /** The task in HubSpot, and its page there. Null if there is none. */
  readonly id: string | null;
  readonly url: string | null;
  /** When it would be due: ISO 8601. Null for a step that the meeting no longer has. */
  readonly dueAt: string | null;
  /** The owner of the step, or else the host. Null for a step that the meeting no longer has. */
  readonly ownerEmail: string | null;
};

/** What a sync of a meeting would do now. A preview writes nothing. */
export type MeetingPreview = {
  readonly meetingId: string;
  /**
   * Whether a sync would write the meeting. If not, `reason` says why, and the activities show what it would write
   * otherwise.
   */
  readonly written: boolean;
  readonly reason: SyncReason | null;
  readonly activities: { readonly summary: PreviewedActivity; readonly notes: PreviewedActivity | null };
  /**
   * Every record that would be linked, and the rule that leads to it. Contacts that would be created have no id yet.
   */
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** Every value for a mapped property of these records. */
  readonly fields: readonly PreviewedField[];
  /** The tasks of its next steps. */
  readonly tasks: readonly PreviewedTask[];
  /** The warnings from when the meeting was posted. A sync may add its own. */
  readonly warnings: readonly Warning[];
};

/** What a change of settings would do to one meeting at its next sync. */
export type PreviewedChange = {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /**
   * False when the meeting could not be checked now (too many records, or HubSpot's limit is used up). The rest is
   * empty then.
   */
  readonly checked: boolean;
  /** Whether the meeting is written under the current settings, and under the previewed ones. */
  readonly writtenBefore: boolean;
  readonly writtenAfter: boolean;
  /** Why the meeting would not be written. */
  readonly reason: SyncReason | null;
  /** Links that would be added, and links that would be removed. */
  readonly coming: readonly Link[];
  readonly going: readonly Link[];
  /** The number of contacts that would be created. */
  readonly contactsToCreate: number;
  /** Whether the activities would have other content or another type. */
  readonly rewritten: boolean;
  /** Every value for a mapped property of the records that would be linked. */
  readonly fields: readonly PreviewedField[];
  /** The tasks of its next steps. Empty if only mappings change. */
  readonly tasks: readonly PreviewedTask[];
};

/** What a change of settings would do to the newest meetings, newest first. */
export type SettingsPreview = { readonly meetings: readonly PreviewedChange[] };

/** One change of settings: who made it, when, and each field before and after. */
export type SettingsChange = {
  readonly changedBy: string;
  /** ISO 8601. */
  readonly changedAt: string;
  readonly fields: readonly { readonly field: SettingName; readonly before: unknown; readonly after: unknown }[];
};

/** Returns the links of `after` that `before` lacks, regardless of the rule that led to them. */
export function linksBeyond(after: readonly Link[], before: readonly RecordRef[]): Link[] {
  const known = new Set(before.map(recordKey));
  return after.filter((link) => !known.has(recordKey(link)));
}
