import type { Transaction } from 'kysely';
import type { Database } from '../schema';
import type { AuditAction } from './actions';
import type { Actor } from './actor';
import type { AuditValues } from './tables';

/** One act, as the audit trail records it. */
export interface AuditEvent {
  /** Null for what belongs to no workspace: a deleted one, or a key that no workspace has. */
  readonly workspaceId: string | null;
  readonly action: AuditAction;
  /** `type`: `meeting`, `key`, `member` and so on. `label`: as people know the object, when the id is not enough. */
  readonly object?: { readonly type: string; readonly id: string | null; readonly label?: string | null };
  /** What changed. Never content of meetings, tokens or secrets. */
  readonly before?: AuditValues;
  readonly after?: AuditValues;
}

/** Records an act in the transaction of the act itself, so that neither is committed without the other. */
export async function recordAudit(
  transaction: Transaction<Database>,
  actor: Actor,
  { workspaceId, action, object, before, after }: AuditEvent,
): Promise<void> {
  await transaction
    .insertInto('audit_events')
    .values({
      workspace_id: workspaceId,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_label: actor.label,
      ip: actor.ip,
      way: actor.way,
      action,
      object_type: object?.type ?? null,
      object_id: object?.id ?? null,
      object_label: object?.label ?? null,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    })
    .execute();
}
