import type { ReasonCode, SyncReason, UnmatchedPerson } from '../../../meeting/status';
import { httpLink } from '../layout/format';

/** HubSpot's response behind a reason. */
interface RefusalBox {
  readonly raw: string;
  readonly correlationId: string | null;
  readonly properties: readonly { readonly name: string; readonly settings: string }[];
}

/** What a person can do about a reason. */
export interface Remedy {
  readonly kind: 'connect' | 'settings' | 'sync-again';
  readonly text: string;
}

/** A reason with its remedies as buttons. */
export interface ReasonBox {
  readonly message: string;
  readonly action: string;
  readonly remedies: readonly Remedy[];
  readonly refusal: RefusalBox | null;
}

const NAMES = new Intl.ListFormat('en');
/** The page lists all of them below. */
const MOST_NAMES = 3;

/**
 * The reason as the meeting's page shows it. A reason itself names no one, because it reaches Temporal's history. The
 * page names the people who are not in HubSpot.
 */
export function reasonBox(reason: SyncReason, unmatched: readonly UnmatchedPerson[]): ReasonBox {
  const { code, refusal } = reason;
  const properties = (refusal?.properties ?? []).flatMap(({ name, settings }) => {
    const url = settings === undefined ? null : httpLink(settings);
    return url === null ? [] : [{ name, settings: url }];
  });
  return {
    ...(code === 'no_crm_match' && unmatched.length > 0 ? notInHubSpot(unmatched) : sentencesOf(reason)),
    remedies: remediesFor(code),
    refusal: refusal === undefined ? null : { raw: refusal.raw, correlationId: refusal.correlationId, properties },
  };
}

function sentencesOf({ message, action }: SyncReason): Pick<ReasonBox, 'message' | 'action'> {
  return { message, action };
}

function notInHubSpot(people: readonly UnmatchedPerson[]): Pick<ReasonBox, 'message' | 'action'> {
  const names = people.slice(0, MOST_NAMES).map(({ name, email }) => name ?? email ?? 'A participant');
  const more = people.length - names.length;
  const listed = NAMES.format([...names, ...(more > 0 ? [`${more} more`] : [])]);
  return people.length === 1
    ? {
        message: `${listed} is not in HubSpot.`,
        action: 'Create the contact and this meeting appears on their timeline.',
      }
    : {
        message: `${listed} are not in HubSpot.`,
        action: 'Create the contacts and this meeting appears on their timelines.',
      };
}

/** The remedies for a reason, as buttons. The reason's message and action explain them. */
export function remediesFor(code: ReasonCode): Remedy[] {
  const again: Remedy = { kind: 'sync-again', text: 'Sync again' };
  switch (code) {
    case 'not_connected':
    case 'activities_remain':
      return [{ kind: 'connect', text: 'Connect HubSpot' }];
    case 'reauthorize':
      return [{ kind: 'connect', text: 'Reconnect HubSpot' }];
    case 'missing_scope':
      return [{ kind: 'connect', text: 'Reconnect HubSpot' }, again];
    case 'internal_only':
    case 'meeting_excluded':
    case 'recorded_twice':
      return [{ kind: 'settings', text: 'Open the settings' }, again];
    case 'app_misconfigured':
    case 'hubspot_unavailable':
    case 'hubspot_rejected':
    case 'deleted_in_hubspot':
    case 'no_crm_match':
    case 'unlinked_by_hand':
    case 'key_missing':
    case 'cancelled':
    case 'internal_error':
      return [again];
    case 'hubspot_down':
    case 'rate_limited':
    case 'daily_limit':
    case 'private':
    case 'being_deleted':
    case 'content_expired':
      return [];
  }
}
