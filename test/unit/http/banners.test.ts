import { expect, test } from '@jest/globals';
import { REQUIRED_SCOPES } from '../../../src/hubspot/client/oauth';
import { inLanguage } from '../../../src/languages/language';
import { bannersOf, connectionStateOf, type ShellData } from '../../../src/http/pages/layout/banners';

const now = new Date('2026-11-30T12:00:00Z');
const at = (time: string) => new Date(`2026-11-30T${time}Z`);

const healthy = {
  connection: {
    state: 'connected',
    scopes: [...REQUIRED_SCOPES],
    hub_domain: 'northwind.example',
    portal_id: 4815162,
    time_zone: 'UTC',
    user_email: null,
  },
  usage: { closed: null, silentSince: null, failures: 0 },
  facts: { needsYou: 0, blocked: 0, blockedSince: null, lastSyncedAt: at('11:58:00'), outletsOff: 0 },
  workers: { alive: 1, lastSeenAt: now },
  restore: null,
} satisfies ShellData;
const blocked = { ...healthy.facts, needsYou: 12, blocked: 12, blockedSince: at('11:42:00') };
const none = { connection: null, usage: null };

test.each<[string, Partial<ShellData>, string[], string, string]>([
  ['all is well', {}, [], 'good', 'HubSpot connected'],
  ['nothing waits for a first connection', none, [], 'off', 'HubSpot not connected'],
  [
    'meetings wait for a first connection',
    { ...none, facts: blocked },
    [
      'HubSpot is not connected. 12 meetings have been waiting since Mon 30 Nov, 11:42. No meeting is lost. [Connect HubSpot]',
    ],
    'bad',
    'HubSpot not connected',
  ],
  [
    'the authorisation was withdrawn',
    { connection: { ...healthy.connection, state: 'reauthorize' }, facts: { ...blocked, blocked: 1 } },
    [
      'HubSpot is disconnected. 1 meeting has been waiting since Mon 30 Nov, 11:42. No meeting is lost. [Reconnect HubSpot]',
    ],
    'bad',
    'HubSpot disconnected',
  ],
  [
    'a permission that every meeting needs is missing',
    { connection: { ...healthy.connection, scopes: ['oauth'] } },
    [
      'HubSpot permissions are missing. Reconnect as a HubSpot user who may grant them. No meeting is lost. [Reconnect HubSpot]',
    ],
    'bad',
    'Permissions missing',
  ],
  [
    'no worker polls',
    { workers: { alive: 0, lastSeenAt: at('11:00:00') } },
    [
      'Syncing is paused: the sync service is not running (since Mon 30 Nov, 11:00). No meeting is lost, and syncing continues automatically.',
    ],
    'bad',
    'Syncing is paused',
  ],
  [
    'HubSpot does not respond',
    { usage: { closed: null, silentSince: at('11:50:00'), failures: 3 } },
    [
      'HubSpot has not responded since Mon 30 Nov, 11:50. Nothing to do: meetings wait, and syncing continues automatically. See status.hubspot.com.',
    ],
    'bad',
    'HubSpot is not responding',
  ],
  [
    'HubSpot failed twice',
    { usage: { closed: null, silentSince: at('11:59:00'), failures: 2 } },
    [],
    'good',
    'HubSpot connected',
  ],
  [
    'the daily limit is used up',
    { usage: { closed: { until: at('23:00:00'), limit: 'day' }, silentSince: null, failures: 0 } },
    [
      'HubSpot’s daily limit is used up. Syncing continues automatically at Mon 30 Nov, 23:00. No meeting is lost. [Try now]',
    ],
    'wait',
    'Waiting for HubSpot',
  ],
  [
    'a limit of seconds is used up',
    { usage: { closed: { until: at('12:00:02'), limit: 'ten_seconds' }, silentSince: null, failures: 0 } },
    [],
    'good',
    'HubSpot connected',
  ],
  [
    'outlets were switched off',
    { facts: { ...healthy.facts, outletsOff: 2 } },
    [
      '2 outlets of notices were switched off, because nothing could be delivered. An admin can switch them on again: Settings → Notices.',
    ],
    'good',
    'HubSpot connected',
  ],
  [
    'a backup was restored',
    { restore: { since: at('10:00:00') } },
    [
      'A backup of Mon 30 Nov, 10:00 was restored. Post the meetings since then again: activities that HubSpot already has are found and not written twice.',
    ],
    'good',
    'HubSpot connected',
  ],
])('while %s', (_, change, banners, tone, words) => {
  const data = { ...healthy, ...change };
  expect(
    bannersOf(data, now).map(({ message, action, button }) =>
      [message, action, ...(button === null ? [] : [`[${button.text}]`])].join(' '),
    ),
  ).toEqual(banners);
  expect(connectionStateOf(data, now)).toMatchObject({ tone, words });
});

test('the foot of the navigation names the account and the last sync', () => {
  expect(connectionStateOf(healthy, now)).toMatchObject({
    domain: 'northwind.example',
    lastSync: { text: '2 min ago', exact: '30 Nov 2026, 11:58 (UTC)' },
  });
  const unnamed = { ...healthy, connection: { ...healthy.connection, hub_domain: null } };
  expect(connectionStateOf(unnamed, now).domain).toBe('Account 4815162');
});

test('the most urgent banner comes first', () => {
  const data = {
    ...healthy,
    ...none,
    facts: blocked,
    workers: { alive: 0, lastSeenAt: null },
    restore: { since: now },
  };
  expect(bannersOf(data, now).map(({ message }) => message.split(' ')[0])).toEqual(['Syncing', 'HubSpot', 'A']);
});

test('the banners in Spanish', () => {
  const data = { ...healthy, ...none, facts: { ...blocked, blocked: 1 } };
  const [banner] = inLanguage('es', () => bannersOf(data, now));
  expect(banner?.message).toBe('HubSpot no está conectado.');
  expect(banner?.action).toBe('Espera 1 reunión desde el lun 30 nov, 11:42. No se pierde ninguna reunión.');
});
