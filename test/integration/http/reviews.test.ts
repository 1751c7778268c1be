import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import type { ReviewPage } from '../../../src/store/fields/review-lists';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
  await stack.product.db
    .insertInto('field_reviews')
    .values(
      [1, 2, 3, 4, 5].map((number) => ({
        workspace_id: stack.workspaceId,
        portal_id: 1,
        object_type: number === 5 ? 'deals' : 'contacts',
        record_id: String(number),
        meeting_id: `meeting-${number}`,
        property: number === 5 ? 'hs_next_step' : 'jobtitle',
        field: number === 5 ? 'next_step' : 'role',
        proposed: `Value ${number}`,
        created_at: `2026-11-06T10:00:0${number}Z`,
      })),
    )
    .execute();
});
afterAll(() => stack.close());

const listed = async (query: string) => {
  const answer = await stack.call('GET', `/api/v1/reviews${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<ReviewPage>();
};
const proposals = ({ reviews }: ReviewPage) => reviews.map(({ proposed }) => proposed);

test('reviews are paged, the newest first', async () => {
  const first = await listed('?status=open&limit=2');
  expect(proposals(first)).toEqual(['Value 5', 'Value 4']);
  expect(first.previousCursor).toBeNull();
  const second = await listed(`?status=open&limit=2&cursor=${first.nextCursor}`);
  expect(proposals(second)).toEqual(['Value 3', 'Value 2']);
  const third = await listed(`?status=open&limit=2&cursor=${second.nextCursor}`);
  expect(third).toMatchObject({ reviews: [{ proposed: 'Value 1' }], nextCursor: null });
  expect(proposals(await listed(`?status=open&limit=2&cursor=${third.previousCursor}`))).toEqual([
    'Value 3',
    'Value 2',
  ]);
});

test.each([
  ['?objectType=deals', ['Value 5']],
  ['?field=role&limit=1', ['Value 4']],
  ['?meetingId=meeting-2', ['Value 2']],
  ['?record=contacts/3', ['Value 3']],
  ['?status=ended', []],
])('filters %s', async (query, expected) => {
  expect(proposals(await listed(query))).toEqual(expected);
});

test.each([
  ['?status=pending', 'status'],
  ['?cursor=none', 'cursor'],
  ['?record=deal', 'record'],
  ['?field=Role', 'field'],
  ['?unknown=1', 'unknown'],
])('refuses %s', async (query, path) => {
  const answer = await stack.call('GET', `/api/v1/reviews${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: { path: string }[] }>().errors[0]?.path).toBe(path);
});

test('a decision names what is wrong with it, and is made once', async () => {
  const id = (await listed('?record=contacts/1')).reviews[0]?.id ?? '';
  const post = (body: unknown, which = id) => stack.call('POST', `/api/v1/reviews/${which}`, body);
  for (const [body, path] of [
    [{ decision: 'maybe' }, 'decision'],
    [{ decision: 'refuse', value: 'A' }, 'value'],
    [{ decision: 'accept', value: null }, 'value'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const answer = await post(body);
    expect([answer.statusCode, answer.json<{ errors: { path: string }[] }>().errors[0]?.path]).toEqual([400, path]);
  }
  expect((await post({ decision: 'refuse' }, 'unknown')).statusCode).toBe(404);
  const other = await createWorkspace(stack.product.db, 'Other');
  const foreign = await stack.call('POST', `/api/v1/reviews/${id}`, { decision: 'refuse' }, other.apiKey);
  expect(foreign.statusCode).toBe(404);
  // No account is connected.
  expect((await post({ decision: 'accept' })).json()).toMatchObject({ status: 409 });
  expect((await post({ decision: 'refuse' })).json()).toMatchObject({ status: 'refused', value: null });
  const again = await post({ decision: 'accept' });
  expect(again.statusCode).toBe(409);
  expect(again.json<{ detail: string }>().detail).toMatch(/^The suggestion was refused by API key ".*" at /);
  expect((await stack.call('GET', `/api/v1/reviews/${id}`)).json()).toMatchObject({ status: 'refused' });
});
