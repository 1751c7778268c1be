import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../sandbox/http/faults';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import type { ReviewDocument } from '../../../src/meeting/fields/review';
import { decideReview, type ReviewDecision } from '../../../src/http/reviews';
import { ProblemError } from '../../../src/http/plumbing/problems';
import { InvalidInputError } from '../../../src/http/plumbing/validation';
import { endReviewsOfOtherAccounts } from '../../../src/store/fields/reviews';
import { listReviews, type ReviewFilters } from '../../../src/store/fields/review-lists';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let contactId: string;
let person = 0;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  person += 1;
  contactId = stack.sandbox.crm.create('contacts', { email: `r${person}@acme.example`, jobtitle: 'Director' }).id;
  await map(REVIEWED);
});
afterAll(() => stack.close());

const reviewed = (
  field: string,
  property: string,
  policy: FieldMapping['policy'] = 'review',
  objectType = 'contacts',
): FieldMapping => ({ field, objectType, property, policy });
const REVIEWED = [reviewed('role', 'jobtitle')];
const map = (fieldMappings: FieldMapping[]) =>
  changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
const inHubSpot = (property = 'jobtitle') => stack.sandbox.crm.get('contacts', contactId)?.properties[property];
const edit = (properties: Record<string, string>) => stack.sandbox.crm.update('contacts', contactId, properties);
const idOf = (name: string) => `${name}-${person}`;

const suggesting = (name: string, day: number, value: string, key = 'role') =>
  stack.sync({
    ...meeting({
      meetingId: idOf(name),
      startedAt: `2026-11-0${day}T10:00:00Z`,
      endedAt: `2026-11-0${day}T11:00:00Z`,
      participants: [{ email: `r${person}@acme.example`, name: 'Marc Serra' }],
    }),
    recordingUrl: 'https://app.northwind.example/meetings/1',
    fields: [{ key, value, quote: 'I lead the team now.', startSeconds: 312 }],
  });

async function reviews(filters: ReviewFilters = {}): Promise<readonly ReviewDocument[]> {
  const record = { objectType: 'contacts', id: contactId };
  const page = await listReviews(stack.product.db, stack.workspaceId, { record, ...filters }, { limit: 50 });
  return page.reviews;
}

async function open(): Promise<ReviewDocument> {
  const [review, ...more] = await reviews({ status: 'open' });
  expect(more).toEqual([]);
  if (review === undefined) throw new Error('no suggestion is open');
  return review;
}

const decide = (id: string, decision: ReviewDecision['decision'], value?: ReviewDecision['value']) =>
  decideReview(
    { ...stack.product, starter: stack.starter },
    { workspaceId: stack.workspaceId, id, decision, value, actor: { ...TEST_ACTOR, label: 'API key "test"' } },
  );

async function eventually<Found>(what: string, read: () => Promise<Found | undefined>): Promise<Found> {
  for (let tries = 0; tries < 300; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    const found = await read();
    if (found !== undefined) return found;
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(50);
  }
  throw new Error(`${what} did not happen`);
}

const reviewThat = (what: string, is: (review: ReviewDocument) => boolean) =>
  eventually(what, async () => (await reviews()).find(is));
const written = (name: string) =>
  reviewThat('the write', ({ meetingId, writtenAt }) => meetingId === idOf(name) && writtenAt !== null);

const stateOf = async (name: string) => (await stack.status(idOf(name))).fields[0];

test('a suggestion waits with what HubSpot has, and is written once it is accepted', async () => {
  await suggesting('m', 3, 'VP Sales');
  expect(inHubSpot()).toBe('Director');
  const review = await open();
  expect(review).toMatchObject({
    meetingId: idOf('m'),
    field: 'role',
    recordId: contactId,
    property: 'jobtitle',
    label: 'Job title',
    present: 'Director',
    proposed: 'VP Sales',
    quote: 'I lead the team now.',
    recordingUrl: 'https://app.northwind.example/meetings/1#t=312',
    writtenAt: null,
  });
  expect(await stateOf('m')).toMatchObject({ state: 'review', value: 'VP Sales', before: 'Director' });
  expect(await decide(review.id, 'accept')).toMatchObject({ status: 'accepted', decidedBy: 'API key "test"' });
  expect(await written('m')).toMatchObject({ value: null });
  expect(inHubSpot()).toBe('VP Sales');
  expect(await stateOf('m')).toMatchObject({ state: 'written', value: 'VP Sales', before: 'Director' });
  await stack.resync(idOf('m'));
  expect(await reviews({ status: 'open' })).toEqual([]);
});

test('an edited value is checked against the property, and written in its form', async () => {
  await map([reviewed('status', 'hs_lead_status')]);
  await suggesting('m', 3, 'open', 'status');
  const { id } = await open();
  await expect(decide(id, 'accept', 'no such option')).rejects.toMatchObject({
    errors: [{ path: 'value', message: expect.stringContaining('has no option “no such option”') }],
  });
  await expect(decide(id, 'accept', '')).rejects.toBeInstanceOf(InvalidInputError);
  await decide(id, 'accept', 'In progress');
  expect(await written('m')).toMatchObject({ proposed: 'OPEN', value: 'IN_PROGRESS' });
  expect(inHubSpot('hs_lead_status')).toBe('IN_PROGRESS');
  expect(await stateOf('m')).toMatchObject({ state: 'written', value: 'IN_PROGRESS' });
});

