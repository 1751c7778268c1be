import { storedText } from '../../../languages/stored-text';
import { listText, t } from '../../../languages/text';
import type { ReasonCode, SyncReason, UnmatchedPerson } from '../../../meeting/status';
import { httpLink, withLocalTimes } from '../layout/format';
import { settingsPath } from '../settings/settings-nav';

/** HubSpot's response behind a reason. */
interface RefusalBox {
  readonly raw: string;
  readonly correlationId: string | null;
  readonly properties: readonly { readonly name: string; readonly settings: string }[];
}

/** What a person can do about a reason. */
export type Remedy =
  | { readonly kind: 'sync-again'; readonly text: string }
  /** The meeting's page lists the people, with a button for each. */
  | { readonly kind: 'create'; readonly text: string }
  /** `path`: the page of the settings, below PUBLIC_URL. */
  | { readonly kind: 'connect' | 'settings'; readonly text: string; readonly path: string };

/** A reason with its remedies as buttons. */
export interface ReasonBox {
  readonly message: string;
  readonly action: string;
  readonly remedies: readonly Remedy[];
  readonly refusal: RefusalBox | null;
}

/** The page lists all of them below. */
const MOST_NAMES = 3;

/**
 * The reason as the meeting's page shows it. A reason itself names no one, because it reaches Temporal's history. The
 * page names the people who are not in HubSpot.
 *
 * @param canCreate - whether the page can create a contact for one of them
 * @param connect - the words of the button that makes HubSpot work again; null while it works
 */
export function reasonBox(
  reason: SyncReason,
  unmatched: readonly UnmatchedPerson[],
  {
    timeZone,
    canCreate,
    connect,
  }: { readonly timeZone: string; readonly canCreate: boolean; readonly connect: string | null },
): ReasonBox {
  const { code, refusal } = reason;
  const properties = (refusal?.properties ?? []).flatMap(({ name, settings }) => {
    const url = settings === undefined ? null : httpLink(settings);
    return url === null ? [] : [{ name, settings: url }];
  });
  return {
    ...(code === 'no_crm_match' && unmatched.length > 0 ? notInHubSpot(unmatched) : sentencesOf(reason, timeZone)),
    remedies:
      code === 'no_crm_match' && canCreate
        ? [{ kind: 'create', text: t('Create contacts') }]
        : workingRemedies(remediesFor(code), connect),
    refusal: refusal === undefined ? null : { raw: refusal.raw, correlationId: refusal.correlationId, properties },
  };
}

function sentencesOf({ message, action }: SyncReason, timeZone: string): Pick<ReasonBox, 'message' | 'action'> {
  return { message: withLocalTimes(message, timeZone), action: storedText(action) };
}

function notInHubSpot(people: readonly UnmatchedPerson[]): Pick<ReasonBox, 'message' | 'action'> {
  const names = people.slice(0, MOST_NAMES).map(({ name, email }) => name ?? email ?? t('A participant'));
  const more = people.length - names.length;
  const listed = listText([...names, ...(more > 0 ? [t('{count, number} more', { count: more })] : [])]);
  const values = { count: people.length, names: listed };
  return {
    message: t('{count, plural, one {{names} is not in HubSpot.} other {{names} are not in HubSpot.}}', values),
    action: t(
      '{count, plural, one {Create the contact and this meeting appears on their timeline.} other {Create the contacts and this meeting appears on their timelines.}}',
      values,
    ),
  };
}

/**
 * The remedies for all meetings with a reason. A run cannot mend a missing connection, permission or setting, so it is
 * not offered beside them.
 *
 * @param connect - as {@link reasonBox}
 */
export function remediesForAll(code: ReasonCode, connect: string | null): readonly Remedy[] {
  const remedies = remediesFor(code);
  const first = remedies.filter(({ kind }) => kind !== 'sync-again');
  return workingRemedies(first.length > 0 ? first : remedies, connect);
}

/** Without HubSpot a run would only wait, so connecting is offered in its place. */
function workingRemedies(remedies: readonly Remedy[], connect: string | null): readonly Remedy[] {
  if (connect === null || !remedies.some(({ kind }) => kind === 'sync-again')) return remedies;
  const others = remedies.filter(({ kind }) => kind !== 'sync-again');
  return others.some(({ kind }) => kind === 'connect')
    ? others
    : [{ kind: 'connect', text: connect, path: settingsPath('hubspot') }, ...others];
}

/** The remedies for a reason, as buttons. The reason's message and action explain them. */
function remediesFor(code: ReasonCode): Remedy[] {
  const again: Remedy = { kind: 'sync-again', text: t('Sync again') };
  switch (code) {
    case 'not_connected':
    case 'activities_remain':
      return [{ kind: 'connect', text: t('Connect HubSpot'), path: settingsPath('hubspot') }];
    case 'reauthorize':
    case 'missing_scope':
      return [{ kind: 'connect', text: t('Reconnect HubSpot'), path: settingsPath('hubspot') }];
    case 'internal_only':
    case 'meeting_excluded':
    case 'recorded_twice':
      return [{ kind: 'settings', text: t('Open the settings'), path: settingsPath('meetings') }, again];
    case 'contact_limit':
      return [{ kind: 'settings', text: t('Open the settings'), path: settingsPath('linking') }, again];
    case 'app_misconfigured':
    case 'hubspot_unavailable':
    case 'hubspot_rejected':
    case 'deleted_in_hubspot':
    case 'no_crm_match':
    case 'key_missing':
    case 'cancelled':
    case 'internal_error':
      return [again];
    case 'hubspot_down':
    case 'rate_limited':
    case 'daily_limit':
    case 'private':
    case 'unlinked_by_hand':
    case 'being_deleted':
    case 'content_expired':
      return [];
  }
}
