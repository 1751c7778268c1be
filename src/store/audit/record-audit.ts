import type { Transaction } from 'kysely';
import { inTransaction, type Db } from '../database';
import type { Database } from '../schema';
import type { AuditAction } from './actions';
import type { Actor } from './actor';
import type { AuditValues } from './tables';

/** Rooms above the store name the type of a transaction by this. */
export type AuditedTransaction = Transaction<Database>;

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
  transaction: AuditedTransaction,
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

/**
 * Runs an act and records it, in one transaction.
 *
 * @param act - uses the transaction for everything that it changes
 * @param eventOf - the event of the result; null when the act changed nothing
 */
export async function audited<Result>(
  db: Db,
  actor: Actor,
  act: (transaction: AuditedTransaction) => Promise<Result>,
  eventOf: (result: Result) => AuditEvent | null,
): Promise<Result> {
  return await inTransaction(db, async (transaction) => {
    const result = await act(transaction);
    const event = eventOf(result);
    if (event !== null) await recordAudit(transaction, actor, event);
    return result;
  });
}
