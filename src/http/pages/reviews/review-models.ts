import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import { optionsIn, takesSeveral, type PropertyDefinition } from '../../../meeting/fields/property';
import { REVIEW_STATES, type ReviewDocument, type ReviewState } from '../../../meeting/fields/review';
import { formatOffset } from '../../../meeting/content/format';
import type { ReviewPage } from '../../../store/fields/review-lists';
import { httpLink } from '../layout/format';
import { kindOf, meetingPath, timeOf, titleOf, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { fieldWords, type Choice } from '../settings/mappings/mapping-words';
import { reviewsPath, type ReviewTexts } from './review-filters';

/** How a person edits a value. `several`: any of the options. */
interface EditControl {
  readonly kind: 'text' | 'long' | 'number' | 'date' | 'one' | 'several';
  readonly value: string;
  readonly options: readonly (Choice & { readonly chosen: boolean })[];
}

interface ReviewCard {
  readonly id: string;
  readonly path: string;
  readonly kind: string;
  readonly record: string;
  readonly recordUrl: string | null;
  readonly label: string;
  readonly field: string;
  readonly present: string | null;
  readonly proposed: string | null;
  readonly quote: string | null;
  readonly recording: { readonly url: string; readonly text: string } | null;
  readonly meeting: { readonly path: string; readonly title: string; readonly when: Time | null };
  readonly isOpen: boolean;
  /** What became of it; null for an open one that was never accepted. */
  readonly outcome: string | null;
  readonly edit: EditControl | null;
}

export interface ReviewsPageModel {
  readonly cards: readonly ReviewCard[];
  readonly states: readonly {
    readonly word: string;
    readonly path: string;
    readonly current: boolean;
    readonly count: number | null;
  }[];
  readonly status: ReviewState;
  readonly types: readonly (Choice & { readonly chosen: boolean })[];
  readonly fields: readonly (Choice & { readonly chosen: boolean })[];
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
  /** Whether the list shows only a part of the reviews of its state. */
  readonly narrowed: boolean;
  readonly clearPath: string;
  readonly back: string;
  readonly nextPath: string | null;
  readonly previousPath: string | null;
  /** Whether a mapping of the settings asks for reviews. */
  readonly isUsed: boolean;
  /** False while HubSpot is disconnected: the page then says so. */
  readonly canAccept: boolean;
}

export const reviewsView = (model: ReviewsPageModel): FilledView => ({ template: 'reviews', model });

const WORDS: Readonly<Record<ReviewState, string>> = {
  open: message('Open'),
  accepted: message('Accepted'),
  refused: message('Refused'),
  replaced: message('Replaced'),
  ended: message('Ended'),
};
/** A longer value is edited in a field of several lines. */
const ONE_LINE = 80;

/** What the page is made from. */
export interface ReviewsData {
  readonly page: ReviewPage;
  readonly openCount: number;
  readonly texts: ReviewTexts;
  /** Types and fields that can be filtered. */
  readonly objectTypes: readonly string[];
  readonly fields: readonly string[];
  readonly isUsed: boolean;
  /** The properties that HubSpot showed just now, by `type/name`. */
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  readonly timeZone: string;
  /** Whether HubSpot takes what is accepted. */
  readonly works: boolean;
}

/** The page of the reviews, in the language of the request. */
export function reviewsPage(data: ReviewsData): ReviewsPageModel {
  const { page, texts, openCount } = data;
  const { status, objectType, field, meetingId, record } = texts;
  const hidden = { status: status === 'open' ? undefined : status, meetingId, record };
  return {
    cards: page.reviews.map((review) => cardOf(review, data)),
    states: REVIEW_STATES.map((state) => ({
      word: t(WORDS[state]),
      path: reviewsPath({ ...texts, status: state }),
      current: state === status,
      count: state === 'open' ? openCount : null,
    })),
    status,
    types: data.objectTypes.map((value) => ({ value, label: kindOf(value), chosen: value === objectType })),
    fields: data.fields.map((value) => ({ value, label: fieldWords(value), chosen: value === field })),
    hidden: Object.entries(hidden).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    narrowed: [objectType, field, meetingId, record].some((each) => each !== undefined),
    clearPath: reviewsPath({ status }),
    back: reviewsPath(texts),
    nextPath: page.nextCursor === null ? null : reviewsPath(texts, page.nextCursor),
    previousPath: page.previousCursor === null ? null : reviewsPath(texts, page.previousCursor),
    isUsed: data.isUsed,
    canAccept: data.works,
  };
}

function cardOf(review: ReviewDocument, { properties, timeZone }: ReviewsData): ReviewCard {
  const { id, objectType, recordId, meetingId, property, present, proposed, quote, status } = review;
  const definition = properties.get(`${objectType}/${property}`) ?? null;
  const url = httpLink(review.recordingUrl);
  const labelOf = (value: string | null) => labelled(value, definition);
  return {
    id,
    path: `/reviews/${encodeURIComponent(id)}`,
    kind: kindOf(objectType),
    record: review.recordName ?? recordId,
    recordUrl: httpLink(review.recordUrl),
    label: review.label,
    field: fieldWords(review.field),
    present: labelOf(present),
    proposed: labelOf(review.value ?? proposed),
    quote,
    recording:
      url === null
        ? null
        : {
            url,
            text:
              review.startSeconds === null
                ? t('Recording')
                : t('Recording at {time}', { time: formatOffset(review.startSeconds) }),
          },
    meeting: {
      path: meetingPath(meetingId),
      title: titleOf({ meetingId, title: review.title ?? '' }),
      when: review.startedAt === null ? null : timeOf(review.startedAt, timeZone),
    },
    isOpen: status === 'open',
    outcome: outcomeOf(review, timeZone),
    edit: status === 'open' ? editControl(proposed ?? '', definition) : null,
  };
}

function outcomeOf(
  { status, reason, decidedBy, decidedAt, writtenAt }: ReviewDocument,
  timeZone: string,
): string | null {
  const time = decidedAt === null ? '' : timeOf(decidedAt, timeZone).text;
  const who = storedText(decidedBy ?? '');
  if (status === 'accepted') {
    const accepted = t('{who} accepted it, {time}.', { who, time });
    return `${accepted} ${writtenAt === null ? t('It is being written to HubSpot.') : t('It is in HubSpot.')}`;
  }
  if (status === 'refused') return t('{who} refused it, {time}.', { who, time });
  return reason === null ? null : storedText(reason);
}

/** The labels of options instead of their internal values. */
function labelled(value: string | null, definition: PropertyDefinition | null): string | null {
  if (value === null || value === '') return null;
  if (definition === null || definition.options.length === 0) return value;
  const values = takesSeveral(definition) ? optionsIn(value) : [value];
  return values.map((each) => definition.options.find((option) => option.value === each)?.label ?? each).join(', ');
}

function editControl(value: string, definition: PropertyDefinition | null): EditControl {
  const type = definition?.type ?? 'string';
  if (definition !== null && definition.options.length > 0) {
    const several = takesSeveral(definition);
    const chosen = several ? optionsIn(value) : [value];
    const options = definition.options.map((option) => ({ ...option, chosen: chosen.includes(option.value) }));
    return { kind: several ? 'several' : 'one', value, options };
  }
  const isLong = value.length > ONE_LINE || value.includes('\n');
  const kind = type === 'number' || type === 'date' ? type : isLong ? 'long' : 'text';
  return { kind, value, options: [] };
}
