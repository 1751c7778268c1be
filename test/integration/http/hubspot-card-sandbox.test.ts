import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { saveConnection } from '../../../src/store/connections/connections';
import { replaceLinks } from '../../../src/store/meetings/links';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
let portalId: number;
beforeAll(async () => {
  stack = await startHttpStack({ listen: true });
  portalId = stack.sandbox.portals.list()[0]?.id ?? 0;
});
// A card can only call the app's server where the app is installed.
beforeEach(() => stack.sandbox.tokens.uninstall(portalId));
afterAll(() => stack.close());

/** The response that the card in the sandbox's account gets when it fetches this path of the server. */
async function fetchFromCard(
  path: string,
  sent: { method?: string; body?: unknown } = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${stack.sandbox.url}/sandbox/api/portals/${portalId}/ui-extension-fetch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      url: `${stack.config.publicUrl}${path}`,
      userEmail: 'ana+sales@northwind.example',
      ...sent,
    }),
  });
  return { status: response.status, body: await response.json() };
}

test('The card in the sandbox gets the meetings of the record, only from its own account', async () => {
  const { db } = stack.product;
  const { workspaceId } = stack;
  const contact = stack.sandbox.crm.list('contacts')[0]?.id ?? '';
  const card = `/hubspot/card?objectTypeId=0-1&recordId=${contact}`;
  expect(await fetchFromCard(card)).toMatchObject({ status: 403 });

  const issued = stack.sandbox.tokens.issue({ portalId });
  expect(await fetchFromCard(card)).toMatchObject({ status: 200, body: { state: 'not_connected' } });

  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'Europe/Madrid',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: issued.grant.scopes,
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1800 },
  });
  const posted = processedMeetingSchema.parse(meeting({ meetingId: 'm1' }));
  await acceptMeeting(db, { workspaceId, meeting: posted });
  await replaceLinks(db, { workspaceId, meetingId: 'm1' }, portalId, [
    { objectType: 'contacts', id: contact, via: 'participant', from: null },
  ]);
  expect(await fetchFromCard(card)).toMatchObject({
    status: 200,
    body: { state: 'connected', total: 1, meetings: [{ title: posted.title, score: { value: 82 } }] },
  });

  // A person can modify the card in their browser, and HubSpot signs that request too.
  expect(await fetchFromCard(`${card}&portalId=1`)).toMatchObject({
    status: 502,
    body: { context: { appServerStatusCode: ['400'] }, responseBody: { errors: [{ path: 'portalId' }] } },
  });
});

test('A request of a card to the webhook address is not accepted as a webhook, with any body', async () => {
  stack.sandbox.tokens.issue({ portalId });
  const forged = { eventId: 1, portalId: 23_108_015, subscriptionType: 'contact.privacyDeletion', objectId: 151 };
  for (const path of ['/webhooks/hubspot', '/webhooks/hubspot?', '/webhooks/hubspot/', '/webhooks/hubspot?x=1']) {
    for (const body of [forged, [forged]]) {
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await fetchFromCard(path, { method: 'POST', body })).toMatchObject({
        status: 502,
        body: { context: { appServerStatusCode: ['404'] } },
      });
    }
  }
  expect(await stack.product.db.selectFrom('crm_events').selectAll().execute()).toEqual([]);
  expect(stack.woken).toEqual([]);
});

test('A card can only read, with GET', async () => {
  stack.sandbox.tokens.issue({ portalId });
  const card = '/hubspot/card?objectTypeId=0-1&recordId=1';
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    // oxlint-disable-next-line no-await-in-loop -- few
    expect(await fetchFromCard(card, { method, body: {} })).toMatchObject({
      body: { context: { appServerStatusCode: ['405'] } },
    });
  }
});
