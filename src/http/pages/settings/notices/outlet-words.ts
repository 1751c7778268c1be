import { message, t } from '../../../../languages/text';
import type { NoticeEvent } from '../../../../meeting/notices/events';
import type { OffReason, OutletKind } from '../../../../meeting/notices/outlet';

/** What happens, in English: {@link t} translates it. */
export const EVENT_WORDS: Readonly<Record<NoticeEvent, string>> = {
  'meeting.needs_attention': message('A meeting needs you'),
  'meeting.synced': message('A meeting is on HubSpot timelines'),
  'meeting.skipped': message('A meeting is skipped'),
  'meeting.links_changed': message('The records of a meeting change'),
  'connection.reconnect_needed': message('HubSpot has to be connected again'),
  'connection.restored': message('HubSpot is connected again'),
  'service.paused': message('Syncing pauses for hours'),
  'backfill.done': message('An import finishes'),
  'review.waiting': message('A suggestion waits for your review'),
};

/** The events that a new outlet of people begins with: those that need a person, and their end. */
export const EVENTS_FOR_PEOPLE: readonly NoticeEvent[] = [
  'meeting.needs_attention',
  'connection.reconnect_needed',
  'connection.restored',
  'service.paused',
  'review.waiting',
];

export const KIND_WORDS: Readonly<Record<OutletKind, string>> = {
  slack: message('Slack'),
  email: message('E-mail'),
  webhook: message('Webhook'),
};

export const OFF_WORDS: Readonly<Record<OffReason, string>> = {
  by_person: message('Switched off'),
  failing: message('Switched off after three days without success'),
  gone: message('Switched off: the receiver says that this address no longer exists'),
};

/** The label of the address, and what to enter. */
export function addressWords(kind: OutletKind): { readonly label: string; readonly effect: string } {
  switch (kind) {
    case 'slack':
      return {
        label: t('URL of the incoming webhook'),
        effect: t('From Slack, beginning with https://hooks.slack.com/. It is a secret, and is stored encrypted.'),
      };
    case 'email':
      return {
        label: t('E-mail addresses'),
        effect: t('Up to ten, separated by commas. All of them get the same e-mail.'),
      };
    case 'webhook':
      return {
        label: t('URL'),
        effect: t('Your program gets a signed POST for each event (Standard Webhooks). It must be public https.'),
      };
  }
}
