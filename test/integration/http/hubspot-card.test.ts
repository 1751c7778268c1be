import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import answer from '../../../hubspot-app/src/app/cards/__tests__/answer.json';
import { signatureV3 } from '../../../sandbox/webhooks/signature';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import type { RecordRef } from '../../../src/meeting/linking/cascade';
import { deleteConnection, saveConnection } from '../../../src/store/connections/connections';
import { recordCreated } from '../../../src/store/engagements/ledger';
import { refuseLink, replaceLinks } from '../../../src/store/meetings/links';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { saveRecords, trackRecords, timeOfReading } from '../../../src/store/mirror/mirror';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

const PUBLIC_URL = 'https://meetings.northwind.example';
const PORTAL = 4_815_162;
const OTHER_PORTAL = 23_108_015;
const deal = { objectType: 'deals', id: '900' };
const contact = { objectType: 'contacts', id: '151' };

let stack: HttpStack;
let otherWorkspaceId: string;
beforeAll(async () => {
  stack = await startHttpStack({ publicUrl: PUBLIC_URL });
  otherWorkspaceId = (await createWorkspace(stack.product.db, 'Fabrikam')).workspaceId;
});
afterAll(() => stack.close());
beforeEach(async () => {
  const { db } = stack.product;
  await db.deleteFrom('meetings').execute();
  await db.deleteFrom('crm_records').execute();
  await connect(stack.workspaceId, PORTAL);
  await connect(otherWorkspaceId, OTHER_PORTAL);
});

async function connect(workspaceId: string, portalId: number): Promise<void> {
  await saveConnection(stack.product.db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'Europe/Madrid',
    accountType: 'STANDARD',
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1800 },
  });
}

/** A value that a meeting wrote to the deal, and two suggestions for it. */
async function storeValues(meetingId: string): Promise<void> {
  const { db } = stack.product;
  const at = { workspace_id: stack.workspaceId, portal_id: PORTAL, object_type: deal.objectType, record_id: deal.id };
  const step = { ...at, meeting_id: meetingId, property: 'hs_next_step', started_at: new Date() };
  const value = { value: 'Send the offer', fits: 'Send the offer', field: 'next_step', state: 'written' as const };
  await db
    .insertInto('field_candidates')
    .values({ ...step, ...value })
    .execute();
  await db
    .insertInto('field_writes')
    .values({ ...step, label: 'Next step', written_digest: 'x' })
    .execute();
  const suggested = { ...at, meeting_id: meetingId, field: 'amount', proposed: '7' };
  await db
    .insertInto('field_reviews')
    .values([
      { ...suggested, property: 'amount' },
      { ...suggested, property: 'closedate' },
      { ...suggested, property: 'dealtype', state: 'refused' },
    ])
    .execute();
}

