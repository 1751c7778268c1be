import type { Kysely } from 'kysely';
import type { ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import type { AnalyticsFilters, ReportOptions, ReportRow } from '../../../../src/analytics/report';
import { findReport } from '../../../../src/analytics/reports';
import { meetingsBehind, runReport, type CountedMeetings, type ReportDocument } from '../../../../src/analytics/run';
import type { Database } from '../../../../src/store/schema';
import { saveAccountFacts } from '../../../../src/store/connections/account-facts';
import { createWorkspace } from '../../../../src/store/access/workspaces';
import { connect, putMeeting, putRecords, type MadeLink, type MadeMeeting, type MadeRecord } from './store';

const NOW = new Date('2026-11-24T12:00:00Z');
type Asked = AnalyticsFilters & Partial<ReportOptions>;

/** A workspace with its own account, for tests that state every expected number. */
export interface Account {
  readonly workspaceId: string;
  readonly portalId: number;
  put(meetingId: string, links: readonly MadeLink[], more?: Made): Promise<void>;
  records(...records: readonly MadeRecord[]): Promise<void>;
  report(name: string, asked?: Asked): Promise<ReportDocument>;
  /** The named cells of a row; an empty key selects the totals. Undefined when no row has the key. */
  cells(name: string, key: string, columns: readonly string[], asked?: Asked): Promise<unknown[] | undefined>;
  /** Ids of the meetings behind a number, newest first. Null when the number leads to no list. */
  behind(name: string, key: string | null, column?: string, asked?: Asked): Promise<string[] | null>;
}

export type Made = Omit<MadeMeeting, 'body' | 'links'> & { readonly body?: Partial<ProcessedMeetingInput> };

export const deal = (id: string): MadeLink => ({ type: 'deals', id });
export const company = (id: string): MadeLink => ({ type: 'companies', id });

/** A deal with the properties that HubSpot would return. */
export const dealRecord = (id: string, properties: Record<string, string | null> = {}): MadeRecord => ({
  type: 'deals',
  id,
  properties: { dealname: `Deal ${id}`, pipeline: 'p1', dealstage: 's1', hs_is_closed: 'false', ...properties },
});

let portals = 100;

export async function openAccount(
  db: Kysely<Database>,
  {
    timeZone = 'Europe/Madrid',
    connected = true,
    currency = null,
  }: { timeZone?: string; connected?: boolean; currency?: string | null } = {},
): Promise<Account> {
  const portalId = (portals += 1);
  const { workspaceId } = await createWorkspace(db, `Account ${portalId}`);
  if (connected) await connect(db, { workspaceId, portalId, timeZone });
  if (currency !== null) {
    const facts = { uiDomain: 'app.hubspot.com', timeZone, accountType: 'STANDARD', dataLocation: null, currency };
    await saveAccountFacts(db, { workspaceId, portalId }, facts);
  }
  const given = (asked: Asked = {}) => {
    const { interval, by, days, due, limit, ...filters } = asked;
    const options = Object.entries({ interval, by, days, due, limit }).filter(([, value]) => value !== undefined);
    return { filters, options: Object.fromEntries(options) };
  };
  const found = (name: string) => {
    const report = findReport(name);
    if (report === undefined) throw new Error(`There is no report ${name}`);
    return report;
  };
  const report = async (name: string, asked?: Asked) =>
    await runReport(db, workspaceId, found(name), given(asked), NOW);
  return {
    workspaceId,
    portalId,
    report,
    async put(meetingId, links, { body, ...more } = {}) {
      await putMeeting(db, { workspaceId, portalId }, { ...more, links, body: { ...body, meetingId } });
    },
    async records(...records) {
      await putRecords(db, portalId, records);
    },
    async cells(name, key, columns, asked) {
      const { rows, totals } = await report(name, asked);
      const row: ReportRow | undefined = key === '' ? totals : rows.find((one) => one.key === key);
      return row === undefined ? undefined : columns.map((column) => row[column]);
    },
    async behind(name, key, column = 'meetings', asked) {
      const number = { key, column, offset: 0, limit: 100 };
      const behind: CountedMeetings | null = await meetingsBehind(
        db,
        workspaceId,
        found(name),
        given(asked),
        number,
        NOW,
      );
      return behind?.meetings.map(({ meetingId }) => meetingId) ?? null;
    },
  };
}
