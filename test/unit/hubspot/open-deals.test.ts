import { expect, test } from '@jest/globals';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import type { HubSpotAnswer, HubSpotRequest } from '../../../src/hubspot/client/transport';
import { openDealsPage } from '../../../src/hubspot/search/open-deals';

type Asked = Omit<HubSpotRequest, 'accessToken'>;

/** A portal that gives these answers one after the other, and what it was asked. */
function portalWith(...answers: readonly unknown[]) {
  const asked: Asked[] = [];
  const slots: string[] = [];
  const portal = {
    slot: (budget: string) => Promise.resolve(void slots.push(budget)),
    send: (request: Asked): Promise<HubSpotAnswer> => {
      const answer = answers[asked.push(request) - 1];
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve({ status: 200, headers: new Headers(), body: answer });
    },
  };
  return { portal, asked, slots };
}

const deal = (id: string, closed: string | null = 'false') => ({ id, properties: { hs_is_closed: closed } });
const found = (results: readonly unknown[], after?: string) => ({
  total: 9,
  results,
  ...(after === undefined ? {} : { paging: { next: { after } } }),
});
const refused = new HubSpotError('POST /crm/objects/deals/search', {
  status: 400,
  retryAfter: null,
  body: { status: 'error', message: 'no such filter', category: 'VALIDATION_ERROR' },
});
const begin = { form: 'search', after: null } as const;
const again = { form: 'pages', after: null };

test('each page is a search for higher ids, so that no search reaches its 10,000 results', async () => {
  const { portal, asked, slots } = portalWith(found([deal('7'), deal('10', null)], '200'), found([deal('12')]));
  const first = await openDealsPage(portal, begin);
  expect(first).toMatchObject({ deals: [{ id: '7' }, { id: '10' }], next: { form: 'search', after: '10' } });
  expect(await openDealsPage(portal, first.next ?? begin)).toMatchObject({ deals: [{ id: '12' }], next: null });
  const later = { propertyName: 'hs_object_id', operator: 'GT', value: '10' };
  expect(asked[1]?.json).toMatchObject({
    after: '0',
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    filterGroups: [
      { filters: [{ propertyName: 'hs_is_closed', operator: 'EQ', value: 'false' }, later] },
      { filters: [{ propertyName: 'hs_is_closed', operator: 'NOT_HAS_PROPERTY' }, later] },
    ],
  });
  expect(slots).toEqual(['search', 'search']);
});

test('an empty page that names a next one is not the end', async () => {
  const { portal, asked } = portalWith(found([], '200'), found([deal('7')]));
  expect(await openDealsPage(portal, begin)).toMatchObject({ deals: [{ id: '7' }], next: null });
  expect(asked.map(({ json }) => json)).toMatchObject([{ after: '0' }, { after: '200' }]);
});

test('deals that are closed or archived by now are left out', async () => {
  const hits = [deal('7', 'true'), { ...deal('8'), archived: true }, deal('9')];
  const { portal } = portalWith(found(hits));
  expect((await openDealsPage(portal, begin)).deals.map(({ id }) => id)).toEqual(['9']);
});

test.each([
  ['refuses the search', refused],
  ['ignores the order', found([deal('9'), deal('7')], '200')],
  ['compares ids as text', found([deal('100'), deal('99')], '200')],
  ['ignores the filter by id', found([deal('5'), deal('7')], '200')],
])('a HubSpot that %s is read with plain list reads, from the beginning', async (_, answer) => {
  const { portal } = portalWith(answer);
  expect(await openDealsPage(portal, { form: 'search', after: '6' })).toEqual({ deals: [], next: again });
});

test('plain list reads follow the cursor of HubSpot and keep the open deals', async () => {
  const page = { results: [deal('7'), deal('8', 'true')], paging: { next: { after: 'c2' } } };
  const { portal, asked, slots } = portalWith(page, { results: [deal('9')] });
  expect(await openDealsPage(portal, { form: 'pages', after: null })).toMatchObject({
    deals: [{ id: '7' }],
    next: { form: 'pages', after: 'c2' },
  });
  expect(await openDealsPage(portal, { form: 'pages', after: 'c2' })).toMatchObject({
    deals: [{ id: '9' }],
    next: null,
  });
  expect(asked.map(({ method, query }) => [method, query?.['after']])).toEqual([
    ['GET', undefined],
    ['GET', 'c2'],
  ]);
  expect(slots).toEqual(['requests', 'requests']);
});

test('other failures are passed on', async () => {
  const down = new HubSpotError('POST /search', { noAnswer: 'not_sent' });
  await expect(openDealsPage(portalWith(down).portal, begin)).rejects.toBe(down);
});
