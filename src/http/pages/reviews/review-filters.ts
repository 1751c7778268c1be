import { FIELD_KEY } from '../../../meeting/fields/meeting-field';
import { REVIEW_STATES, type ReviewState } from '../../../meeting/fields/review';
import { isMeetingId } from '../../../meeting/meeting-id';
import type { ReviewFilters } from '../../../store/fields/review-lists';
import { parseRecord } from '../../meeting-filters';
import { recordParams } from '../../record-choices';
import { formField } from '../layout/session';

/** The filters of the page, as addresses have them. */
export interface ReviewTexts {
  readonly status: ReviewState;
  readonly objectType?: string | undefined;
  readonly field?: string | undefined;
  readonly meetingId?: string | undefined;
  readonly record?: string | undefined;
}

const NAMES = ['status', 'objectType', 'field', 'meetingId', 'record'] as const;

/** Reads the filters of a query. Only forms and links set them, so an invalid one is ignored. */
export function readReviewFilters(query: unknown): ReviewTexts {
  const text = (name: string, isValid: (value: string) => boolean) => {
    const value = formField(query, name);
    return value !== undefined && isValid(value) ? value : undefined;
  };
  return {
    status: REVIEW_STATES.find((state) => state === formField(query, 'status')) ?? 'open',
    objectType: text('objectType', (value) => recordParams.objectType.safeParse(value).success),
    field: text('field', (value) => FIELD_KEY.test(value)),
    meetingId: text('meetingId', isMeetingId),
    record: text('record', (value) => parseRecord(value) !== undefined),
  };
}

/** The filters of the query in the database. */
export function reviewFilters({ record, ...texts }: ReviewTexts): ReviewFilters {
  return { ...texts, record: record === undefined ? undefined : parseRecord(record) };
}

/** The address of the page with these filters, below PUBLIC_URL. */
export function reviewsPath(texts: Partial<ReviewTexts>, cursor?: string): string {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = texts[name];
    if (value !== undefined && !(name === 'status' && value === 'open')) query.set(name, value);
  }
  if (cursor !== undefined) query.set('cursor', cursor);
  return `/reviews${query.size === 0 ? '' : `?${query.toString()}`}`;
}
