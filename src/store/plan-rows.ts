import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Choice } from '../meeting/linking/choices';
import { settingsSchema, type Settings } from '../meeting/settings';
import type { Db } from './database';
import { BY_INDEX, merged } from './merged';
import { idOf, type AccountMeeting, type MeetingKey } from './meetings/key';
import { storedLink, type StoredLink } from './meetings/links';
import type { MeetingRow } from './meetings/meetings';

/** A meeting with its workspace's settings. */
export interface MeetingAndSettings {
  readonly row: MeetingRow;
  readonly settings: Settings;
  /** By the database's clock, just before it was read. */
  readonly readAt: string;
  /** Whether the ledger has tasks of the meeting, in any account. */
  readonly hasTasks: boolean;
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
  return await meetingsAndSettings(db, key);
}

const meetingsAndSettings = merged(async (db, keys: readonly MeetingKey[]): Promise<(MeetingAndSettings | null)[]> => {
  const rows = await selectMeetings(db, keys).execute();
  const settingsOf = settingsByWorkspace();
  const found = new Map(
    rows.map(({ workspace_settings: settings, read_at: readAt, has_tasks: hasTasks, ...row }) => [
      idOfMeeting(row),
      { row, settings: settingsOf(row, settings), readAt, hasTasks },
    ]),
  );
  return keys.map((key) => found.get(idOf(key)) ?? null);
});

/** Reads all rows of a plan in one statement, so that they are of one moment. @returns null if there is no meeting */
export async function findPlanRows(db: Db, key: MeetingKey, portalId: number): Promise<PlanRows | null> {
  return await planRows(db, { ...key, portalId });
}

const planRows = merged(async (db, asked: readonly AccountMeeting[]): Promise<(PlanRows | null)[]> => {
  const rows = await selectPlans(db, asked).execute();
  const settingsOf = settingsByWorkspace();
  const found = new Map(rows.map((row) => [idOfMeeting(row), row]));
  return asked.map((key) => {
    const of = found.get(idOf(key));
    if (of === undefined) return null;
    const { workspace_settings: settings, read_at: readAt, has_tasks: hasTasks, ...planned } = of;
    const { choices, links, requested_contacts: requested, ...row } = planned;
    const inAccount = (each: { portal_id: number }) => each.portal_id === key.portalId;
    return {
      row,
      settings: settingsOf(row, settings),
      readAt,
      hasTasks,
      choices: choices
        .filter(inAccount)
        .map((each) => ({ objectType: each.object_type, id: each.record_id, choice: each.choice })),
      links: links.filter(inAccount).map(storedLink),
      requestedContacts: requested.map(({ email }) => email),
    };
  });
});

function selectPlans(db: Db, asked: readonly AccountMeeting[]) {
  const portalIds = [...new Set(asked.map(({ portalId }) => portalId))];
  return selectMeetings(db, asked).select((select) => [
    jsonArrayFrom(
      select
        .selectFrom('manual_links')
        .select(['manual_links.portal_id', 'object_type', 'record_id', 'choice'])
        .whereRef('manual_links.workspace_id', '=', 'meetings.workspace_id')
        .whereRef('manual_links.meeting_id', '=', 'meetings.meeting_id')
        .where('manual_links.portal_id', 'in', portalIds)
        .orderBy('chosen_at')
        .orderBy('object_type')
        .orderBy('record_id'),
    ).as('choices'),
    jsonArrayFrom(
      select
        .selectFrom('links')
        .selectAll('links')
        .whereRef('links.workspace_id', '=', 'meetings.workspace_id')
        .whereRef('links.meeting_id', '=', 'meetings.meeting_id')
        .where('links.portal_id', 'in', portalIds)
        .orderBy('position'),
    ).as('links'),
    jsonArrayFrom(
      select
        .selectFrom('meeting_participants')
        .select('email')
        .whereRef('meeting_participants.workspace_id', '=', 'meetings.workspace_id')
        .whereRef('meeting_participants.meeting_id', '=', 'meetings.meeting_id')
        .where('contact_requested', '=', true),
    ).as('requested_contacts'),
  ]);
}

function selectMeetings(db: Db, keys: readonly MeetingKey[]) {
  return db
    .selectFrom('meetings')
    .innerJoin('workspaces', 'workspaces.id', 'meetings.workspace_id')
    .selectAll('meetings')
    .select([
      'workspaces.settings as workspace_settings',
      sql<string>`statement_timestamp()::text`.as('read_at'),
      sql<boolean>`exists (
        select from engagements where engagements.workspace_id = meetings.workspace_id
          and engagements.meeting_id = meetings.meeting_id and kind like 'task:%'
        ${BY_INDEX}
      )`.as('has_tasks'),
    ])
    .where(
      sql<boolean>`(meetings.workspace_id, meetings.meeting_id) in (
        select * from unnest(${keys.map(({ workspaceId }) => workspaceId)}::text[],
          ${keys.map(({ meetingId }) => meetingId)}::text[])
      )`,
    );
}

function idOfMeeting({ workspace_id: workspaceId, meeting_id: meetingId }: MeetingRow): string {
  return idOf({ workspaceId, meetingId });
}

/** Parses the settings of each workspace once. */
function settingsByWorkspace(): (row: MeetingRow, stored: unknown) => Settings {
  const parsed = new Map<string, Settings>();
  return ({ workspace_id: workspaceId }, stored) => {
    const settings = parsed.get(workspaceId) ?? settingsSchema.parse(stored);
    parsed.set(workspaceId, settings);
    return settings;
  };
}
