import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { AttemptError } from '../../meeting/notices/attempts';
import type { AnyNoticeEvent, NoticeEvent } from '../../meeting/notices/events';
import type { DeliveryState, OffReason, OutletKind, OutletState } from '../../meeting/notices/outlet';
import type { CreatedAt, Timestamp } from '../columns';

export interface NoticeTables {
  outlets: OutletsTable;
  notices: NoticesTable;
  notice_deliveries: NoticeDeliveriesTable;
}

interface OutletsTable {
  id: Generated<string>;
  workspace_id: string;
  kind: OutletKind;
  /** How people call it. */
  name: string;
  /** A URL or an e-mail address. Encrypted (see `secrets.ts`). */
  address: string;
  /** The part of the address that is no secret: the host of a URL, or the address with most of its name left out. */
  address_hint: string;
  events: NoticeEvent[];
  /** One digest a day, at eight o'clock in the account's time zone. Never of a webhook. */
  daily: Generated<boolean>;
  /** Whether it gets the titles of meetings, and the sentences of reasons. */
  includes_text: Generated<boolean>;
  /** The language of its texts. Webhooks have none. */
  language: Generated<string>;
  state: Generated<OutletState>;
  off_reason: OffReason | null;
  off_at: Timestamp | null;
  /** What signs a webhook. Encrypted, and null for other kinds. */
  secret: string | null;
  /** Signs, too, until `previous_until`. */
  previous_secret: string | null;
  previous_until: Timestamp | null;
  /** Attempts that failed since the last one that did not. */
  failures: Generated<number>;
  /** When the first of them failed. */
  failing_since: Timestamp | null;
  /** Until then only one delivery is tried, because several failed in a row. */
  paused_until: Timestamp | null;
  /** When Temporal was last asked to deliver; null when nothing was due at the end of a run. */
  asked_at: Timestamp | null;
  created_by: string;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

/** What happened. Contains ids, codes and counts, no content of meetings. */
interface NoticesTable {
  /** The order in which things happened. */
  position: ColumnType<number, never, never>;
  id: Generated<string>;
  workspace_id: string;
  event: AnyNoticeEvent;
  data: JSONColumnType<Record<string, unknown>, string, never>;
  at: CreatedAt;
}

/** A notice on its way to an outlet. */
interface NoticeDeliveriesTable {
  id: Generated<string>;
  outlet_id: string;
  workspace_id: string;
  notice: number;
  state: Generated<DeliveryState>;
  /** When it is tried next; null once it is delivered or failed. */
  due_at: Timestamp | null;
  attempts: Generated<number>;
  tried_at: Timestamp | null;
  http_status: number | null;
  /** The beginning of the receiver's last answer. */
  answer: string | null;
  /** Why the last attempt failed, as a code. */
  error: AttemptError | null;
}
