import { describe, expect, test } from '@jest/globals';
import {
  decideAfterDeletion,
  decideUpdate,
  decideWrite,
  wasWrittenBefore,
} from '../../../src/activities/engagements/decide-write';

const deleted = { deleted_at: new Date('2026-11-03') };
const removing = { removing: true };
const existing = (
  row: { joined?: boolean; deleted_at?: Date; removing?: boolean } = {},
  contentHash: string | null = 'hash',
) => ({
  row: { joined: false, deleted_at: null, removing: false, ...row },
  contentHash,
});

describe('an activity that HubSpot does not have', () => {
  test.each([
    ['with content', 'content'],
    ['without content', null],
  ])('%s is created or joined, if it has content for it', (_name, content) => {
    expect(decideWrite(null, content, false)).toEqual({ do: 'createOrJoin' });
    expect(decideWrite(null, content, true)).toEqual({ do: 'createOrJoin' });
  });
});

describe('an activity that HubSpot has', () => {
  test.each([
    ['ours', existing(), 'content', false, 'update'],
    ['ours, requested again', existing(), 'content', true, 'update'],
    ['ours, without content', existing(), null, false, 'remove'],
    ['ours, without content, requested again', existing(), null, true, 'remove'],
    ['ours, deleted', existing(deleted), 'content', false, 'leaveDeleted'],
    ['ours, deleted, requested again', existing(deleted), 'content', true, 'update'],
    ['ours, deleted, after our removal began', existing({ ...deleted, ...removing }), 'content', false, 'update'],
    ['ours, deleted, without content', existing(deleted), null, false, 'remove'],
    ['joined', existing({ joined: true }), 'content', false, 'updateJoined'],
    ['joined, requested again', existing({ joined: true }), 'content', true, 'updateJoined'],
    ['joined, deleted', existing({ joined: true, ...deleted }), 'content', false, 'leaveDeleted'],
    ['joined, deleted, requested again', existing({ joined: true, ...deleted }), 'content', true, 'updateJoined'],
  ])('%s', (_name, activity, content, rewrite, action) => {
    expect(decideWrite(activity, content, rewrite).do).toBe(action);
  });

  test('an update has the activity and its content', () => {
    const activity = existing();
    expect(decideWrite(activity, 'content', false)).toEqual({ do: 'update', existing: activity, content: 'content' });
  });
});

test.each([
  ['the same content', 'hash', false, 'unchanged'],
  ['the same content, requested again', 'hash', true, 'updated'],
  ['other content', 'other', false, 'updated'],
  ['an activity that was found in HubSpot', null, false, 'adopted'],
  ['one that was found, requested again', null, true, 'adopted'],
] as const)('an update with %s', (_name, writtenHash, rewrite, decided) => {
  expect(decideUpdate(existing({}, writtenHash), 'hash', rewrite)).toBe(decided);
});

test('an update after our removal began writes the same content', () => {
  expect(decideUpdate(existing(removing), 'hash', false)).toBe('updated');
});

test.each([
  ['ours', existing(), false, 'markDeleted'],
  ['ours, after our removal began', existing(removing), false, 'recreate'],
  ['ours, requested again', existing(), true, 'recreate'],
  ['ours, found in HubSpot', existing({}, null), false, 'markDeleted'],
  ['joined', existing({ joined: true }), false, 'markDeleted'],
  ['joined, requested again', existing({ joined: true }), true, 'recreate'],
  ['joined, without our part so far', existing({ joined: true }, null), false, 'recreate'],
] as const)('an update of a deleted activity: %s', (_name, activity, rewrite, decided) => {
  expect(decideAfterDeletion(activity, rewrite)).toBe(decided);
});

test.each([
  ['our part was written', 'hash', false, true],
  ['our part was never written', null, false, false],
  ['our part was written and is requested again', 'hash', true, false],
])('%s', (_name, contentHash, rewrite, expected) => {
  expect(wasWrittenBefore(existing({ joined: true }, contentHash), rewrite)).toBe(expected);
});

test('our part was not removed by a person after our removal began', () => {
  expect(wasWrittenBefore(existing({ joined: true, ...removing }), false)).toBe(false);
});
