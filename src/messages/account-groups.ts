import { DateTime } from 'luxon';
import { currentLanguage } from '../languages/language';
import { t } from '../languages/text';
import type { DigestFacts, Groups, Notice } from './digest-facts';
import type { MessageGroup } from './message';

/** What these notices report about the account as a whole: its connection, pauses, suggestions, imports and outlets. */
export function accountGroups(notices: readonly Notice[], facts: DigestFacts): Groups {
  const connection = notices.findLast(({ event }) => event.startsWith('connection.'));
  const paused = notices.findLast(({ event }) => event === 'service.paused');
  return {
    urgent: [
      ...notices
        .filter(({ event }) => event === 'outlet.test')
        .slice(0, 1)
        .map(testGroup),
      ...(connection?.event === 'connection.reconnect_needed' ? [disconnectedGroup(facts)] : []),
      ...notices
        .filter(({ event }) => event === 'outlet.switched_off')
        .map((notice) => switchedOffGroup(notice, facts)),
      ...(paused === undefined ? [] : [pausedGroup(paused, facts)]),
      ...reviewGroups(notices, facts),
    ],
    others: [
      ...(connection?.event === 'connection.restored' ? [connectedGroup()] : []),
      ...notices.filter(({ event }) => event === 'backfill.done').map((notice) => backfillGroup(notice, facts)),
    ],
  };
}

function testGroup(): MessageGroup {
  return { title: t('This is a test message. Notices arrive here.'), lines: [], link: null };
}

function disconnectedGroup({ publicUrl }: DigestFacts): MessageGroup {
  return {
    title: t('HubSpot disconnected us. Meetings wait until you press Reconnect.'),
    lines: [],
    link: { text: t('Reconnect'), url: `${publicUrl}/settings/integrations` },
  };
}

function connectedGroup(): MessageGroup {
  return { title: t('HubSpot is connected again. Waiting meetings are synced.'), lines: [], link: null };
}

function switchedOffGroup({ data }: Notice, { publicUrl, outlet }: DigestFacts): MessageGroup {
  const { name } = data;
  return {
    title: t('Notices to “{name}” are switched off, because they could not be delivered.', {
      name: typeof name === 'string' ? name : '',
    }),
    lines: [],
    link: { text: t('Open the settings'), url: `${publicUrl}${outlet.settingsPath}` },
  };
}

function pausedGroup({ data }: Notice, { timeZone }: DigestFacts): MessageGroup {
  const { cause, until } = data;
  const time = typeof until === 'string' ? timeText(until, timeZone) : null;
  const reason = pauseReason(cause);
  const next = time === null ? '' : t('It continues automatically on {time}.', { time });
  return { title: `${reason} ${next}`.trim(), lines: [], link: null };
}

function pauseReason(cause: unknown): string {
  switch (cause) {
    case 'daily_limit':
      return t('Syncing pauses, because HubSpot’s daily limit is reached.');
    case 'account_moving':
      return t('Syncing pauses, because HubSpot is moving the account to another data center.');
    default:
      return t('Syncing pauses, because the service does not run. Meetings are kept, and synced once it runs again.');
  }
}

function reviewGroups(notices: readonly Notice[], { publicUrl }: DigestFacts): MessageGroup[] {
  const reviews = new Set(
    notices.flatMap(({ event, data: { reviewId } }) => (event === 'review.waiting' ? [reviewId] : [])),
  );
  if (reviews.size === 0) return [];
  const title = t('{count, plural, one {# suggestion waits} other {# suggestions wait}} for your review', {
    count: reviews.size,
  });
  return [{ title, lines: [], link: { text: t('Review'), url: `${publicUrl}/reviews` } }];
}

function backfillGroup({ data }: Notice, { publicUrl }: DigestFacts): MessageGroup {
  const { meetings, invalidLines, backfillId } = data;
  const invalid = typeof invalidLines === 'number' ? invalidLines : 0;
  const done = t('The import of {count, plural, one {# meeting} other {# meetings}} finished.', {
    count: typeof meetings === 'number' ? meetings : 0,
  });
  const unread = t('{count, plural, one {# line was} other {# lines were}} not valid.', { count: invalid });
  return {
    title: invalid === 0 ? done : `${done} ${unread}`,
    lines: [],
    link:
      typeof backfillId === 'string'
        ? { text: t('Open the import'), url: `${publicUrl}/backfills/${encodeURIComponent(backfillId)}` }
        : null,
  };
}

function timeText(iso: string, timeZone: string): string | null {
  const local = DateTime.fromISO(iso, { zone: timeZone });
  const known = local.isValid ? local : DateTime.fromISO(iso, { zone: 'utc' });
  if (!known.isValid) return null;
  const options = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const;
  return `${known.setLocale(currentLanguage().dateLocale).toLocaleString(options)} (${known.zoneName})`;
}
