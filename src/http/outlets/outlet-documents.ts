import type { NoticeEvent } from '../../meeting/notices/events';
import type { OffReason, OutletKind, OutletState } from '../../meeting/notices/outlet';
import { addressOf } from '../../outbound/outlet-secrets';
import { KeyMissingError, type SecretBox } from '../../secrets';
import type { Delivery } from '../../store/notices/delivery-lists';
import type { OutletRow } from '../../store/notices/outlets';

/** An outlet, as the API shows it; times are ISO 8601 in UTC. */
export interface OutletDocument {
  readonly id: string;
  readonly kind: OutletKind;
  readonly name: string;
  /** Null for those who may not see it, and without the key that encrypts it. */
  readonly address: string | null;
  readonly addressHint: string;
  readonly events: NoticeEvent[];
  readonly when: 'at_once' | 'daily';
  readonly includesText: boolean;
  readonly language: string;
  readonly state: OutletState;
  readonly off: { readonly reason: OffReason; readonly at: string } | null;
  readonly failing: { readonly since: string; readonly failures: number } | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** @param secrets - opens the address; null for those who may not see it */
export function outletDocument(row: OutletRow, secrets: SecretBox | null): OutletDocument {
  const { off_reason: reason, off_at: offAt, failing_since: since } = row;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    address: secrets === null ? null : openedAddress(secrets, row),
    addressHint: row.address_hint,
    events: row.events,
    when: row.daily ? 'daily' : 'at_once',
    includesText: row.includes_text,
    language: row.language,
    state: row.state,
    off: reason === null || offAt === null ? null : { reason, at: offAt.toISOString() },
    failing: since === null ? null : { since: since.toISOString(), failures: row.failures },
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function openedAddress(secrets: SecretBox, row: OutletRow): string | null {
  try {
    return addressOf(secrets, row);
  } catch (error) {
    if (error instanceof KeyMissingError) return null;
    throw error;
  }
}

/** A delivery, as the API shows it. */
export function deliveryDocument({ at, triedAt, dueAt, status, noticeId, ...delivery }: Delivery) {
  return {
    ...delivery,
    noticeId: `msg_${noticeId.replaceAll('-', '')}`,
    at: at.toISOString(),
    triedAt: triedAt === null ? null : triedAt.toISOString(),
    nextAttemptAt: dueAt === null ? null : dueAt.toISOString(),
    httpStatus: status,
  };
}
