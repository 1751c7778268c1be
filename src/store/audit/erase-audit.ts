import { sql } from 'kysely';
import type { Db } from '../database';
import type { AuditValues } from './tables';

/**
 * Masks an erased person in the events of a workspace. The events stay. The address of the browser goes, too, where the
 * person was the actor.
 *
 * @param person - `needles`: lower-case texts that find the person
 */
export async function eraseFromAudit(
  db: Db,
  workspaceId: string,
  { needles, mask }: { readonly needles: readonly string[]; readonly mask: (text: string) => string },
): Promise<void> {
  const { rows } = await sql<{
    id: number;
    actor_label: string;
    object_label: string | null;
    before: AuditValues | null;
    after: AuditValues | null;
  }>`
    select id, actor_label, object_label, before, after from audit_events
    where workspace_id = ${workspaceId} and exists (
      select from unnest(${needles}::text[]) as needle
      where strpos(lower(normalize(concat_ws(' ', actor_label, object_label, before::text, after::text))), needle) > 0
    )
  `.execute(db);
  const masked = (values: AuditValues | null) => (values === null ? null : mask(JSON.stringify(values)));
  for (const { id, actor_label: actor, object_label: object, before, after } of rows) {
    const actorLabel = mask(actor);
    const changes = {
      actor_label: actorLabel,
      object_label: object === null ? null : mask(object),
      before: masked(before),
      after: masked(after),
      ...(actorLabel === actor ? {} : { ip: null }),
    };
    // oxlint-disable-next-line no-await-in-loop -- few
    await db.updateTable('audit_events').set(changes).where('id', '=', id).execute();
  }
}
