import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Choice } from '../meeting/linking/choices';
import { settingsSchema, type Settings } from '../meeting/settings';
import type { Db } from './database';
import type { MeetingKey } from './meetings/key';
import { storedLink, type StoredLink } from './meetings/links';
import type { MeetingRow } from './meetings/meetings';

/** A meeting with its workspace's settings. */
export interface MeetingAndSettings {
  readonly row: MeetingRow;
  readonly settings: Settings;
}

/** All rows that a plan of the meeting is computed from. */
export interface PlanRows extends MeetingAndSettings {
  /** Manual choices, oldest first. */
  readonly choices: readonly Choice[];
  /** In the cascade's order. */
  readonly links: readonly StoredLink[];
  /** Addresses of participants whose contacts were requested and not created yet. */
  readonly requestedContacts: readonly string[];
}

/** Reads a meeting and the settings in one statement, because every step of a pass needs both as they are now. */
export async function findMeetingAndSettings(db: Db, key: MeetingKey): Promise<MeetingAndSettings | null> {
  const found = await meetingAndSettings(db, key).executeTakeFirst();
  if (found === undefined) return null;
  const { workspace_settings: settings, ...row } = found;
  return { row, settings: settingsSchema.parse(settings) };
}

/** Reads all rows of a plan in one statement, so that they are of one moment. @returns null if there is no meeting */
export async function findPlanRows(db: Db, key: MeetingKey, portalId: number): Promise<PlanRows | null> {
  const { workspaceId, meetingId } = key;
  const ofMeeting = { workspace_id: workspaceId, meeting_id: meetingId };
  const inAccount = { ...ofMeeting, portal_id: portalId };
  const found = await meetingAndSettings(db, key)
    .select((select) => [
      jsonArrayFrom(
        select
          .selectFrom('manual_links')
          .select(['object_type', 'record_id', 'choice'])
          .where((where) => where.and(inAccount))
          .orderBy('chosen_at')
          .orderBy('object_type')
          .orderBy('record_id'),
      ).as('choices'),
      jsonArrayFrom(
        select
          .selectFrom('links')
          .selectAll('links')
          .where((where) => where.and(inAccount))
          .orderBy('position'),
      ).as('links'),
      jsonArrayFrom(
        select
          .selectFrom('meeting_participants')
          .select('email')
          .where((where) => where.and({ ...ofMeeting, contact_requested: true })),
      ).as('requested_contacts'),
    ])
    .executeTakeFirst();
  if (found === undefined) return null;
  const { workspace_settings: settings, choices, links, requested_contacts: requested, ...row } = found;
  return {
    row,
    settings: settingsSchema.parse(settings),
    choices: choices.map((each) => ({ objectType: each.object_type, id: each.record_id, choice: each.choice })),
    links: links.map(storedLink),
    requestedContacts: requested.map(({ email }) => email),
  };
}

function meetingAndSettings(db: Db, { workspaceId, meetingId }: MeetingKey) {
  return db
    .selectFrom('meetings')
    .innerJoin('workspaces', 'workspaces.id', 'meetings.workspace_id')
    .selectAll('meetings')
    .select('workspaces.settings as workspace_settings')
    .where('meetings.workspace_id', '=', workspaceId)
    .where('meetings.meeting_id', '=', meetingId);
}
