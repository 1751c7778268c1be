import { z } from 'zod';
import { message } from '../languages/text';
import { dayIn } from '../meeting/calendar-day';
import type { RecordRef } from '../meeting/linking/cascade';
import type { ReasonCode, SyncStatus } from '../meeting/status';
import type { Db } from '../store/database';
import { findConnection } from '../store/connections/connections';
import type { MeetingFilters } from '../store/meetings/meeting-lists';
import { reasonCode, syncStatus } from './sync-words';

const RECORD = /^(?<objectType>contacts|companies|deals|2-\d+)\/(?<id>\d{1,20})$/;
const notARecord = message('must be a type and an id such as deals/123 (contacts, companies, deals or a 2-… type)');
const notADate = message('must be a date such as 2026-11-06');
const notASearch = message('must be 1 to 200 characters');

// Years that PostgreSQL supports and that are plausible.
const date = z
  .string(notADate)
  .refine((text) => z.iso.date().safeParse(text).success && text >= '0001-01-01', notADate)
  .meta({ format: 'date' });

/** The filters of a meeting list as query parameters, shared by API and pages. */
export const filterFields = {
  status: syncStatus.optional(),
  reason: reasonCode.optional().meta({ description: 'Only meetings whose reason has this code' }),
  q: z.string({ error: notASearch }).min(1, notASearch).max(200, notASearch).optional().meta({
    description:
      "Words of the title, of a participant's name or e-mail address, of a linked record's name or of the meeting id; each word must match",
  }),
  from: date
    .optional()
    .meta({ description: "Only meetings that began on this day or later, in the HubSpot account's time zone" }),
  to: date.optional().meta({ description: 'Only meetings that began on this day or earlier' }),
  record: z
    .string({ error: notARecord })
    .regex(RECORD, notARecord)
    .optional()
    .meta({ description: 'Only meetings that are linked to this record: `deals/123`' }),
};

/** The validated filters, as texts. */
export interface FilterTexts {
  readonly status?: SyncStatus | undefined;
  readonly reason?: ReasonCode | undefined;
  readonly q?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly record?: string | undefined;
}

/** The record of `deals/123`, or undefined when the text has another format. */
export function parseRecord(text: string): RecordRef | undefined {
  const { objectType, id } = RECORD.exec(text)?.groups ?? {};
  return objectType === undefined || id === undefined ? undefined : { objectType, id };
}

/** Converts the texts into filters. Days are days of the account's time zone. */
export function filtersOf({ status, reason, q, from, to, record }: FilterTexts, timeZone: string): MeetingFilters {
  return {
    status,
    reason,
    search: q,
    from: from === undefined ? undefined : dayIn(timeZone, from).begins,
    before: to === undefined ? undefined : dayIn(timeZone, to).ends,
    record: record === undefined ? undefined : parseRecord(record),
  };
}

/** The time zone of a workspace's days: that of its HubSpot account, or UTC without one. */
export async function timeZoneOf(db: Db, workspaceId: string): Promise<string> {
  return (await findConnection(db, workspaceId))?.time_zone ?? 'UTC';
}
