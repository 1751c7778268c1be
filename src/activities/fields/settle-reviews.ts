import { endingOf } from '../../meeting/fields/review';
import { saveDecisions, type DecidedProperty } from '../../store/fields/candidates';
import type { ReviewedLedger } from '../../store/fields/ledger';
import {
  endReviews,
  reopenReviews,
  suggestValues,
  withReviewsLocked,
  type NewSuggestion,
} from '../../store/fields/reviews';
import type { Decided, SettlementOptions } from './settlement';

/**
 * Brings the reviews of a record in line with what was decided about its properties, and records the decisions.
 *
 * @param settled - the properties whose reviews are due; the others are decided again
 * @returns false if a person has to decide again about an accepted value, so that the property has to be decided again
 */
export async function settleReviews(
  { db, at, settings, properties }: SettlementOptions,
  settled: readonly Decided[],
  ledger: ReviewedLedger,
  decisions: readonly DecidedProperty[],
): Promise<boolean> {
  const suggestions = settled.flatMap(({ property, action, present }): NewSuggestion[] => {
    if (action.do !== 'suggest') return [];
    const { meetingId, value } = action;
    const from = ledger.candidates.find((each) => each.property === property && each.meetingId === meetingId);
    const { field = '', quote = null, startSeconds = null } = from ?? {};
    const label = properties.byName.get(property)?.label ?? property;
    return [{ property, label, meetingId, field, present, proposed: value, quote, startSeconds }];
  });
  const endings = ledger.pendingReviews.flatMap((review) => {
    const decided = settled.find(({ property }) => property === review.property);
    if (decided === undefined) return [];
    const mapping = settings.fieldMappings.find(
      ({ objectType, property, field }) =>
        objectType === at.record.objectType && property === review.property && field === review.field,
    );
    const candidates = ledger.candidates.filter(({ property }) => property === review.property);
    const reason = endingOf(review, candidates, { action: decided.action.do, policy: mapping?.policy ?? null });
    return reason === null ? [] : [{ ...review, reason }];
  });
  const reopened = settled.flatMap(({ property, action, present }) => {
    if (action.do !== 'reopen') return [];
    const { meetingId } = action;
    const from = ledger.candidates.find((each) => each.property === property && each.meetingId === meetingId);
    return [{ property, meetingId, proposed: from?.fits ?? null, present }];
  });
  if (suggestions.length + endings.length + reopened.length === 0) {
    await saveDecisions(db, at, decisions);
    return true;
  }
  await withReviewsLocked(db, at, async (transaction) => {
    await endReviews(transaction, at, endings);
    await reopenReviews(transaction, at, reopened);
    await suggestValues(transaction, at, suggestions);
    await saveDecisions(transaction, at, decisions);
  });
  return reopened.length === 0;
}
