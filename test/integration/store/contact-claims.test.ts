import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { claimContact, dropContactClaim, keepContactMade } from '../../../src/store/mirror/contact-claims';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();

const states = async (email: string, times: number) =>
  (await Promise.all(Array.from({ length: times }, () => claimContact(db, 1, email)))).map(({ state }) => state);

test('of many who want the same contact one makes it, and the others learn its id', async () => {
  expect((await states('a@acme.example', 20)).filter((state) => state === 'ours')).toHaveLength(1);
  expect(await claimContact(db, 2, 'a@acme.example')).toEqual({ state: 'ours' });
  expect(await claimContact(db, 1, 'b@acme.example')).toEqual({ state: 'ours' });
  await keepContactMade(db, 1, 'a@acme.example', '77');
  expect(await claimContact(db, 1, 'a@acme.example')).toEqual({ state: 'made', recordId: '77' });
});

test('a claim that was given up, or whose worker died, is free again', async () => {
  expect(await states('c@acme.example', 1)).toEqual(['ours']);
  await dropContactClaim(db, 1, 'c@acme.example');
  expect(await states('c@acme.example', 2)).toContain('ours');
  await sql`update contact_claims set claimed_until = now() - interval '1 second'`.execute(db);
  expect((await states('c@acme.example', 5)).filter((state) => state === 'ours')).toHaveLength(1);
});

test('claims are swept, and hold no address', async () => {
  await claimContact(db, 1, 'old@acme.example');
  await sql`update contact_claims set claimed_until = now() - interval '1 hour'`.execute(db);
  await claimContact(db, 1, 'new@acme.example');
  const rows = await db.selectFrom('contact_claims').selectAll().execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('acme');
});
