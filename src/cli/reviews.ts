import type { ReviewDocument } from '../meeting/fields/review';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';

const LISTED = 100;

/** `reviews`: lists the suggestions that wait for a person, or those with another status. */
export async function listReviews(options: ApiOptions & { readonly status: string }): Promise<void> {
  const query = new URLSearchParams({ status: options.status, limit: String(LISTED) });
  const page = await reached(
    apiFor(options).call<{ readonly reviews: readonly ReviewDocument[]; readonly nextCursor: string | null }>(
      'GET',
      `/api/v1/reviews?${query.toString()}`,
    ),
  );
  const lines = page.reviews.map(lineOf);
  if (page.nextCursor !== null) lines.push(`The newest ${LISTED} of more.`);
  outputFor(options).result(page, lines.length === 0 ? `No review is ${options.status}.` : lines.join('\n'));
}

/** `reviews accept ID [--value TEXT]`, `reviews refuse ID`. */
export async function decideReview(
  id: string,
  decision: 'accept' | 'refuse',
  options: ApiOptions & { readonly value?: string },
): Promise<void> {
  const body = { decision, ...(options.value === undefined ? {} : { value: options.value }) };
  const review = await reached(
    apiFor(options).call<ReviewDocument>('POST', `/api/v1/reviews/${encodeURIComponent(id)}`, body),
  );
  const what = decision === 'accept' ? 'Accepted. HubSpot has the value in a moment.' : 'Refused.';
  outputFor(options).result(review, what);
}

function lineOf(review: ReviewDocument): string {
  const { id, objectType, recordId, recordName, property, present, proposed, value, reason } = review;
  const record = `${objectType}/${recordId}${recordName === null ? '' : ` "${recordName}"`}`;
  const change = `${present === null || present === '' ? '(empty)' : present} -> ${value ?? proposed ?? '(deleted)'}`;
  return `${id}  ${record} ${property}: ${change}${reason === null ? '' : ` · ${reason}`}`;
}
