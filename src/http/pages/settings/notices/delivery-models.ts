import { message, t } from '../../../../languages/text';
import type { AttemptError } from '../../../../meeting/notices/attempts';
import type { DeliveryState } from '../../../../meeting/notices/outlet';
import type { Delivery, DeliveryPage } from '../../../../store/notices/delivery-lists';
import type { OutletRow } from '../../../../store/notices/outlets';
import { timeOf, type Time } from '../../layout/status-words';

const STATE_WORDS: Readonly<Record<DeliveryState, string>> = {
  waiting: message('Waiting'),
  delivered: message('Delivered'),
  failed: message('Failed'),
};

const ERROR_WORDS: Readonly<Record<AttemptError, string>> = {
  refused: message('The receiver refused it'),
  redirect: message('The receiver redirected it, which is not followed'),
  gone: message('The receiver says that this address no longer exists'),
  timeout: message('The receiver did not answer in time'),
  connection: message('The receiver could not be reached'),
  unknown_host: message('The name of the host has no address'),
  address_not_allowed: message('The address leads to a private network'),
  tls: message('The certificate of the receiver is not valid'),
  mail_server: message('The mail server could not be used'),
  switched_off: message('It was switched off before'),
};

/** The page with what became of an outlet's notices. */
export interface DeliveriesModel {
  readonly id: string;
  readonly name: string;
  readonly isOn: boolean;
  readonly isWebhook: boolean;
  readonly deliveries: readonly {
    readonly id: string;
    readonly event: string;
    readonly meetingId: string | null;
    readonly at: Time;
    readonly state: string;
    readonly attempts: string;
    /** The next attempt; null when there is none. */
    readonly next: Time | null;
    /** Why the last attempt failed; null if it did not. */
    readonly error: string | null;
    /** Status and beginning of the receiver's last answer; null without one. */
    readonly answer: string | null;
  }[];
  /** Addresses of the pages before and after this one; null at the ends. */
  readonly newer: string | null;
  readonly older: string | null;
}

/** @param path - of the page. `timeZone`: that of the account */
export function deliveriesModel(
  { id, name, state, kind }: OutletRow,
  { deliveries, nextCursor, previousCursor }: DeliveryPage,
  { path, timeZone }: { readonly path: string; readonly timeZone: string },
): DeliveriesModel {
  const pageAt = (cursor: string | null) => (cursor === null ? null : `${path}?cursor=${encodeURIComponent(cursor)}`);
  return {
    id,
    name,
    isOn: state === 'on',
    isWebhook: kind === 'webhook',
    deliveries: deliveries.map((delivery) => rowOf(delivery, timeZone)),
    newer: pageAt(previousCursor),
    older: pageAt(nextCursor),
  };
}

function rowOf(delivery: Delivery, timeZone: string): DeliveriesModel['deliveries'][number] {
  const { id, event, meetingId, at, state, attempts, dueAt, error, status, answer } = delivery;
  return {
    id,
    event,
    meetingId,
    at: timeOf(at, timeZone),
    state: t(STATE_WORDS[state]),
    attempts: t('{count, plural, =0 {Not tried yet} one {# attempt} other {# attempts}}', { count: attempts }),
    next: dueAt === null || attempts === 0 ? null : timeOf(dueAt, timeZone),
    error: error === null ? null : t(ERROR_WORDS[error]),
    answer: status === null && answer === null ? null : [status, answer].filter((part) => part !== null).join(' '),
  };
}
