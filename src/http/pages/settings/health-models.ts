import type { ConnectionDocument } from '../../../connection/connect';
import { requestsPer10Seconds } from '../../../hubspot/client/limiter';
import { REQUIRED_SCOPES } from '../../../hubspot/client/oauth';
import { message, t } from '../../../languages/text';
import type { ConnectionFacts } from '../../../store/connections/connection-facts';
import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import { CONTINUES, isSilent, PAUSED } from '../layout/banners';
import { formatMoment } from '../layout/format';
import { timeOf, type StatusWord, type Time } from '../layout/status-words';

/** The health of the connection, as the settings page shows it. */
export interface HealthModel {
  /** The text of the badge. */
  readonly word: string;
  readonly tone: StatusWord['tone'];
  /** What the state means, and what a person has to do, if anything. */
  readonly sentence: string;
}

/** Calls, syncs and webhooks of the connection, as text. */
export interface ActivityModel {
  readonly calls: string;
  readonly limits: string;
  readonly lastSync: Time | null;
  readonly webhooks: string;
  readonly needsAttention: number;
}

const LIMITS: Readonly<Record<string, string>> = {
  ten_seconds: message('HubSpot’s limit of requests per ten seconds is used up.'),
  second: message('HubSpot’s limit of searches per second is used up.'),
  day: message('HubSpot’s daily limit of requests is used up.'),
  migration: message('HubSpot is moving this account to another data center.'),
};

/** Whether a permission is missing without which nothing works. */
export function lacksRequired({ missingScopes }: ConnectionDocument): boolean {
  return missingScopes.some(({ scope }) => REQUIRED_SCOPES.includes(scope));
}

/**
 * Shows the worst problem: first a missing connection, then what needs a person, then what is temporary.
 *
 * @param workers - the number of workers that run
 */
export function healthOf(connection: ConnectionDocument, usage: HubSpotUsage | null, workers: number): HealthModel {
  const timeZone = connection.portal?.timeZone ?? 'UTC';
  const at = (time: Date) => formatMoment(time.toISOString(), timeZone);
  switch (connection.state) {
    case 'none':
      return { word: t('Not connected'), tone: 'off', sentence: t('Meetings wait until HubSpot is connected.') };
    case 'reauthorize':
      return {
        word: t('Needs reconnecting'),
        tone: 'bad',
        sentence: t('Reconnect HubSpot to continue. Meetings wait until then.'),
      };
    case 'connected':
      break;
  }
  if (lacksRequired(connection))
    return {
      word: t('Connected, with a problem'),
      tone: 'bad',
      sentence: t('Press Reconnect as a HubSpot user who may grant the missing permissions.'),
    };
  if (connection.lastError !== null)
    return {
      word: t('Connected, with a problem'),
      tone: 'bad',
      sentence: t('HubSpot refused a request: see “Last error”. If that persists, press Reconnect.'),
    };
  if (workers === 0)
    return {
      word: t('Connected, with a problem'),
      tone: 'bad',
      sentence: `${t(PAUSED)}. ${t(CONTINUES)}`,
    };
  if (usage !== null && usage.closed !== null) {
    const limit = LIMITS[usage.closed.limit] ?? message('HubSpot’s limit is used up.');
    return {
      word: t('Waiting for HubSpot'),
      tone: 'wait',
      sentence: `${t(limit)} ${t('Syncing continues automatically at {time}.', { time: at(usage.closed.until) })}`,
    };
  }
  if (usage !== null && isSilent(usage)) {
    const since = at(usage.silentSince);
    const silence =
      usage.triedAt === null
        ? t('HubSpot has not responded since {since}.', { since })
        : t('HubSpot has not responded since {since} (last tried {tried}).', { since, tried: at(usage.triedAt) });
    const advice = t('Nothing to do: meetings wait, and syncing continues automatically. See status.hubspot.com.');
    return {
      word: t('HubSpot is not responding'),
      tone: 'bad',
      sentence: `${silence} ${advice}`,
    };
  }
  return { word: t('Connected'), tone: 'good', sentence: t('All good.') };
}

/** The card's figures: calls since midnight in the account's time zone, limits, the last sync and the last webhook. */
export function activityOf(connection: ConnectionDocument, usage: HubSpotUsage, facts: ConnectionFacts): ActivityModel {
  const timeZone = connection.portal?.timeZone ?? 'UTC';
  const synced = facts.lastSyncedAt?.toISOString() ?? null;
  const perTenSeconds = requestsPer10Seconds(usage.spacingMs);
  return {
    calls: t('{count, plural, one {# API call} other {# API calls}} today', { count: usage.callsToday }),
    // "API usage guidelines and limits": an app of the marketplace has no daily limit, a private one the account's.
    limits: t(
      'Since midnight ({timeZone}). HubSpot allows {count, number} in any ten seconds. Marketplace apps have no daily limit; private apps have at least 250,000.',
      { timeZone, count: perTenSeconds },
    ),
    lastSync: synced === null ? null : timeOf(synced, timeZone),
    webhooks: webhookWords(connection, facts.lastWebhookAt, timeZone),
    needsAttention: facts.needsAttention,
  };
}

function webhookWords({ connectedAt }: ConnectionDocument, last: Date | null, timeZone: string): string {
  if (last === null || (connectedAt !== null && last.toISOString() < connectedAt))
    return t(
      'No change from HubSpot received yet. That is normal right after connecting. If it stays so after you edit a contact, ask your developer to check the webhook URL.',
    );
  return t('Last received on {time}.', { time: formatMoment(last.toISOString(), timeZone) });
}
