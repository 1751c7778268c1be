import { decideField, type Action, type Written } from '../../meeting/fields/decide';
import type { FieldState } from '../../meeting/fields/field-status';
import type { FieldMapping } from '../../meeting/fields/mapping';
import { isSameValue, type PropertyDefinition, type PropertyType } from '../../meeting/fields/property';
import { REVIEW_REASONS } from '../../meeting/fields/review';
import { digestOf, type FieldLedger, type FieldWriteRow } from '../../store/fields/ledger';

/** Why a value is not written, as sentences for people. */
export const WHY = {
  gone: REVIEW_REASONS.gone,
  closed: REVIEW_REASONS.closed,
  another: 'HubSpot has another value, which stays.',
  same: 'HubSpot has this value already.',
  refused: REVIEW_REASONS.refused,
  older: 'A newer meeting has a value.',
  unlinked: REVIEW_REASONS.unlinked,
} as const;

/** What decides about a property of a record, besides its ledger. */
export interface PropertyFacts {
  /** Null if the settings no longer map the property. */
  readonly mapping: FieldMapping | null;
  /** HubSpot's value. */
  readonly present: string | null;
  readonly definition: PropertyDefinition | null;
  /** The record is a deal that takes no values because it is closed. */
  readonly isClosed: boolean;
}

/** A meeting whose pass is due. */
export interface DueMeeting {
  readonly meetingId: string;
  readonly startedAt: number;
}

/**
 * Whether a write has to wait, because a newer meeting's value for the property is not known yet: what `if_empty` writes
 * once stays, so that the newer value would come too late. Other policies replace what they wrote.
 *
 * @param due - meetings linked to the record whose passes are due. Each of these decides about the property again
 */
export function waitsForNewer(
  action: Action,
  { candidates }: FieldLedger,
  { mapping, due }: { readonly mapping: FieldMapping | null; readonly due: readonly DueMeeting[] },
): boolean {
  if (mapping?.policy !== 'if_empty' || action.do !== 'write') return false;
  const known = candidates.filter(({ property, field }) => property === mapping.property && field === mapping.field);
  const winner = known.find(({ meetingId }) => meetingId === action.meetingId);
  return due.some(
    ({ meetingId, startedAt }) =>
      startedAt > (winner?.startedAt ?? 0) && known.every((candidate) => candidate.meetingId !== meetingId),
  );
}

/** Decides what to do with a property of a record. A sync and a preview decide alike. */
export function decideProperty(property: string, ledger: FieldLedger, facts: PropertyFacts): Action {
  const { mapping, present, definition, isClosed } = facts;
  const row = ledger.writes.find((each) => each.property === property);
  return decideField({
    // A mapping of another field counts from the next pass of each meeting.
    candidates: ledger.candidates.filter((each) => each.property === property && each.field === mapping?.field),
    policy: mapping?.policy ?? null,
    present,
    written: row === undefined ? null : writtenOf(row, present, definition),
    definition,
    isClosed,
  });
}

function writtenOf(row: FieldWriteRow, present: string | null, type: PropertyType | null): Written {
  const digest = digestOf(type, present);
  return {
    meetingId: row.meeting_id,
    startedAt: row.started_at.getTime(),
    isPresent: digest === row.written_digest || digest === row.sending_digest,
    before: row.before,
  };
}

/** What an action means for the meeting whose value wins. @param fits - that value */
export function winnerState(
  action: Extract<Action, { readonly meetingId: string }>,
  { present, definition, fits }: Pick<PropertyFacts, 'present' | 'definition'> & { readonly fits: string | null },
): Pick<FieldState, 'state' | 'reason'> {
  switch (action.do) {
    case 'write':
    case 'adopt':
      return { state: 'written', reason: null };
    case 'keep':
      return { state: 'kept', reason: isSameValue(definition, present, fits) ? WHY.same : WHY.another };
    case 'suggest':
    case 'reopen':
      return { state: 'review', reason: null };
    case 'refusedByPerson':
      return { state: 'refused', reason: WHY.refused };
    case 'closed':
      return { state: 'refused', reason: WHY.closed };
  }
}
