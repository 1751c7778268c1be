import { storedText } from '../../../languages/stored-text';
import { listText, t } from '../../../languages/text';
import type { ReasonCode } from '../../../meeting/status';
import { titleOfCause } from '../../../messages/reason-words';
import type { Cause, MissingPeople } from '../../../store/overview/overview-facts';
import { httpLink, withLocalTimes } from '../layout/format';
import { queryOf } from '../meetings/list-filters';
import { remediesForAll } from '../meeting/reason-models';
import { reviewsPath } from '../reviews/review-filters';

/** A button that mends a cause. */
export type Fix =
  | { readonly kind: 'connect'; readonly text: string }
  | { readonly kind: 'retry'; readonly text: string; readonly reason: ReasonCode }
  | { readonly kind: 'property'; readonly text: string; readonly name: string; readonly url: string }
  | { readonly kind: 'review'; readonly text: string; readonly path: string }
  | { readonly kind: 'create'; readonly text: string; readonly emails: readonly string[] };

/** Meetings that need a person for the same cause. */
export interface NeedLine {
  readonly id: string;
  readonly tone: 'bad' | 'busy';
  readonly title: string;
  readonly detail: string;
  readonly fixes: readonly Fix[];
  /** The list of these meetings, below PUBLIC_URL. */
  readonly path: string;
}

const MOST_PROPERTIES = 2;
/** Causes that stop every meeting. */
const BLOCKING: readonly ReasonCode[] = ['not_connected', 'reauthorize', 'missing_scope', 'activities_remain'];

/**
 * What needs a person, by cause: first what stops every meeting, then the most frequent.
 *
 * @param account - its time zone, and the words of the button that makes HubSpot work again; null while it works
 */
export function needsYou(
  causes: readonly Cause[],
  missing: MissingPeople,
  account: { readonly timeZone: string; readonly connect: string | null },
): NeedLine[] {
  const { timeZone, connect } = account;
  const lines = causes.map((cause) => causeLine(cause, timeZone, connect));
  const blocking = lines.filter((line) => BLOCKING.some((code) => code === line.id));
  const others = [
    ...lines.filter((line) => !blocking.includes(line)),
    ...(missing.total === 0 ? [] : [missingLine(missing, connect)]),
  ];
  if (blocking.length === 0) return others;
  // One button to connect is enough.
  return [
    ...blocking,
    ...others.map((line) => ({ ...line, fixes: line.fixes.filter(({ kind }) => kind !== 'connect') })),
  ];
}

/** Suggestions for properties that wait for a person. */
export function reviewsNeed(count: number): NeedLine[] {
  if (count === 0) return [];
  const path = reviewsPath({});
  return [
    {
      id: 'reviews',
      tone: 'busy',
      title: t('{count, plural, one {# suggestion waits} other {# suggestions wait}} for your review', { count }),
      detail: t('They are values of meetings that HubSpot does not have.'),
      fixes: [{ kind: 'review', text: t('Review'), path }],
      path,
    },
  ];
}

function causeLine(cause: Cause, timeZone: string, connect: string | null): NeedLine {
  const { code, count, newest } = cause;
  const sentences = `${withLocalTimes(newest.message, timeZone)} ${storedText(newest.action)}`;
  return {
    id: code,
    tone: 'bad',
    title: titleOfCause(code, count),
    detail: count === 1 ? sentences : t('The latest: {sentences}', { sentences }),
    fixes: fixesOf(cause, connect),
    path: `/meetings${queryOf({ state: 'needs_you', reason: code })}`,
  };
}

function fixesOf({ code, count, newest: { refusal } }: Cause, connect: string | null): Fix[] {
  const properties = (refusal?.properties ?? []).slice(0, MOST_PROPERTIES).flatMap(({ name, settings }): Fix[] => {
    const url = settings === undefined ? null : httpLink(settings);
    return url === null ? [] : [{ kind: 'property', text: t('Open property in HubSpot'), name, url }];
  });
  const fixes = remediesForAll(code, connect).flatMap(({ kind, text }): Fix[] => {
    if (kind === 'connect') return [{ kind, text }];
    return kind === 'sync-again'
      ? [{ kind: 'retry', text: count === 1 ? t('Retry') : t('Retry all'), reason: code }]
      : [];
  });
  return [...properties, ...fixes];
}

function missingLine({ people, total, meetings }: MissingPeople, connect: string | null): NeedLine {
  const named = people.map(({ email, name, meetings: count }) =>
    t('{person} ({count, plural, one {# meeting} other {# meetings}})', { person: name ?? email, count }),
  );
  const more = total - people.length;
  return {
    id: 'no_crm_match',
    tone: 'busy',
    title: t(
      '{total, plural, one {# person} other {# people}} from {meetings, plural, one {# meeting} other {# meetings}} {total, plural, one {is} other {are}} not in HubSpot',
      { total, meetings },
    ),
    detail: `${listText([...named, ...(more > 0 ? [t('{count, number} more', { count: more })] : [])])}.`,
    fixes: [
      connect === null
        ? {
            kind: 'create',
            text:
              more > 0
                ? t('Create these {count, plural, one {# contact} other {# contacts}}', { count: people.length })
                : t('Create {count, plural, one {# contact} other {# contacts}}', { count: people.length }),
            emails: people.map(({ email }) => email),
          }
        : { kind: 'connect', text: connect },
    ],
    path: `/meetings${queryOf({ state: 'not_in_hubspot' })}`,
  };
}
