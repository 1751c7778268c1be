import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reports } from '../../../src/analytics/reports';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { useDatabase } from '../../support/use-database';
import { makeUpSales } from '../../../bench/parts/made-up-sales';
import { checkReports } from './analytics/check';
import { expected } from './analytics/expected';
import { connect, putMeeting, putRecords } from './analytics/store';
import { filters, options, world } from './analytics/world';

const { db } = useDatabase();

let portals = 1_000;

/** A generated world with its own workspace and account. Earlier worlds stay stored, and no report may include them. */
async function put(made: typeof world extends fc.Arbitrary<infer World> ? World : never) {
  const [portalId, formerPortalId] = [(portals += 1), (portals += 1)];
  const { workspaceId } = await createWorkspace(db, `World ${portalId}`);
  const elsewhere = await createWorkspace(db, `Elsewhere ${portalId}`);
  await connect(db, { workspaceId, portalId, timeZone: made.timeZone });
  await putRecords(db, portalId, made.records);
  await putRecords(
    db,
    formerPortalId,
    made.records.map((record) => ({ ...record, properties: { dealname: 'Former' } })),
  );
  const where = { workspaceId, portalId, formerPortalId };
  for (const [index, one] of made.meetings.entries())
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await putMeeting(db, where, { ...one, body: { ...one.body, meetingId: `m-${index}` } });
  for (const [index, one] of made.elsewhere.entries())
    // oxlint-disable-next-line no-await-in-loop -- as above
    await putMeeting(
      db,
      { ...where, workspaceId: elsewhere.workspaceId },
      {
        ...one,
        body: { ...one.body, meetingId: `m-${index}` },
      },
    );
  return workspaceId;
}

test('the oracle covers every report', () => {
  expect(Object.keys(expected)).toEqual(reports.map(({ name }) => name));
});

test('every number and the meetings behind it match the raw tables, for random data and filters', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      options,
      fc.array(fc.tuple(filters, options), { minLength: 2, maxLength: 2 }),
      async (made, unfiltered, filtered) => {
        const workspaceId = await put(made);
        for (const [given, chosen] of [[{}, unfiltered], ...filtered] as const)
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await checkReports(db, { workspaceId, now: made.now, filters: given, options: chosen });
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
  // About 200 reports, which take minutes on a busy machine.
}, 1_200_000);

test('every number of a generated sales team matches the raw tables', async () => {
  const { workspaceId } = await createWorkspace(db, 'Team');
  await makeUpSales(db, { workspaceId, portalId: 4_815_162, meetings: 600, deals: 150 });
  const unfiltered = { interval: 'week', by: 'stage', days: 30, due: 'all', limit: 100 } as const;
  for (const asked of [{}, { pipeline: 'p1' }, { owner: 'host7@northwind.example' }, { company: '3' }])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await checkReports(db, { workspaceId, now: new Date(), filters: asked, options: unfiltered }, { behind: false });
});