/** Stores a meeting with this status and links to these records. */
async function stored(
  input: ProcessedMeetingInput,
  links: readonly RecordRef[],
  options: {
    status?: 'synced' | 'needs_attention' | 'skipped' | 'accepted';
    workspaceId?: string;
    portalId?: number;
    reason?: string;
  } = {},
): Promise<void> {
  const { status = 'synced', workspaceId = stack.workspaceId, portalId = PORTAL, reason } = options;
  const { db } = stack.product;
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(input) });
  const key = { workspaceId, meetingId: input.meetingId };
  await replaceLinks(
    db,
    key,
    portalId,
    links.map((link) => ({ ...link, via: 'participant', from: null })),
  );
  await db
    .updateTable('meetings')
    .set({
      status,
      portal_id: portalId,
      reason: reason === undefined ? null : JSON.stringify({ code: reason, message: 'x', action: 'y' }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', input.meetingId)
    .execute();
}

interface Asking {
  portalId?: number;
  objectTypeId?: string;
  recordId?: string;
  more?: string;
  secret?: string;
  age?: number;
  method?: 'GET' | 'POST';
  changed?: (path: string) => string;
}

/**
 * Sends the request as HubSpot's proxy does: it adds the user and the account to the card's URL, and signs the whole
 * URL.
 */
async function ask(options: Asking = {}) {
  const { portalId = PORTAL, objectTypeId = '0-3', recordId = deal.id, more = '' } = options;
  const path =
    `/hubspot/card?objectTypeId=${objectTypeId}&recordId=${recordId}${more}` +
    `&userId=71000101&portalId=${portalId}&userEmail=ana.ruiz%2Bsales%40northwind.example&appId=4242001`;
  const timestamp = Date.now() - (options.age ?? 0);
  const signature = signatureV3(options.secret ?? 'sandbox-secret', {
    method: 'GET',
    uri: `${PUBLIC_URL}${path}`,
    body: '',
    timestamp,
  });
  return await stack.app.inject({
    method: 'GET',
    url: options.changed?.(path) ?? path,
    headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': String(timestamp) },
  });
}

const titles = async (options: Asking = {}) =>
  (await ask(options)).json<{ meetings: { title: string }[] }>().meetings.map(({ title }) => title);

test('The newest meetings of the record, as the card reads them', async () => {
  await stored(
    meeting({
      meetingId: 'call:1',
      title: 'Acme <> Northwind: first call',
      recordingUrl: 'https://app.northwind.example/meetings/1',
      summary: null,
    }),
    [deal, contact],
    { status: 'needs_attention', reason: 'hubspot_rejected' },
  );
  await stored(
    meeting({
      meetingId: 'call:2',
      title: 'Acme <> Northwind: demo',
      startedAt: '2026-11-10T10:00:00+01:00',
      endedAt: '2026-11-10T11:00:00+01:00',
      recordingUrl: 'https://app.northwind.example/meetings/2',
      summary: {
        overview: 'Stays here.',
        aiScore: { value: 82, max: 100, label: 'Good demo' },
        topics: ['Budget & timing', 'Security', 'Rollout', 'Training', 'Support', 'Prices'].map((title) => ({
          title,
          detail: 'Stays here.',
        })),
        nextSteps: [
          { text: 'Prepare the offer', dueDate: '2099-12-31' },
          { text: 'Invite the team' },
          { text: 'Send the questionnaire', owner: 'Ana Ruiz', dueDate: '2020-01-02' },
        ],
      },
    }),
    [deal],
  );
  await stored(meeting({ meetingId: 'call:0', startedAt: '2026-10-01T10:00:00Z', endedAt: '2026-10-01T11:00:00Z' }), [
    deal,
  ]);
  await stored(meeting({ meetingId: 'call:3', title: 'Of another contact' }), [contact]);

  const key = { workspaceId: stack.workspaceId, meetingId: 'call:2', portalId: PORTAL, kind: 'summary' } as const;
  const url = 'https://app.hubspot.com/';
  const written = { objectType: 'meetings', hubspotId: '77', url, contentHash: 'x', associations: [] } as const;
  await recordCreated(stack.product.db, key, written);

  await storeValues('call:1');

  const response = await ask({ more: '&limit=2' });
  expect([response.statusCode, response.json()]).toEqual([200, answer]);
  expect(await titles({ objectTypeId: '0-1', recordId: contact.id })).toEqual([
    'Of another contact',
    'Acme <> Northwind: first call',
  ]);
});

test('Only requests that HubSpot signed with this app’s secret within five minutes are answered', async () => {
  await stored(meeting({ meetingId: 'm1' }), [deal]);
  expect((await ask()).statusCode).toBe(200);
  expect((await ask({ age: 290_000 })).statusCode).toBe(200);
  const refused: [string, Asking][] = [
    ['another secret', { secret: 'another-secret' }],
    ['older than five minutes', { age: 301_000 }],
    ['another portal than was signed', { changed: (path) => path.replace(String(PORTAL), String(OTHER_PORTAL)) }],
    ['another record than was signed', { changed: (path) => path.replace('recordId=900', 'recordId=901') }],
    ['one parameter more than was signed', { changed: (path) => `${path}&portalId=${OTHER_PORTAL}` }],
    ['bad input, not signed', { secret: 'another-secret', recordId: 'x' }],
  ];
  for (const [what, asking] of refused) {
    // oxlint-disable-next-line no-await-in-loop -- few
    const response = await ask(asking);
    expect([what, response.statusCode, response.json<{ type: string }>().type]).toEqual([
      what,
      401,
      `${PUBLIC_URL}/api/problems#bad-signature`,
    ]);
  }
  const unsigned = await stack.app.inject({
    method: 'GET',
    url: `/hubspot/card?portalId=${PORTAL}&objectTypeId=0-3&recordId=900`,
  });
  expect(unsigned.statusCode).toBe(401);
  // An API key only opens the API.
  expect((await stack.call('GET', `/hubspot/card?portalId=${PORTAL}&objectTypeId=0-3&recordId=900`)).statusCode).toBe(
    401,
  );
});

test('A portalId that the card itself sent does not count, at any position', async () => {
  await stored(meeting({ meetingId: 'm1' }), [deal], { workspaceId: otherWorkspaceId, portalId: OTHER_PORTAL });
  const response = await ask({ more: `&portalId=${OTHER_PORTAL}` });
  expect([response.statusCode, response.json()]).toMatchObject([400, { errors: [{ path: 'portalId' }] }]);
});

test.each([
  ['objectTypeId', { objectTypeId: '2-77' }],
  ['objectTypeId', { objectTypeId: 'contacts' }],
  ['recordId', { recordId: '900%20or%201' }],
  ['recordId', { recordId: '' }],
  ['limit', { more: '&limit=11' }],
  ['limit', { more: '&limit=x' }],
])('Invalid input names its field: %s', async (path, asking) => {
  const response = await ask(asking);
  expect([response.statusCode, response.json()]).toMatchObject([400, { errors: [{ path }] }]);
});

test('No meeting of another workspace shows, not even of one that had this account before', async () => {
  await stored(meeting({ meetingId: 'm1', title: 'Ours' }), [deal]);
  await stored(meeting({ meetingId: 'm1', title: 'Theirs' }), [deal], {
    workspaceId: otherWorkspaceId,
    portalId: OTHER_PORTAL,
  });
  await stored(meeting({ meetingId: 'm2', title: 'Theirs, from when the account was theirs' }), [deal], {
    workspaceId: otherWorkspaceId,
  });
  expect(await titles()).toEqual(['Ours']);
  expect(await titles({ portalId: OTHER_PORTAL })).toEqual(['Theirs']);
});

test('A record without meetings, and an unknown record', async () => {
  await stored(meeting({ meetingId: 'm1' }), [deal]);
  expect((await ask({ recordId: '901' })).json()).toMatchObject({ state: 'connected', meetings: [], total: 0 });
  // A contact with the same id is another record.
  expect((await ask({ objectTypeId: '0-1' })).json()).toMatchObject({ meetings: [], total: 0 });
});

test('An account that is not connected, and one that needs to be connected again', async () => {
  await stored(meeting({ meetingId: 'm1' }), [deal]);
  expect((await ask({ portalId: 99 })).json()).toEqual({
    state: 'not_connected',
    settingsUrl: `${PUBLIC_URL}/settings/integrations`,
  });
  await stack.product.db
    .updateTable('connections')
    .set({ state: 'reauthorize' })
    .where('portal_id', '=', PORTAL)
    .execute();
  expect((await ask()).json()).toMatchObject({ state: 'reauthorize', total: 1 });
  await deleteConnection(stack.product.db, stack.workspaceId);
  expect((await ask()).json()).toMatchObject({ state: 'not_connected' });
});

test('Private, excluded and erased meetings, and refused links, do not show', async () => {
  const { db } = stack.product;
  const { workspaceId } = stack;
  await stored(meeting({ meetingId: 'shown', title: 'Shown' }), [deal]);
  // Linked before it became private. The sync that removes the links has not ended yet.
  await stored(meeting({ meetingId: 'private', private: true }), [deal], { status: 'accepted' });
  await stored(meeting({ meetingId: 'excluded' }), [deal], { status: 'skipped', reason: 'meeting_excluded' });
  await stored(meeting({ meetingId: 'erasing' }), [deal]);
  await requestDeletion(db, workspaceId, 'erasing');
  await stored(meeting({ meetingId: 'refused' }), [deal]);
  await refuseLink(db, { workspaceId, meetingId: 'refused' }, PORTAL, deal, 'limit reached');
  expect((await ask()).json()).toMatchObject({ meetings: [{ title: 'Shown' }], total: 1 });
});

test('A merged record shows the meetings of all its records, each once', async () => {
  const { db } = stack.product;
  const ref = (id: string) => ({ objectType: 'deals', id });
  await trackRecords(db, PORTAL, ['900', '901', '950', '990'].map(ref));
  // 900 and 901 became 950, and 950 was merged into 990.
  const read = [
    { ref: ref('900'), properties: {}, mergedInto: '950' },
    { ref: ref('901'), properties: {}, mergedInto: '950' },
    { ref: ref('950'), properties: {}, mergedInto: '990' },
    { ref: ref('990'), properties: {}, mergedInto: null },
  ];
  await saveRecords(db, PORTAL, read, await timeOfReading(db));
  await stored(meeting({ meetingId: 'm1', title: 'Old id' }), [ref('901')]);
  await stored(meeting({ meetingId: 'm2', title: 'Both ids' }), [ref('900'), ref('990')]);
  await stored(meeting({ meetingId: 'm3', title: 'Another deal' }), [ref('777')]);
  for (const recordId of ['900', '901', '950', '990']) {
    // oxlint-disable-next-line no-await-in-loop -- few
    expect((await titles({ recordId })).toSorted()).toEqual(['Both ids', 'Old id']);
  }
  expect((await ask({ recordId: '990' })).json()).toMatchObject({ total: 2 });
});

test('The largest meeting leaves a small response', async () => {
  const long = 'x'.repeat(100_000);
  await stored(
    meeting({
      meetingId: 'm1',
      summary: {
        topics: Array.from({ length: 50 }, () => ({ title: 'y'.repeat(1_000), detail: long.slice(0, 10_000) })),
        nextSteps: Array.from({ length: 40 }, () => ({ text: long })),
      },
    }),
    [deal],
  );
  const response = await ask();
  expect(response.json()).toMatchObject({ meetings: [{ topicCount: 50, nextStepCount: 40 }] });
  expect(response.body.length).toBeLessThan(10_000);
});
