import { objectTypes } from '../mirror/catalogue';
import type { Db } from '../database';

/** The options that the settings offer for a HubSpot account, from the stored catalogue; empty before it was read. */
export async function settingsChoices(
  db: Db,
  portalId: number,
): Promise<Record<'pipelines' | 'objectTypes', { readonly value: string; readonly label: string }[]>> {
  const [pipelines, types] = await Promise.all([
    db
      .selectFrom('crm_pipelines')
      .select(['pipeline_id', 'label'])
      .where('portal_id', '=', portalId)
      .where('object_type', '=', 'deals')
      .orderBy('position')
      .orderBy('pipeline_id')
      .execute(),
    objectTypes(db, portalId),
  ]);
  return {
    pipelines: pipelines.map(({ pipeline_id: value, label }) => ({ value, label })),
    objectTypes: types.map(({ object_type: value, plural: label }) => ({ value, label })),
  };
}
