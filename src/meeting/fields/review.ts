import type { Action, Candidate } from './decide';
import type { FieldMapping, FieldPolicy } from './mapping';
import type { FieldValue } from './meeting-field';
import { isSameValue, optionsIn, takesSeveral, type PropertyDefinition } from './property';
import { toProperty } from './to-property';

/**
 * `open`: waits for a person. `accepted`, `refused`: a person decided. `replaced`: a later suggestion took its place.
 * `ended`: the suggestion cannot be written any more; its reason says why.
 */
export const REVIEW_STATES = ['open', 'accepted', 'refused', 'replaced', 'ended'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** A suggestion for a property of a record, and what became of it. */
export interface ReviewDocument {
  readonly id: string;
  readonly status: ReviewState;
  readonly meetingId: string;
  /** Null once the meeting's content is deleted. */
  readonly title: string | null;
  /** When the meeting began. */
  readonly startedAt: string | null;
  readonly field: string;
  readonly objectType: string;
  readonly recordId: string;
  /** Null if the record has no name here. */
  readonly recordName: string | null;
  readonly recordUrl: string | null;
  readonly property: string;
  /** The property's name for people. */
  readonly label: string;
  /** What HubSpot had when it was last read. */
  readonly present: string | null;
  /** Null once the meeting's content is deleted. */
  readonly proposed: string | null;
  /** What a person accepted instead of the proposed value; null if nothing else. */
  readonly value: string | null;
  readonly quote: string | null;
  readonly startSeconds: number | null;
  /** The recording, at the second of the quote if that is known. */
  readonly recordingUrl: string | null;
  /** Why it was replaced or ended, or why it is open again; null otherwise. */
  readonly reason: string | null;
  readonly createdAt: string;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  /** When the accepted value was written to HubSpot; null until then. */
  readonly writtenAt: string | null;
}

/** Why suggestions end, come back or are replaced: sentences for people. */
export const REVIEW_REASONS = {
  deleted: 'The meeting was deleted.',
  unlinked: 'The meeting is no longer linked to this record.',
  noValue: 'The meeting has no value for this property any more.',
  otherValue: 'The meeting has another value by now.',
  newer: 'A newer meeting suggests another value.',
  newerAccepted: 'The value of a newer meeting was accepted.',
  merged: 'The record was merged with one that has its own suggestion.',
  gone: 'The record is no longer in HubSpot.',
  closed: 'The deal is closed.',
  same: 'HubSpot has this value by now.',
  unmapped: 'The settings no longer map this field to the property.',
  unreviewed: 'The settings now write this field without a review.',
  refused: 'A person refused this suggestion.',
  refusedBefore: 'A person refused this value before.',
  notDue: 'The value of another meeting is due.',
  otherAccount: 'The workspace is connected to another HubSpot account.',
  changed: 'HubSpot’s value changed before the accepted one was written.',
} as const;

/** A suggestion that waits: for a person, or accepted and not written yet. */
export interface PendingReview {
  readonly property: string;
  readonly field: string;
  readonly meetingId: string;
  readonly proposed: string | null;
  readonly isAccepted: boolean;
}

interface DecidedReview {
  readonly action: Action['do'];
  readonly policy: FieldPolicy | null;
}

/**
 * Why a pending suggestion ends after its property was decided. Null: it stays, or the next suggestion replaces it.
 *
 * @param candidates - those of the property, with why a value does not fit
 * @param decided - what is done with the property; null for the policy if the settings no longer map the field to it
 */
export function endingOf(
  review: PendingReview,
  candidates: readonly (Pick<Candidate, 'meetingId' | 'fits'> & { readonly reason: string | null })[],
  { action, policy }: DecidedReview,
): string | null {
  const candidate = candidates.find(({ meetingId }) => meetingId === review.meetingId);
  if (policy !== 'review') return policy === null ? REVIEW_REASONS.unmapped : REVIEW_REASONS.unreviewed;
  if (candidate === undefined) return REVIEW_REASONS.unlinked;
  if (candidate.fits === null) return candidate.reason ?? REVIEW_REASONS.noValue;
  if (action === 'closed') return REVIEW_REASONS.closed;
  if (review.isAccepted) return candidate.fits === review.proposed ? null : REVIEW_REASONS.otherValue;
  switch (action) {
    case 'suggest':
    case 'reopen':
      return null;
    case 'write':
    case 'adopt':
    case 'keep':
      return REVIEW_REASONS.same;
    case 'refusedByPerson':
      return REVIEW_REASONS.refusedBefore;
    case 'putBack':
    case 'forget':
    case 'nothing':
      return REVIEW_REASONS.notDue;
  }
}

/** What decides whether a suggestion can be accepted. */
export interface AcceptanceQuestion {
  readonly review: Pick<ReviewDocument, 'objectType' | 'property' | 'field' | 'present' | 'proposed'>;
  readonly mappings: readonly FieldMapping[];
  /** Null if HubSpot has no such property. */
  readonly definition: PropertyDefinition | null;
  /** Read just now; null if HubSpot has no such record. */
  readonly record: { readonly present: string | null; readonly isClosed: boolean } | null;
  /** The edited value; undefined to accept the proposed one. */
  readonly given: FieldValue | undefined;
}

/** `invalid`: why the property does not take the value. `changed`: HubSpot has another value than the person saw. */
export type Acceptance =
  | { readonly is: 'accepted'; readonly value: string }
  | { readonly is: 'ended'; readonly reason: string }
  | { readonly is: 'changed'; readonly present: string | null }
  | { readonly is: 'invalid'; readonly why: string };

/** Decides whether a suggestion can be accepted now. */
export function decideAcceptance({ review, mappings, definition, record, given }: AcceptanceQuestion): Acceptance {
  const mapping = mappings.find(
    ({ objectType, property }) => objectType === review.objectType && property === review.property,
  );
  if (mapping === undefined || mapping.field !== review.field) return ended('unmapped');
  if (mapping.policy !== 'review') return ended('unreviewed');
  if (record === null) return ended('gone');
  if (record.isClosed) return ended('closed');
  const value = given ?? review.proposed ?? '';
  if (isEmpty(value)) return { is: 'invalid', why: 'The value is empty: refuse the suggestion instead.' };
  const fitted = toProperty(definition === null ? value : severalOf(value, definition), definition);
  if ('why' in fitted)
    return definition?.writable === true ? { is: 'invalid', why: fitted.why } : { is: 'ended', reason: fitted.why };
  const isSeen = [review.present, fitted.fits].some((each) => isSameValue(definition, record.present, each));
  return isSeen ? { is: 'accepted', value: fitted.fits } : { is: 'changed', present: record.present };
}

function ended(reason: keyof typeof REVIEW_REASONS): Acceptance {
  return { is: 'ended', reason: REVIEW_REASONS[reason] };
}

function isEmpty(value: FieldValue): boolean {
  return typeof value === 'string' ? value.trim() === '' : typeof value === 'object' && value.length === 0;
}

/** Several options may come as one text in HubSpot's form: `A;B`. */
function severalOf(value: FieldValue, definition: PropertyDefinition): FieldValue {
  return typeof value === 'string' && takesSeveral(definition) ? optionsIn(value) : value;
}
