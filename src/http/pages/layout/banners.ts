import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import type { ShellFacts } from '../../../store/connections/shell-facts';
import type { Restore } from '../../../store/engagements/restores';
import type { Workers } from '../../../store/processes/processes';
import { REQUIRED_SCOPES } from '../../../hubspot/client/oauth';
import type { ConnectionRow } from '../../../store/connections/connections';
import { formatMoment, formatWhen } from './format';
import { counted, type StatusWord, type Time, timeOf } from './status-words';

/** A problem that concerns every page, with the button that mends it. */
export interface Banner {
  readonly tone: 'bad' | 'wait';
  readonly message: string;
  readonly action: string;
  readonly button: { readonly kind: 'connect' | 'try-now'; readonly text: string } | null;
}

/** The state of the connection, for the foot of the navigation. */
export interface ConnectionFoot {
  readonly tone: StatusWord['tone'];
  readonly words: string;
  readonly domain: string | null;
  readonly lastSync: Time | null;
}

/** What banners and the connection's state are decided from. */
export interface ShellData {
  readonly connection: Pick<
    ConnectionRow,
    'state' | 'scopes' | 'hub_domain' | 'portal_id' | 'time_zone' | 'user_email'
  > | null;
  /** Null without a connection. */
  readonly usage: Pick<HubSpotUsage, 'closed' | 'silentSince' | 'failures'> | null;
  readonly facts: ShellFacts;
  readonly workers: Workers;
  readonly restore: Pick<Restore, 'since'> | null;
}

/** Single failures are retried, so they are not worth a message. */
const SILENT_AFTER_FAILURES = 3;
const NOTHING_LOST = 'No meeting is lost.';
/** What pages say while no worker runs. */
export const PAUSED = 'Syncing is paused: the sync service is not running';
export const CONTINUES = 'No meeting is lost, and syncing continues automatically.';

/** The banners, most urgent first. @param now - for times of today */
export function bannersOf(data: ShellData, now = new Date()): Banner[] {
  return [
    pausedBanner(data, now),
    connectionBanner(data, now),
    hubspotBanner(data, now),
    restoreBanner(data, now),
  ].flatMap((banner) => banner ?? []);
}

function pausedBanner({ workers, connection }: ShellData, now: Date): Banner | null {
  if (workers.alive > 0) return null;
  const since = workers.lastSeenAt === null ? '' : ` (since ${moment(workers.lastSeenAt, connection, now)})`;
  return {
    tone: 'bad',
    message: `${PAUSED}${since}.`,
    action: CONTINUES,
    button: null,
  };
}

function connectionBanner({ connection, facts }: ShellData, now: Date): Banner | null {
  const since = facts.blockedSince === null ? '' : ` since ${moment(facts.blockedSince, connection, now)}`;
  const waiting =
    facts.blocked === 0
      ? NOTHING_LOST
      : `${counted(facts.blocked, 'meeting waits', 'meetings wait')}${since}. ${NOTHING_LOST}`;
  // Without a meeting that waits, a workspace that was never connected needs no warning.
  if (connection === null)
    return facts.blocked === 0
      ? null
      : { tone: 'bad', message: 'HubSpot is not connected.', action: waiting, button: connect('Connect HubSpot') };
  if (connection.state === 'reauthorize')
    return { tone: 'bad', message: 'HubSpot is disconnected.', action: waiting, button: connect('Reconnect HubSpot') };
  if (REQUIRED_SCOPES.every((scope) => connection.scopes.includes(scope))) return null;
  return {
    tone: 'bad',
    message: 'HubSpot permissions are missing.',
    action: `Reconnect as a HubSpot user who may grant them. ${waiting}`,
    button: connect('Reconnect HubSpot'),
  };
}

function hubspotBanner({ connection, usage }: ShellData, now: Date): Banner | null {
  if (connection?.state !== 'connected' || usage === null) return null;
  if (isSilent(usage))
    return {
      tone: 'wait',
      message: `HubSpot has not responded since ${moment(usage.silentSince, connection, now)}.`,
      action: 'Nothing to do: meetings wait, and syncing continues automatically. See status.hubspot.com.',
      button: null,
    };
  if (!isBlockedForHours(usage)) return null;
  const why =
    usage.closed.limit === 'day'
      ? 'HubSpot’s daily limit is used up.'
      : 'HubSpot is moving this account to another data center.';
  return {
    tone: 'wait',
    message: why,
    action: `Syncing continues automatically at ${moment(usage.closed.until, connection, now)}. ${NOTHING_LOST}`,
    button: { kind: 'try-now', text: 'Try now' },
  };
}

function restoreBanner({ restore, connection }: ShellData, now: Date): Banner | null {
  if (restore === null) return null;
  return {
    tone: 'wait',
    message: `A backup of ${moment(restore.since, connection, now)} was restored.`,
    action: 'Post the meetings since then again: activities that HubSpot already has are found and not written twice.',
    button: null,
  };
}

/** The state of the connection in two words, for the foot of the navigation. */
export function connectionStateOf(data: ShellData, now = new Date()): ConnectionFoot {
  const { connection, facts } = data;
  const { lastSyncedAt } = facts;
  const timeZone = connection?.time_zone ?? 'UTC';
  return {
    ...stateWords(data),
    domain: connection && (connection.hub_domain ?? `Account ${connection.portal_id}`),
    lastSync: lastSyncedAt && {
      ...timeOf(lastSyncedAt, timeZone),
      text: formatWhen(lastSyncedAt.toISOString(), timeZone, now),
    },
  };
}

function stateWords({ connection, usage, workers, facts }: ShellData): Pick<ConnectionFoot, 'tone' | 'words'> {
  if (connection === null) return { tone: facts.blocked > 0 ? 'bad' : 'off', words: 'HubSpot not connected' };
  if (connection.state === 'reauthorize') return { tone: 'bad', words: 'HubSpot disconnected' };
  if (workers.alive === 0) return { tone: 'bad', words: 'Syncing is paused' };
  if (!REQUIRED_SCOPES.every((scope) => connection.scopes.includes(scope)))
    return { tone: 'bad', words: 'Permissions missing' };
  if (usage !== null && isSilent(usage)) return { tone: 'bad', words: 'HubSpot is not responding' };
  if (usage !== null && isBlockedForHours(usage)) return { tone: 'wait', words: 'Waiting for HubSpot' };
  return { tone: 'good', words: 'HubSpot connected' };
}

type Usage = NonNullable<ShellData['usage']>;

/** Whether HubSpot has failed to answer long enough to be worth a message. */
export function isSilent<Known extends Pick<Usage, 'silentSince' | 'failures'>>(
  usage: Known,
): usage is Known & { readonly silentSince: Date } {
  return usage.silentSince !== null && usage.failures >= SILENT_AFTER_FAILURES;
}

/** Limits of seconds pass before a person could read about them. */
function isBlockedForHours(usage: Usage): usage is Usage & { readonly closed: NonNullable<Usage['closed']> } {
  return usage.closed !== null && (usage.closed.limit === 'day' || usage.closed.limit === 'migration');
}

function connect(text: string): Banner['button'] {
  return { kind: 'connect', text };
}

function moment(date: Date, connection: ShellData['connection'], now: Date): string {
  return formatMoment(date.toISOString(), connection?.time_zone ?? 'UTC', now);
}
