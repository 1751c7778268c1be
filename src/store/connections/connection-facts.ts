import { sql } from 'kysely';
import type { Db } from '../database';

/** Facts about the use of a workspace's connection. */
export interface ConnectionFacts {
  readonly lastSyncedAt: Date | null;
  readonly needsAttention: number;
  /** When the last webhook of the account arrived, or null. */
  readonly lastWebhookAt: Date | null;
}

/** Reads the facts with three index look-ups, whose cost does not depend on the number of synced meetings. */
export async function connectionFacts(db: Db, workspaceId: string, portalId: number): Promise<ConnectionFacts> {
  const { rows } = await sql<{ synced: Date | null; attention: number; webhook: Date | null }>`
    select
      (select max(synced_at) from meetings where workspace_id = ${workspaceId}) as synced,
      (select count(*) from meetings where workspace_id = ${workspaceId} and status = 'needs_attention') as attention,
      (select max(received_at) from crm_events where portal_id = ${portalId}) as webhook
  `.execute(db);
  const row = rows[0];
  return {
    lastSyncedAt: row?.synced ?? null,
    needsAttention: row?.attention ?? 0,
    lastWebhookAt: row?.webhook ?? null,
  };
}
