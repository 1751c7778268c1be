import type { Kysely } from 'kysely';
import { settingsSchema, type Settings, type SettingsPatch } from '../meeting/settings';
import type { Db } from './database';
import type { Database } from './schema';

/** The workspace's sync settings, defaults filled in. */
export async function loadSettings(db: Db, workspaceId: string): Promise<Settings> {
  const row = await db.selectFrom('workspaces').select('settings').where('id', '=', workspaceId).executeTakeFirst();
  return settingsSchema.parse(row?.settings ?? {});
}

/**
 * Changes the given settings and keeps who did.
 *
 * @param changedBy - the API key's name, or the signed-in page
 * @returns all settings as they are now
 */
export async function changeSettings(
  db: Kysely<Database>,
  workspaceId: string,
  patch: SettingsPatch,
  changedBy: string,
): Promise<Settings> {
  return await db.transaction().execute(async (transaction) => {
    const { settings } = await transaction
      .selectFrom('workspaces')
      .select('settings')
      .where('id', '=', workspaceId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const after = { ...settings, ...patch };
    await transaction
      .updateTable('workspaces')
      .set({ settings: JSON.stringify(after) })
      .where('id', '=', workspaceId)
      .execute();
    await transaction
      .insertInto('settings_changes')
      .values({
        workspace_id: workspaceId,
        changed_by: changedBy,
        before: JSON.stringify(settings),
        after: JSON.stringify(after),
      })
      .execute();
    return settingsSchema.parse(after);
  });
}
