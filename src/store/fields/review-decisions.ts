import { sql, type Transaction } from 'kysely';
import { REVIEW_REASONS, type ReviewDocument } from '../../meeting/fields/review';
import type { AuditAction } from '../audit/actions';
import type { Actor } from '../audit/actor';
import { recordAudit, type AuditEvent } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { requeue, theMeeting } from '../meetings/requeue';
import type { Database } from '../schema';
import type { FieldRecord } from './candidates';
import { withReviewsLocked } from './reviews';

/** An open review, and who decides about it. */
export interface DecidingReview {
  readonly workspaceId: string;
  readonly review: Pick<ReviewDocument, 'id' | 'meetingId' | 'objectType' | 'recordId' | 'property'> & {
    readonly portalId: number;
  };
  readonly actor: Actor;
}

/**
 * Accepts a suggestion, and requests the pass that writes it.
 *
 * @param value - what the person accepts instead of the proposed value, as HubSpot takes it; null for the proposed one
 * @returns false if the review is no longer open
 */
export async function acceptReview(db: DbPool, deciding: DecidingReview, value: string | null): Promise<boolean> {
  const { workspaceId, review, actor } = deciding;
  return await withReviewsLocked(db, recordOf(deciding), async (transaction) => {
    const accepted = await close(transaction, deciding, {
      state: 'accepted',
      value,
      reason: null,
      decided_by: actor.label,
    });
    if (!accepted) return false;
    await replaceOlderAccepted(transaction, deciding);
    await requeue(transaction, theMeeting({ workspaceId, meetingId: review.meetingId }), 'review_accepted');
    await recordAudit(transaction, actor, eventOf(deciding, value === null ? 'review.accept' : 'review.edit'));
    return true;
  });
}

/** Refuses a suggestion. @returns false if the review is no longer open */
export async function refuseReview(db: DbPool, deciding: DecidingReview): Promise<boolean> {
  return await withReviewsLocked(db, recordOf(deciding), async (transaction) => {
    const refused = await close(transaction, deciding, {
      state: 'refused',
      reason: null,
      decided_by: deciding.actor.label,
    });
    if (refused) {
      await showRefusal(transaction, deciding, REVIEW_REASONS.refused);
      await recordAudit(transaction, deciding.actor, eventOf(deciding, 'review.refuse'));
    }
    return refused;
  });
}

/** Ends a suggestion that can no longer be written. @param reason - a sentence for people */
export async function endReview(db: DbPool, deciding: DecidingReview, reason: string): Promise<void> {
  await withReviewsLocked(db, recordOf(deciding), async (transaction) => {
    if (await close(transaction, deciding, { state: 'ended', reason }))
      await showRefusal(transaction, deciding, reason);
  });
}

/** Shows HubSpot's present value in an open review. */
export async function showPresent(db: Db, { review }: DecidingReview, present: string | null): Promise<void> {
  await db
    .updateTable('field_reviews')
    .set({ present })
    .where((where) => where.and({ id: review.id, state: 'open' }))
    .execute();
}

async function close(
  transaction: Transaction<Database>,
  { workspaceId, review }: DecidingReview,
  columns: {
    readonly state: 'accepted' | 'refused' | 'ended';
    readonly value?: string | null;
    readonly reason: string | null;
    readonly decided_by?: string;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('field_reviews')
    .set({ ...columns, decided_at: sql<Date>`clock_timestamp()` })
    .where((where) => where.and({ workspace_id: workspaceId, id: review.id, state: 'open' }))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The newest accepted value is written; one that was accepted before it and is not written yet never will be. */
async function replaceOlderAccepted(transaction: Transaction<Database>, deciding: DecidingReview): Promise<void> {
  await transaction
    .updateTable('field_reviews')
    .set({ state: 'replaced', reason: REVIEW_REASONS.newerAccepted })
    .where((where) => where.and({ ...columnsOf(deciding), state: 'accepted' }))
    .where('id', '<>', deciding.review.id)
    .where('applied_at', 'is', null)
    .execute();
}

/** Shows in the meeting's status document that its value is not written. */
async function showRefusal(
  transaction: Transaction<Database>,
  deciding: DecidingReview,
  reason: string,
): Promise<void> {
  await transaction
    .updateTable('field_candidates')
    .set({ state: 'refused', reason })
    .where((where) => where.and({ ...columnsOf(deciding), meeting_id: deciding.review.meetingId, state: 'review' }))
    .execute();
}

/** Without the values, which are content of the meeting. */
function eventOf({ workspaceId, review }: DecidingReview, action: AuditAction): AuditEvent {
  const { id, meetingId, objectType, recordId, property } = review;
  const object = { type: 'review', id, label: `${objectType}/${recordId}` };
  return { workspaceId, action, object, after: { property, meetingId } };
}

function columnsOf({ workspaceId, review }: DecidingReview) {
  return {
    workspace_id: workspaceId,
    portal_id: review.portalId,
    object_type: review.objectType,
    record_id: review.recordId,
    property: review.property,
  };
}

function recordOf({ workspaceId, review }: DecidingReview): FieldRecord {
  const { portalId, objectType, recordId } = review;
  return { workspaceId, portalId, record: { objectType, id: recordId } };
}
