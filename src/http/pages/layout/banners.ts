import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import type { ShellFacts } from '../../../store/connections/shell-facts';
import type { Restore } from '../../../store/engagements/restores';
import type { Workers } from '../../../store/processes/processes';
import type { ConnectionRow } from '../../../store/connections/connections';
import { message, t } from '../../../languages/text';
import { formatMoment, formatWhen } from './format';
import { hasPermissions } from './hubspot-works';
import { type StatusWord, type Time, timeOf } from './status-words';

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
const NOTHING_LOST = message('No meeting is lost.');
/** What pages say while no worker runs, in English. */
export const PAUSED = message('Syncing is paused: the sync service is not running');
export const CONTINUES = message('No meeting is lost, and syncing continues automatically.');

/** The banners, most urgent first. @param now - for times of today */
export function bannersOf(data: ShellData, now = new Date()): Banner[] {
  return [
    pausedBanner(data, now),
    connectionBanner(data, now),
    hubspotBanner(data, now),
    restoreBanner(data, now),
    outletsBanner(data),
  ].flatMap((banner) => banner ?? []);
}

function pausedBanner({ workers, connection }: ShellData, now: Date): Banner | null {
  if (workers.alive > 0) return null;
  return {
    tone: 'bad',
    message:
      workers.lastSeenAt === null
        ? `${t(PAUSED)}.`
        : t('Syncing is paused: the sync service is not running (since {moment}).', {
            moment: momentOf(workers.lastSeenAt, connection, now),
          }),
    action: t(CONTINUES),
    button: null,
  };
}

function connectionBanner({ connection, facts }: ShellData, now: Date): Banner | null {
  const waiting = waitingWords(facts, facts.blockedSince && momentOf(facts.blockedSince, connection, now));
  // Without a meeting that waits, a workspace that was never connected needs no warning.
  if (connection === null)
    return facts.blocked === 0
      ? null
      : {
          tone: 'bad',
          message: t('HubSpot is not connected.'),
          action: waiting,
          button: connect(t('Connect HubSpot')),
        };
  if (connection.state === 'reauthorize')
    return {
      tone: 'bad',
      message: t('HubSpot is disconnected.'),
      action: waiting,
      button: connect(t('Reconnect HubSpot')),
    };
  if (hasPermissions(connection)) return null;
  return {
    tone: 'bad',
    message: t('HubSpot permissions are missing.'),
    action: `${t('Reconnect as a HubSpot user who may grant them.')} ${waiting}`,
    button: connect(t('Reconnect HubSpot')),
  };
}

function waitingWords({ blocked }: ShellFacts, since: string | null): string {
  if (blocked === 0) return t(NOTHING_LOST);
  const wait =
    since === null
      ? t('{count, plural, one {# meeting waits} other {# meetings wait}}.', { count: blocked })
      : t('{count, plural, one {# meeting has been waiting} other {# meetings have been waiting}} since {moment}.', {
          count: blocked,
          moment: since,
        });
  return `${wait} ${t(NOTHING_LOST)}`;
}

function hubspotBanner({ connection, usage }: ShellData, now: Date): Banner | null {
  if (connection?.state !== 'connected' || usage === null) return null;
  if (isSilent(usage))
    return {
      tone: 'wait',
      message: t('HubSpot has not responded since {moment}.', { moment: momentOf(usage.silentSince, connection, now) }),
      action: t('Nothing to do: meetings wait, and syncing continues automatically. See status.hubspot.com.'),
      button: null,
    };
  if (!isBlockedForHours(usage)) return null;
  return {
    tone: 'wait',
    message:
      usage.closed.limit === 'day'
        ? t('HubSpot’s daily limit is used up.')
        : t('HubSpot is moving this account to another data center.'),
    action: `${t('Syncing continues automatically at {moment}.', { moment: momentOf(usage.closed.until, connection, now) })} ${t(NOTHING_LOST)}`,
    button: { kind: 'try-now', text: t('Try now') },
  };
}

function restoreBanner({ restore, connection }: ShellData, now: Date): Banner | null {
  if (restore === null) return null;
  return {
    tone: 'wait',
    message: t('A backup of {moment} was restored.', { moment: momentOf(restore.since, connection, now) }),
    action: t(
      'Post the meetings since then again: activities that HubSpot already has are found and not written twice.',
    ),
    button: null,
  };
}

function outletsBanner({ facts: { outletsOff } }: ShellData): Banner | null {
  if (outletsOff === 0) return null;
  return {
    tone: 'wait',
    message: t(
      '{count, plural, one {# outlet of notices was} other {# outlets of notices were}} switched off, because nothing could be delivered.',
      { count: outletsOff },
    ),
    action: t('An admin can switch them on again: {page}.', { page: t('Settings → {page}', { page: t('Notices') }) }),
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
    domain: connection && (connection.hub_domain ?? t('Account {account}', { account: String(connection.portal_id) })),
    lastSync: lastSyncedAt && {
      ...timeOf(lastSyncedAt, timeZone),
      text: formatWhen(lastSyncedAt.toISOString(), timeZone, now),
    },
  };
}

function stateWords({ connection, usage, workers, facts }: ShellData): Pick<ConnectionFoot, 'tone' | 'words'> {
  if (connection === null) return { tone: facts.blocked > 0 ? 'bad' : 'off', words: t('HubSpot not connected') };
  if (connection.state === 'reauthorize') return { tone: 'bad', words: t('HubSpot disconnected') };
  if (workers.alive === 0) return { tone: 'bad', words: t('Syncing is paused') };
  if (!hasPermissions(connection)) return { tone: 'bad', words: t('Permissions missing') };
  if (usage !== null && isSilent(usage)) return { tone: 'bad', words: t('HubSpot is not responding') };
  if (usage !== null && isBlockedForHours(usage)) return { tone: 'wait', words: t('Waiting for HubSpot') };
  return { tone: 'good', words: t('HubSpot connected') };
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

function momentOf(date: Date, connection: ShellData['connection'], now: Date): string {
  return formatMoment(date.toISOString(), connection?.time_zone ?? 'UTC', now);
}
