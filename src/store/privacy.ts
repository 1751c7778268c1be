import { sql, type Kysely } from 'kysely';
import type { Database } from './schema';

/** Takes a person out of the workspace's meetings: participants and unmatched people with one of the addresses. */
export async function erasePerson(db: Kysely<Database>, workspaceId: string, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    await sql`
      update meetings set
        body = jsonb_set(body, '{participants}', coalesce((
          select jsonb_agg(person) from jsonb_array_elements(body -> 'participants') as person
          where lower(coalesce(person ->> 'email', '')) <> all (${emails})
        ), '[]')),
        unmatched = coalesce((
          select jsonb_agg(person) from jsonb_array_elements(unmatched) as person
          where lower(coalesce(person ->> 'email', '')) <> all (${emails})
        ), '[]')
      where workspace_id = ${workspaceId} and body is not null and meeting_id in (
        select meeting_id from meeting_participants where workspace_id = ${workspaceId} and email = any (${emails})
      )
    `.execute(transaction);
    await transaction
      .deleteFrom('meeting_participants')
      .where('workspace_id', '=', workspaceId)
      .where('email', 'in', emails)
      .execute();
  });
}
