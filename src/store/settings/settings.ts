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
import { recordAudit } from '../audit/record-audit';
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
    const changed = changedValues(before, after);
    if (Object.keys(changed.after).length === 0) return before;
    await transaction
      .updateTable('workspaces')
      .set({
        settings: JSON.stringify({ ...settings, ...after }),
        ...(before.createTasks === 'off' && after.createTasks !== 'off' ? { tasks_since: sql<Date>`now()` } : {}),
      })
      .where('id', '=', workspaceId)
      .execute();
    await recordAudit(transaction, actor, { workspaceId, action: 'settings.change', ...changed });
    if (JSON.stringify(before.fieldMappings) !== JSON.stringify(after.fieldMappings))
      await endUnmappedReviews(transaction, workspaceId, after.fieldMappings);
    const added = addedMappings(before.fieldMappings, after.fieldMappings);
    const objectTypes = [...new Set(added.map(({ objectType }) => objectType))];
    if (objectTypes.length > 0)
      await requeueMany(transaction, workspaceId, { kind: 'linked', objectTypes }, 'mapping_added');
    return after;
  });
}

/** The latest changes of the workspace's settings with the changed fields, newest first. */
export async function listSettingsChanges(db: Db, workspaceId: string): Promise<SettingsChange[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['actor_label', 'at', 'before', 'after'])
    .where((where) => where.and({ workspace_id: workspaceId, action_group: 'settings' }))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute();
  return rows.map((row) => ({
    changedBy: row.actor_label,
    changedAt: row.at.toISOString(),
    fields: settingNames
      .filter((field) => field in { ...row.before, ...row.after })
      .map((field) => ({ field, before: row.before?.[field], after: row.after?.[field] })),
  }));
}

function changedValues(before: Settings, after: Settings) {
  const changed = settingNames.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const valuesOf = (settings: Settings) => Object.fromEntries(changed.map((name) => [name, settings[name]]));
  return { before: valuesOf(before), after: valuesOf(after) };
}
