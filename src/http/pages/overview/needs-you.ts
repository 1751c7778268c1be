import { storedText } from '../../../languages/stored-text';
import type { ReasonCode } from '../../../meeting/status';
import type { Cause, MissingPeople } from '../../../store/overview/overview-facts';
import { httpLink, withLocalTimes } from '../layout/format';
import { counted, REASONS } from '../layout/status-words';
import { queryOf } from '../meetings/list-filters';
import { remediesForAll } from '../meeting/reason-models';

/** A button that mends a cause. */
export type Fix =
  | { readonly kind: 'connect'; readonly text: string }
  | { readonly kind: 'retry'; readonly text: string; readonly reason: ReasonCode }
  | { readonly kind: 'property'; readonly text: string; readonly name: string; readonly url: string }
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

const NAMES = new Intl.ListFormat('en');
const MOST_PROPERTIES = 2;

/**
 * What needs a person, by cause: first what stops every meeting, then the most frequent.
 *
 * @param timeZone - that of the account
 */
export function needsYou(causes: readonly Cause[], missing: MissingPeople, timeZone: string): NeedLine[] {
  const lines = causes.map((cause) => causeLine(cause, timeZone));
  const blocking = lines.filter(({ fixes }) => fixes.some(({ kind }) => kind === 'connect'));
  const others = lines.filter((line) => !blocking.includes(line));
  return [...blocking, ...others, ...(missing.total === 0 ? [] : [missingLine(missing)])];
}

function causeLine(cause: Cause, timeZone: string): NeedLine {
  const { code, count, newest } = cause;
  return {
    id: code,
    tone: 'bad',
    title: titleOf(code, count),
    detail: `${count === 1 ? '' : 'The latest: '}${withLocalTimes(newest.message, timeZone)} ${storedText(newest.action)}`,
    fixes: fixesOf(cause),
    path: `/meetings${queryOf({ state: 'needs_you', reason: code })}`,
  };
}

function titleOf(code: ReasonCode, count: number): string {
  const meetings = counted(count, 'meeting', 'meetings');
  switch (code) {
    case 'not_connected':
      return `${counted(count, 'meeting waits', 'meetings wait')} for a HubSpot account`;
    case 'reauthorize':
      return `${counted(count, 'meeting waits', 'meetings wait')} until HubSpot is connected again`;
    case 'missing_scope':
      return `${counted(count, 'meeting waits', 'meetings wait')} for a permission in HubSpot`;
    case 'hubspot_rejected':
      return `HubSpot refused to save ${meetings}`;
    default:
      return `${REASONS[code]}: ${meetings}`;
  }
}

function fixesOf({ code, count, newest: { refusal } }: Cause): Fix[] {
  const properties = (refusal?.properties ?? []).slice(0, MOST_PROPERTIES).flatMap(({ name, settings }): Fix[] => {
    const url = settings === undefined ? null : httpLink(settings);
    return url === null ? [] : [{ kind: 'property', text: 'Open property in HubSpot', name, url }];
  });
  const fixes = remediesForAll(code).flatMap(({ kind, text }): Fix[] => {
    if (kind === 'connect') return [{ kind, text }];
    return kind === 'sync-again' ? [{ kind: 'retry', text: count === 1 ? 'Retry' : 'Retry all', reason: code }] : [];
  });
  return [...properties, ...fixes];
}

function missingLine({ people, total, meetings }: MissingPeople): NeedLine {
  const named = people.map(
    ({ email, name, meetings: of }) => `${name ?? email} (${counted(of, 'meeting', 'meetings')})`,
  );
  const more = total - people.length;
  const who = total === 1 ? '1 person' : `${total.toLocaleString('en')} people`;
  const create = counted(people.length, 'contact', 'contacts');
  return {
    id: 'no_crm_match',
    tone: 'busy',
    title: `${who} from ${counted(meetings, 'meeting', 'meetings')} ${total === 1 ? 'is' : 'are'} not in HubSpot`,
    detail: `${NAMES.format([...named, ...(more > 0 ? [`${more.toLocaleString('en')} more`] : [])])}.`,
    fixes: [
      {
        kind: 'create',
        text: more > 0 ? `Create these ${create}` : `Create ${create}`,
        emails: people.map(({ email }) => email),
      },
    ],
    path: `/meetings${queryOf({ state: 'not_in_hubspot' })}`,
  };
}
