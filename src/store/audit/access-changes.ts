import type { Db } from '../database';
import { ACCESS_GROUPS } from './actions';
import { auditColumns, listed } from './audit-lists';
import { englishAuditSentence } from './audit-sentences';

/** A change of access to a workspace, or a deletion in it. */
export interface AccessChange {
  readonly actor: string;
  /** The action as an English sentence without its subject: `revoked the API key "pipeline"`. */
  readonly action: string;
  readonly changedAt: Date;
}

/** The latest 50 changes of access, newest first. */
export async function listAccessChanges(db: Db, workspaceId: string): Promise<AccessChange[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(auditColumns)
    .where('workspace_id', '=', workspaceId)
    .where('action_group', 'in', ACCESS_GROUPS)
    .where('action', 'not in', [
      'meeting.resync',
      'meeting.resync_many',
      'meeting.example',
      'meeting.expire',
      'connection.try',
    ])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute();
  return rows.map(listed).map((event) => ({
    actor: event.actor.label,
    action: englishAuditSentence(event),
    changedAt: event.at,
  }));
}
