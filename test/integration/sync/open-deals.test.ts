import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readOpenDeals } from '../../../src/activities/open-deals';
import { findReport } from '../../../src/analytics/reports';
import { runReport } from '../../../src/analytics/run';
import { REQUIRED_SCOPES } from '../../../src/hubspot/client/oauth';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const AFTER_A_MONTH = new Date(Date.now() + 40 * 86_400_000);

/** Deals going quiet, and the notes of the report. */
async function quiet(): Promise<{ deals: [unknown, unknown][]; notes: string }> {
  const report = findReport('silent-deals');
  if (report === undefined) throw new Error('no report');
  const asked = { filters: {}, options: { limit: 1_000 } };
  const { rows, notes } = await runReport(stack.product.db, stack.workspaceId, report, asked, AFTER_A_MONTH);
  const byName = rows.toSorted((a, b) => String(a['deal']).localeCompare(String(b['deal'])));
  return { deals: byName.map((row) => [row['deal'], row['meetings']]), notes: notes.join(' ') };
}

const create = (dealname: string, dealstage: string, more: Record<string, string> = {}) =>
  stack.sandbox.crm.create('deals', { dealname, pipeline: 'default', dealstage, ...more });
const mirrored = async () =>
  (
    await stack.product.db
      .selectFrom('crm_records')
      .select('record_id')
      .where('portal_id', '=', stack.portalId)
      .where('object_type', '=', 'deals')
      .execute()
  ).length;

test('open deals that never had a meeting go quiet too, and leave the mirror once they are closed', async () => {
  const { crm } = stack.sandbox;
  await stack.connect();
  expect((await quiet()).notes).toMatch('missing until the next nightly comparison');
  const [met, never, closedLater] = [
    create('Met', 'qualifiedtobuy'),
    create('Never met', 'qualifiedtobuy', { amount: '1200', deal_currency_code: 'EUR' }),
    create('Closed later', 'qualifiedtobuy'),
  ];
  create('Won long ago', 'closedwon');
  const contact = crm.create('contacts', { email: 'marc.serra@acme.example' });
  crm.associate('contacts', contact.id, 'deals', met.id);
  await stack.sync(
    meeting({ meetingId: 'm1', startedAt: new Date().toISOString(), endedAt: new Date().toISOString() }),
  );

  await stack.reconcile();
  const { deals, notes } = await quiet();
  expect(deals).toEqual([
    ['Closed later', 0],
    ['Met', 1],
    ['Never met', 0],
  ]);
  expect(notes).toMatch(/are included, as of the comparison with HubSpot on \d{4}-\d\d-\d\d/);
  expect(
    stack.sandbox.requests.list({ method: 'POST' }).filter(({ path }) => path.endsWith('/deals/search')),
  ).toHaveLength(1);

  crm.update('deals', closedLater.id, { dealstage: 'closedlost' });
  // A deal of the list that gets a meeting is a record like any other of a meeting.
  crm.associate('contacts', contact.id, 'deals', never.id);
  await stack.resync('m1');
  await stack.reconcile();
  expect((await quiet()).deals).toEqual([
    ['Met', 1],
    ['Never met', 1],
  ]);
  expect(await mirrored()).toBe(2);
  const kept = stack.product.db.selectFrom('crm_records').select('listed_at').where('record_id', '=', never.id);
  expect(await kept.executeTakeFirst()).toEqual({ listed_at: null });
});

test('a list that is too long for one night continues the next night, within its calls', async () => {
  await stack.connect();
  for (let deal = 0; deal < 450; deal += 1) create(`Deal ${deal}`, 'qualifiedtobuy');
  const read = readOpenDeals(stack.product, { mostCalls: 1 });
  const night = async (id: string) => await read({ workspaceId: stack.workspaceId, reconciliationId: id });
  expect(await night('first')).toEqual({ complete: false });
  // A repeated attempt of the same night has no calls left.
  expect(await night('first')).toEqual({ complete: false });
  expect(await mirrored()).toBe(200);
  expect((await quiet()).notes).toMatch('are still being read, some each night');
  expect(await night('second')).toEqual({ complete: false });
  expect(await night('third')).toEqual({ complete: true });
  expect((await quiet()).deals).toHaveLength(450);
  expect(stack.sandbox.requests.list().filter(({ path }) => path.endsWith('/deals/search'))).toHaveLength(3);
});

test('a search that HubSpot refuses is replaced by plain list reads', async () => {
  await stack.connect();
  create('Open', 'qualifiedtobuy');
  create('Won', 'closedwon');
  const refusal = { kind: 'status', status: 400 } as const;
  stack.sandbox.faults.add({ match: { path: '/deals/search' }, action: refusal });
  await stack.reconcile();
  expect((await quiet()).deals).toEqual([['Open', 0]]);
});

test('an account that does not let the app read deals is skipped, and the report says so', async () => {
  await stack.connect({ scopes: REQUIRED_SCOPES.filter((scope) => !scope.startsWith('crm.objects.deals')) });
  create('Open', 'qualifiedtobuy');
  await stack.reconcile();
  expect(await quiet()).toMatchObject({
    deals: [],
    notes: expect.stringMatching('does not let this app list the deals'),
  });
  expect(stack.sandbox.requests.list().filter(({ path }) => path.endsWith('/deals/search'))).toEqual([]);
});
