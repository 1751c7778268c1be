import { z } from 'zod';
import type { Cell, ReportRow } from '../../../analytics/report';
import { runReport } from '../../../analytics/run';
import { silentDeals } from '../../../analytics/silent';
import { findConnection } from '../../../store/connections/connections';
import { filterFields, MOST_ROWS } from '../../analytics-query';
import { outsideOrNull, outsideText } from '../outside-text';
import { cursorAt, cursorInput, limitInput, placeAt, withinLimit } from '../paging';
import { record, SHORT, showRecord, type RecordWords } from '../shown';
import { defineTool, reading } from '../tool';

const LIST = 'deals';

const deal = record.extend({
  pipeline: outsideText.nullable(),
  stage: outsideText.nullable(),
  amount: z.number().nullable(),
  currency: outsideText.nullable(),
  owner: outsideText.nullable(),
  lastMeetingOn: z.string().nullable().meta({ description: 'Null if it never had a meeting' }),
  daysWithout: z.number().nullable().meta({ description: 'Since the last meeting, or since the deal was created' }),
  meetings: z.number().int(),
});

/** Lists the open deals without a recent meeting, as the report "Deals going quiet" does. */
export const listDealsWithoutMeeting = defineTool({
  name: 'list_deals_without_meeting',
  title: 'Deals without a meeting',
  description:
    'Lists open HubSpot deals that had no meeting for some days, or never had one, the longest wait first. The notes say how complete the list is. With `host` or `company`, only deals that had a matching meeting.',
  scope: 'read',
  annotations: reading({ openWorld: false }),
  input: z.strictObject({
    days: z
      .int({ error: 'must be a whole number of days from 1 to 3,650' })
      .min(1, { error: 'must be a whole number of days from 1 to 3,650' })
      .max(3_650, { error: 'must be a whole number of days from 1 to 3,650' })
      .default(30)
      .meta({ description: 'Without a meeting for at least so many days' }),
    pipeline: filterFields.pipeline.meta({ description: 'Only deals in this pipeline: its HubSpot id' }),
    stage: filterFields.stage.meta({ description: 'Only deals in this stage: its HubSpot id' }),
    host: filterFields.owner.meta({ description: "The e-mail address of a meeting's host" }),
    company: filterFields.company.meta({ description: 'The HubSpot id of a company' }),
    limit: limitInput(50, 20),
    cursor: cursorInput,
  }),
  output: z.object({
    total: z.number().int(),
    neverMet: z.number().int().meta({ description: 'Of these, deals that never had a meeting' }),
    deals: z.array(deal),
    notes: z.array(z.string()),
    nextCursor: z.string().nullable(),
  }),
  async run({ deps: { db }, workspaceId }, { days, pipeline, stage, host, company, limit, cursor }) {
    const offset = cursor === undefined ? 0 : placeAt(cursor, [LIST]).offset;
    const connection = await findConnection(db, workspaceId);
    const filters = { pipeline, stage, owner: host, company };
    return await withinLimit(limit, async (most) => {
      const rowLimit = Math.min(offset + most, MOST_ROWS);
      const { rows, totals, notes } = await runReport(db, workspaceId, silentDeals, {
        filters,
        options: { days, limit: rowLimit },
      });
      const total = numberIn(totals?.['deals']) ?? 0;
      const page = rows.slice(offset);
      const next = offset + page.length;
      return {
        total,
        neverMet: numberIn(totals?.['neverMet']) ?? 0,
        deals: page.map((row) => showDeal(row, connection)),
        notes: [...notes],
        nextCursor: page.length > 0 && next < total ? cursorAt({ list: LIST, offset: next, version: '' }) : null,
      };
    });
  },
});

function showDeal(row: ReportRow, connection: RecordWords['connection']): z.input<typeof deal> {
  const text = (cell: Cell | undefined) => outsideOrNull(typeof cell === 'string' ? cell : null, SHORT);
  return {
    ...showRecord({ objectType: 'deals', id: row.key }, { connection, names: new Map() }),
    name: text(row['deal']),
    pipeline: text(row['pipeline']),
    stage: text(row['stage']),
    amount: numberIn(row['amount']),
    currency: text(row['currency']),
    owner: text(row['owner']),
    lastMeetingOn: typeof row['lastMeeting'] === 'string' ? row['lastMeeting'] : null,
    daysWithout: numberIn(row['daysSilent']),
    meetings: numberIn(row['meetings']) ?? 0,
  };
}

function numberIn(cell: Cell | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}