test('a refused suggestion changes nothing and does not come back', async () => {
  await suggesting('m', 3, 'VP Sales');
  await decide((await open()).id, 'refuse');
  expect(await stateOf('m')).toMatchObject({ state: 'refused', reason: 'A person refused this suggestion.' });
  await stack.resync(idOf('m'));
  expect(await reviews({ status: 'open' })).toEqual([]);
  expect(await stateOf('m')).toMatchObject({ state: 'refused' });
  expect(inHubSpot()).toBe('Director');
});

test('of decisions at the same time one wins, and the others learn of it', async () => {
  await suggesting('m', 3, 'VP Sales');
  const { id } = await open();
  const outcomes = await Promise.allSettled([
    decide(id, 'refuse'),
    decide(id, 'accept'),
    decide(id, 'refuse'),
    decide(id, 'accept', 'CEO'),
  ]);
  const lost = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(lost).toHaveLength(3);
  for (const error of lost) expect(error).toMatchObject({ code: 'review-decided' });
  await expect(decide(id, 'refuse')).rejects.toThrow(/^The suggestion was (accepted|refused) by API key "test" at /);
});

test('what a person changed in HubSpot meanwhile is shown first', async () => {
  await suggesting('m', 3, 'VP Sales');
  const { id } = await open();
  edit({ jobtitle: 'Founder' });
  const changed = decide(id, 'accept');
  await expect(changed).rejects.toBeInstanceOf(ProblemError);
  await expect(changed).rejects.toThrow('“Job title” is “Founder” in HubSpot by now, not “Director”.');
  expect(await open()).toMatchObject({ id, present: 'Founder' });
  await decide(id, 'accept');
  await written('m');
  expect(inHubSpot()).toBe('VP Sales');
});

test('a value that a person changes after the acceptance stays, and the suggestion is open again', async () => {
  await suggesting('m', 3, 'VP Sales');
  const { id } = await open();
  await decideReview(
    { ...stack.product, starter: { start: async () => undefined } },
    { workspaceId: stack.workspaceId, id, decision: 'accept', actor: TEST_ACTOR },
  );
  edit({ jobtitle: 'Founder' });
  await stack.starter.start(stack.workspaceId, idOf('m'));
  await reviewThat('the reopening', ({ reason }) => reason !== null);
  expect(await open()).toMatchObject({
    id,
    present: 'Founder',
    reason: 'HubSpot’s value changed before the accepted one was written.',
  });
  expect(inHubSpot()).toBe('Founder');
});

const updates = { method: 'POST', pattern: '/contacts/batch/update$' };
test.each<[string, Fault]>([
  ['applied, then cut', { match: updates, times: 1, action: { kind: 'apply-then-cut' } }],
  ['applied, then 500', { match: updates, times: 1, action: { kind: 'apply-then-500' } }],
  ['not applied', { match: updates, times: 1, action: { kind: 'cut' } }],
])('after a lost answer the accepted value is written once: %s', async (_name, fault) => {
  await suggesting('m', 3, 'VP Sales');
  stack.sandbox.faults.add(fault);
  await decide((await open()).id, 'accept');
  await written('m');
  expect(inHubSpot()).toBe('VP Sales');
  edit({ jobtitle: 'Founder' });
  await stack.resync(idOf('m'));
  expect(inHubSpot()).toBe('Founder');
  expect(await stateOf('m')).toMatchObject({ state: 'kept' });
});

test('the suggestion of a newer meeting replaces an older one, also after that was accepted', async () => {
  await suggesting('new', 5, 'CEO');
  await suggesting('old', 4, 'VP Sales');
  expect(await open()).toMatchObject({ meetingId: idOf('new') });
  await suggesting('newest', 6, 'Founder');
  expect(await open()).toMatchObject({ meetingId: idOf('newest') });
  expect(await reviews({ meetingId: idOf('new') })).toMatchObject([
    { status: 'replaced', reason: 'A newer meeting suggests another value.' },
  ]);
  await decide((await open()).id, 'accept');
  await written('newest');
  await suggesting('last', 7, 'Chair');
  expect(await open()).toMatchObject({ meetingId: idOf('last'), present: 'Founder' });
  expect(inHubSpot()).toBe('Founder');
});

test('a value that HubSpot refuses ends the suggestion with HubSpot’s sentence', async () => {
  await suggesting('m', 3, 'VP Sales');
  stack.sandbox.faults.add({
    match: { pattern: '/contacts/', body: 'VP Sales' },
    action: {
      kind: 'status',
      status: 400,
      body: {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message: 'Property values were not valid',
        errors: [{ message: 'jobtitle is not allowed', code: 'RULE', context: { propertyName: ['jobtitle'] } }],
      },
    },
  });
  await decide((await open()).id, 'accept');
  await reviewThat('the refusal', ({ status, reason }) => status === 'ended' && reason === 'jobtitle is not allowed');
  expect(await stateOf('m')).toMatchObject({ state: 'refused', reason: 'jobtitle is not allowed' });
});

