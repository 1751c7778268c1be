import { sql } from 'kysely';
import { addedMappings } from '../../meeting/fields/mapping';
import type { SettingsChange } from '../../meeting/preview';
import {
  changedSettings,
  settingNames,
  settingsSchema,
  type Settings,
  type SettingsPatch,
} from '../../meeting/settings';
import type { Actor } from '../audit/actor';
import type { Db, DbPool } from '../database';
import { endUnmappedReviews } from '../fields/reviews';
import { requeueMany } from '../meetings/requeue-many';

/** The workspace's sync settings, with defaults for those that are not set. */
export async function loadSettings(db: Db, workspaceId: string): Promise<Settings> {
  const row = await db.selectFrom('workspaces').select('settings').where('id', '=', workspaceId).executeTakeFirst();
  return settingsSchema.parse(row?.settings ?? {});
}

/** How many of HubSpot's searches a second the workspace that is connected to the account leaves to this app. */
export async function loadSearchShare(db: Db, portalId: number): Promise<number> {
  const row = await db
    .selectFrom('connections')
    .innerJoin('workspaces', 'workspaces.id', 'connections.workspace_id')
    .select('settings')
    .where('portal_id', '=', portalId)
    .executeTakeFirst();
  return settingsSchema.parse(row?.settings ?? {}).searchesPerSecond;
}

/**
 * Changes settings and records the change. Does nothing when the values are the same. New mappings request a pass of every
 * meeting that is linked to a record of their types, because its values are not known for them.
 *
 * @returns all settings after the change
 */
export async function changeSettings(
  db: DbPool,
  workspaceId: string,
  patch: SettingsPatch,
  actor: Actor,
): Promise<Settings> {
  return await db.transaction().execute(async (transaction) => {
    const { settings } = await transaction
      .selectFrom('workspaces')
      .select('settings')
      .where('id', '=', workspaceId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const before = settingsSchema.parse(settings);
    const after = changedSettings(before, patch);
    if (fieldsChanged(before, after).length === 0) return before;
    await transaction
      .updateTable('workspaces')
      .set({
        settings: JSON.stringify({ ...settings, ...after }),
        ...(before.createTasks === 'off' && after.createTasks !== 'off' ? { tasks_since: sql<Date>`now()` } : {}),
      })
      .where('id', '=', workspaceId)
      .execute();
    await transaction
      .insertInto('settings_changes')
      .values({
        workspace_id: workspaceId,
        changed_by: actor.label,
        before: JSON.stringify(before),
        after: JSON.stringify(after),
      })
      .execute();
    if (JSON.stringify(before.fieldMappings) !== JSON.stringify(after.fieldMappings))
      await endUnmappedReviews(transaction, workspaceId, after.fieldMappings);
    const added = addedMappings(before.fieldMappings, after.fieldMappings);
    const objectTypes = [...new Set(added.map(({ objectType }) => objectType))];
    if (objectTypes.length > 0)
      await requeueMany(transaction, workspaceId, { kind: 'linked', objectTypes }, 'mapping_added');
    return after;
  });
}

/** The latest changes of the workspace's settings with the changed fields, newest first. @param limit - `@default 50` */
export async function listSettingsChanges(db: Db, workspaceId: string, limit = 50): Promise<SettingsChange[]> {
  const rows = await db
    .selectFrom('settings_changes')
    .select(['changed_by', 'changed_at', 'before', 'after'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
    fields: fieldsChanged({ ...DEFAULTS, ...row.before }, { ...DEFAULTS, ...row.after }),
  }));
}

/** Values of settings that an older version did not have. */
const DEFAULTS: Readonly<Record<string, unknown>> = settingsSchema.parse({});

function fieldsChanged(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): SettingsChange['fields'] {
  return settingNames
    .map((field) => ({ field, before: before[field], after: after[field] }))
    .filter((field) => JSON.stringify(field.before) !== JSON.stringify(field.after));
}
