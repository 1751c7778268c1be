import { decideAcceptance, type Acceptance, type ReviewDocument } from '../meeting/fields/review';
import type { FieldValue } from '../meeting/fields/meeting-field';
import { knownProperties } from '../planning/fields/known-properties';
import { isClosedDeal, recordValues } from '../planning/fields/record-values';
import {
  acceptReview,
  endReview,
  refuseReview,
  showPresent,
  type DecidingReview,
} from '../store/fields/review-decisions';
import type { Actor } from '../store/audit/actor';
import { findReview, type ReviewOfAccount } from '../store/fields/review-lists';
import { loadSettings } from '../store/settings/settings';
import type { HttpDependencies } from './dependencies';
import { askingHubSpot } from './plumbing/hubspot-problems';
import { ProblemError } from './plumbing/problems';
import { InvalidInputError } from './plumbing/validation';

type Deciding = Pick<HttpDependencies, 'db' | 'gateway' | 'starter'>;

/** What a person decides about a suggestion. */
export interface ReviewDecision {
  readonly workspaceId: string;
  readonly id: string;
  readonly decision: 'accept' | 'refuse';
  /** What to write instead of the proposed value. */
  readonly value?: FieldValue | undefined;
  readonly actor: Actor;
}

/**
 * Accepts or refuses a suggestion. An accepted value is written by the next pass of its meeting, which is requested at
 * once.
 *
 * @throws `ProblemError`: 404 for an unknown review; 409 for one that is decided, that can no longer be written, or whose
 *   property has another value in HubSpot than it shows; {@link InvalidInputError} if the property does not take the value
 */
export async function decideReview(deps: Deciding, given: ReviewDecision): Promise<ReviewDocument> {
  const { db, starter } = deps;
  const { workspaceId, id, decision, value, actor } = given;
  const review = await theReview(deps, workspaceId, id);
  if (review.status !== 'open') throw notOpen(review);
  const deciding: DecidingReview = { workspaceId, review, actor };
  const isDecided =
    decision === 'refuse'
      ? await refuseReview(db, deciding)
      : await acceptReview(db, deciding, acceptedValue(review, await checkedValue(deps, deciding, review, value)));
  const decided = await theReview(deps, workspaceId, id);
  if (!isDecided) throw notOpen(decided);
  if (decision === 'accept') await starter.start(workspaceId, review.meetingId);
  return withoutAccount(decided);
}

/** One review. @throws `ProblemError` when the workspace has none with this id */
export async function reviewOf(deps: Pick<Deciding, 'db'>, workspaceId: string, id: string): Promise<ReviewDocument> {
  return withoutAccount(await theReview(deps, workspaceId, id));
}

async function theReview({ db }: Pick<Deciding, 'db'>, workspaceId: string, id: string): Promise<ReviewOfAccount> {
  const review = await findReview(db, workspaceId, id);
  if (review === null) throw new ProblemError('review-not-found', `This workspace has no review "${id}".`);
  return review;
}

function withoutAccount({ portalId: _portalId, ...review }: ReviewOfAccount): ReviewDocument {
  return review;
}

function acceptedValue({ proposed }: ReviewDocument, value: string): string | null {
  return value === proposed ? null : value;
}

/** The value as HubSpot takes it. @throws as {@link decideReview} */
async function checkedValue(
  deps: Deciding,
  deciding: DecidingReview,
  review: ReviewOfAccount,
  given: FieldValue | undefined,
): Promise<string> {
  const acceptance = await acceptanceOf(deps, deciding.workspaceId, review, given);
  switch (acceptance.is) {
    case 'accepted':
      return acceptance.value;
    case 'invalid':
      throw new InvalidInputError('One field is not valid.', [{ path: 'value', message: acceptance.why }]);
    case 'ended':
      await endReview(deps.db, deciding, acceptance.reason);
      throw new ProblemError('review-ended', acceptance.reason);
    case 'changed':
      await showPresent(deps.db, deciding, acceptance.present);
      throw new ProblemError('review-changed', changedText(review, acceptance.present ?? ''));
  }
}

async function acceptanceOf(
  { db, gateway }: Deciding,
  workspaceId: string,
  review: ReviewOfAccount,
  given: FieldValue | undefined,
): Promise<Acceptance> {
  const settings = await loadSettings(db, workspaceId);
  const { objectType, recordId, property } = review;
  const { known, record } = await askingHubSpot(
    (async () => {
      const { crm } = await gateway.connect(workspaceId);
      const [properties, found] = await Promise.all([
        knownProperties(crm, new Set([objectType]), settings.fieldMappings),
        recordValues(crm, objectType, [property]).read(recordId),
      ]);
      return { known: properties.get(objectType), record: found };
    })(),
  );
  if (typeof known?.refused === 'string')
    throw new ProblemError('hubspot-refused', `HubSpot refused the request: ${known.refused}.`);
  return decideAcceptance({
    review,
    mappings: settings.fieldMappings,
    definition: known?.byName.get(property) ?? null,
    record:
      record === null
        ? null
        : { present: record.properties[property] ?? null, isClosed: isClosedDeal(record, settings) },
    given,
  });
}

function notOpen({ status, decidedBy, decidedAt, reason }: ReviewDocument): ProblemError {
  const by = decidedBy ?? '';
  const at = decidedAt ?? '';
  switch (status) {
    case 'accepted':
      return new ProblemError('review-decided', `The suggestion was accepted by ${by} at ${at}.`);
    case 'refused':
      return new ProblemError('review-decided', `The suggestion was refused by ${by} at ${at}.`);
    default:
      return new ProblemError('review-ended', reason ?? 'Another suggestion replaced this one.');
  }
}

function changedText({ label, present: seen }: ReviewDocument, present: string): string {
  if (present === '') return `“${label}” is empty in HubSpot by now, not “${seen}”.`;
  return (seen ?? '') === ''
    ? `“${label}” is “${present}” in HubSpot by now, not empty.`
    : `“${label}” is “${present}” in HubSpot by now, not “${seen}”.`;
}