test('nothing ends in silence', async () => {
  const ended = async (reason: string) => {
    expect(await reviews()).toEqual(expect.arrayContaining([expect.objectContaining({ status: 'ended', reason })]));
    expect(await reviews({ status: 'open' })).toEqual([]);
  };
  await suggesting('m', 3, 'VP Sales');
  await map([]);
  await ended('The settings no longer map this field to the property.');
  await map(REVIEWED);
  await stack.resync(idOf('m'));
  await map([reviewed('role', 'jobtitle', 'ours')]);
  await ended('The settings now write this field without a review.');
  await map(REVIEWED);
  await stack.resync(idOf('m'));
  edit({ jobtitle: 'VP Sales' });
  await stack.resync(idOf('m'));
  await ended('HubSpot has this value by now.');
  edit({ jobtitle: 'Founder' });
  await stack.resync(idOf('m'));
  await endReviewsOfOtherAccounts(stack.product.db, stack.workspaceId, stack.portalId + 1);
  await ended('The workspace is connected to another HubSpot account.');
  await suggesting('other', 4, 'CEO');
  await requestDeletion(stack.product.db, stack.workspaceId, idOf('other'));
  expect(await reviews({ meetingId: idOf('other') })).toMatchObject([
    { status: 'ended', reason: 'The meeting was deleted.', proposed: null, quote: null, present: null },
  ]);
  await stack.starter.start(stack.workspaceId, idOf('other'));
  await stack.until(idOf('other'), 'deleted');
  expect(await open()).toMatchObject({ meetingId: idOf('m') });
  const key = { workspaceId: stack.workspaceId, meetingId: idOf('m') };
  await chooseLink(stack.product.db, key, stack.portalId, { objectType: 'contacts', id: contactId }, 'unlinked');
  await stack.resync(idOf('m'));
  await ended('The meeting is no longer linked to this record.');
});

test('a deleted meeting leaves no word of its values, not even in the reason of a review that ended before', async () => {
  const { db } = stack.product;
  await map([reviewed('role', 'lifecyclestage')]);
  await suggesting('m', 3, 'Opportunity');
  await suggesting('m', 3, 'Serra knows');
  expect(await reviews()).toMatchObject([{ status: 'ended', reason: expect.stringContaining('Serra knows') }]);
  await requestDeletion(db, stack.workspaceId, idOf('m'));
  expect(await reviews()).toMatchObject([{ status: 'ended', reason: 'The meeting was deleted.' }]);
});

test('an erased person leaves suggestions of earlier versions, and the value that is put back', async () => {
  const { db } = stack.product;
  edit({ jobtitle: 'Assistant of Jo Doe' });
  await suggesting('m', 3, 'Deputy of Jo Doe');
  await suggesting('m', 3, 'CEO');
  await decide((await open()).id, 'accept');
  await reviewThat('the write', ({ writtenAt }) => writtenAt !== null);
  await erasePerson(db, stack, { records: [{ objectType: 'contacts', id: '404' }], emails: [], names: ['Jo Doe'] });
  expect(await reviews()).toEqual(
    expect.arrayContaining([expect.objectContaining({ status: 'replaced', proposed: 'Deputy of [erased]' })]),
  );
  expect(JSON.stringify(await reviews())).not.toContain('Doe');
  expect(JSON.stringify((await stack.status(idOf('m'))).fields)).not.toContain('Doe');
  await requestDeletion(db, stack.workspaceId, idOf('m'));
  await stack.starter.start(stack.workspaceId, idOf('m'));
  await stack.until(idOf('m'), 'deleted');
  expect(inHubSpot()).toBe('Assistant of [erased]');
});

test('a suggestion whose record or property is gone ends with the reason, and nothing is written', async () => {
  await suggesting('m', 3, 'VP Sales');
  const { id } = await open();
  stack.sandbox.crm.archive('contacts', contactId);
  await expect(decide(id, 'accept')).rejects.toThrow('The record is no longer in HubSpot.');
  expect(await reviews()).toMatchObject([{ id, status: 'ended', reason: 'The record is no longer in HubSpot.' }]);
  expect(await stateOf('m')).toMatchObject({ state: 'refused', reason: 'The record is no longer in HubSpot.' });
});

test('while HubSpot does not answer, nothing is accepted', async () => {
  await suggesting('m', 3, 'VP Sales');
  const { id } = await open();
  stack.sandbox.faults.add({ match: { pattern: '/contacts/' }, action: { kind: 'status', status: 503 } });
  await expect(decide(id, 'accept')).rejects.toMatchObject({ code: 'hubspot-unavailable' });
  expect(await open()).toMatchObject({ id });
});
