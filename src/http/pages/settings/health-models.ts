import type { ConnectionDocument } from '../../../connection/connect';
import { requestsPer10Seconds } from '../../../hubspot/client/limiter';
import { REQUIRED_SCOPES } from '../../../hubspot/client/oauth';
import type { ConnectionFacts } from '../../../store/connections/connection-facts';
import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import { formatTime } from '../layout/format';

/** The health of the connection, as the settings page shows it. */
export interface HealthModel {
  /** The text of the badge. */
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'off';
  /** What the state means, and what a person has to do, if anything. */
  readonly sentence: string;
}

/** Calls, syncs and webhooks of the connection, as text. */
export interface ActivityModel {
  readonly calls: string;
  readonly limits: string;
  readonly lastSync: { readonly iso: string; readonly text: string } | null;
  readonly webhooks: string;
  readonly needsAttention: number;
}

/** Single failures are retried, so they are not worth a message. */
const SILENT_AFTER_FAILURES = 3;

const LIMITS: Readonly<Record<string, string>> = {
  ten_seconds: 'limit of requests in ten seconds',
  second: 'limit of searches in a second',
  day: 'limit of requests in a day',
  migration: 'pause while the account moves to another data centre',
};

/** Shows the worst problem: first a missing connection, then what needs a person, then what is temporary. */
export function healthOf(connection: ConnectionDocument, usage: HubSpotUsage | null): HealthModel {
  const timeZone = connection.portal?.timeZone ?? 'UTC';
  const at = (time: Date) => formatTime(time.toISOString(), timeZone);
  switch (connection.state) {
    case 'none':
      return { word: 'Not connected', tone: 'off', sentence: 'Meetings that come in wait until HubSpot is connected.' };
    case 'reauthorize':
      return {
        word: 'Needs reconnecting',
        tone: 'bad',
        sentence: 'It needs you: press Reconnect. Meetings wait, and then go on by themselves.',
      };
    case 'connected':
      break;
  }
  if (connection.missingScopes.some(({ scope }) => REQUIRED_SCOPES.includes(scope)))
    return {
      word: 'Connected, with a problem',
      tone: 'bad',
      sentence: 'It needs you: press Reconnect with a HubSpot user who may grant the missing permissions.',
    };
  if (connection.lastError !== null)
    return {
      word: 'Connected, with a problem',
      tone: 'bad',
      sentence: 'HubSpot refused something, see below. If it stays, press Reconnect.',
    };
  if (usage !== null && usage.closed !== null) {
    const limit = LIMITS[usage.closed.limit] ?? 'limit';
    return {
      word: 'Waiting for HubSpot',
      tone: 'busy',
      sentence: `HubSpot's ${limit} is used up: waiting until ${at(usage.closed.until)}. Meetings then go on by themselves.`,
    };
  }
  if (usage !== null && usage.silentSince !== null && usage.failures >= SILENT_AFTER_FAILURES) {
    const tried = usage.triedAt === null ? '' : ` (last tried ${at(usage.triedAt)})`;
    return {
      word: 'HubSpot does not answer',
      tone: 'bad',
      sentence: `HubSpot does not answer since ${at(usage.silentSince)}${tried}. Nothing to do: meetings wait and go on by themselves. status.hubspot.com says what HubSpot knows.`,
    };
  }
  return { word: 'Connected', tone: 'good', sentence: 'Working.' };
}

export function activityOf(connection: ConnectionDocument, usage: HubSpotUsage, facts: ConnectionFacts): ActivityModel {
  const timeZone = connection.portal?.timeZone ?? 'UTC';
  const synced = facts.lastSyncedAt?.toISOString() ?? null;
  const perTenSeconds = requestsPer10Seconds(usage.spacingMs);
  return {
    calls: `${usage.callsToday.toLocaleString('en')} since midnight (${timeZone})`,
    // "API usage guidelines and limits": an app of the marketplace has no daily limit, a private one the account's.
    limits: `HubSpot takes ${perTenSeconds} in any ten seconds; a day has no limit for an app of HubSpot's marketplace, and at least 250,000 for a private one.`,
    lastSync: synced === null ? null : { iso: synced, text: formatTime(synced, timeZone) },
    webhooks: webhookWords(connection, facts.lastWebhookAt, timeZone),
    needsAttention: facts.needsAttention,
  };
}

function webhookWords({ connectedAt }: ConnectionDocument, last: Date | null, timeZone: string): string {
  const since = connectedAt === null ? '' : ` since ${formatTime(connectedAt, timeZone)}`;
  if (last === null || (connectedAt !== null && last.toISOString() < connectedAt))
    return `None has arrived${since}. Until one does, changes in HubSpot are found by the daily comparison; if a contact, company or deal was changed meanwhile, ask the operator of this installation to check the app's webhook address.`;
  return `Arriving: the last one came on ${formatTime(last.toISOString(), timeZone)}.`;
}
