import { z } from 'zod';
import { recordUrl } from '../../meeting/hubspot-urls';
import { LINK_VIA, recordKey, type Link, type RecordRef } from '../../meeting/linking/cascade';
import { objectTypeId } from '../../meeting/object-types';
import { REASON_CODES, SYNC_STATUSES, type SyncReason } from '../../meeting/status';
import type { ConnectionRow } from '../../store/connections/connections';
import { recordAt } from '../../connection/record-search';
import { parseRecord } from '../meeting-filters';
import { recordParams } from '../record-choices';
import { outside, outsideOrNull, outsideText } from './outside-text';

/** The most characters of a name or title in lists, and of a value. */
export const SHORT = 200;

const NOT_A_RECORD = 'must be a type and an id such as deals/123, or the address of a record in HubSpot';

export const meetingIdInput = z
  .string({ error: 'must be the id of a meeting, from find_meetings' })
  .min(1, { error: 'must be the id of a meeting, from find_meetings' })
  .max(128, { error: 'must not have more than 128 characters' })
  .meta({ description: 'The meetingId of find_meetings' });

/** A record that an agent names. `account` is that of an address; null for `deals/123`. */
export const recordInput = z
  .string({ error: NOT_A_RECORD })
  .max(2_000, { error: 'must not have more than 2,000 characters' })
  .meta({
    description:
      'contacts, companies, deals or the 2-… id of a custom object type, and the id: deals/123. The address of the record’s page in HubSpot also works',
    examples: ['deals/123'],
  })
  .transform((text, context) => {
    const read = parseRecord(text.trim());
    if (read !== undefined) return { ...read, account: null };
    const found = recordAt(text.trim());
    if (found !== null && recordParams.objectType.safeParse(found.objectType).success) {
      const { portalId, ...ref } = found;
      return { ...ref, account: portalId };
    }
    context.addIssue({ code: 'custom', message: NOT_A_RECORD });
    return z.NEVER;
  });
export type NamedRecord = z.output<typeof recordInput>;

export const status = z.enum(SYNC_STATUSES);

/** Why a meeting has its status. The message may quote HubSpot. */
export const reason = z
  .object({ code: z.enum(REASON_CODES), message: outsideText, action: z.string() })
  .nullable()
  .meta({ description: 'Why it has this status; `action` says what a person can do' });

export const record = z.object({
  objectType: z.string(),
  id: z.string().meta({ description: 'Empty for a contact that would be created' }),
  name: outsideText.nullable(),
  url: z.string().nullable().meta({ description: 'Its page in HubSpot' }),
});
export type ShownRecord = z.output<typeof record>;

export const link = record.extend({
  via: z.enum(LINK_VIA).meta({
    description:
      'participant: a contact who took part; domain: a company with the e-mail domain of a participant; cascade: HubSpot associates it with `from`; manual: linked by hand',
  }),
  from: record.nullable(),
});
export type ShownLink = z.output<typeof link>;

/** What records are shown with. */
export interface RecordWords {
  readonly connection: Pick<ConnectionRow, 'ui_domain' | 'portal_id'> | null;
  /** By `recordKey`. */
  readonly names: ReadonlyMap<string, string>;
}

export function showReason(given: SyncReason | null): z.output<typeof reason> {
  return given && { code: given.code, message: outside(given.message, 1_000), action: given.action };
}

export function showRecord({ objectType, id }: RecordRef, { connection, names }: RecordWords): ShownRecord {
  return {
    objectType,
    id,
    name: outsideOrNull(names.get(recordKey({ objectType, id })), SHORT),
    url:
      connection === null || id === ''
        ? null
        : recordUrl(connection.ui_domain, connection.portal_id, objectTypeId(objectType), id),
  };
}

export function showLink({ via, from, ...ref }: Link, words: RecordWords): ShownLink {
  return { ...showRecord(ref, words), via, from: from && showRecord(from, words) };
}

/** The page of a meeting here. */
export function meetingUrl(publicUrl: string, meetingId: string): string {
  return `${publicUrl}/meetings/${encodeURIComponent(meetingId)}`;
}
