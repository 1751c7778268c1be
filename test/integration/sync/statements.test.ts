import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { countStatements, NOT_COUNTED, statementsBetween } from '../../support/statements';

const MEETINGS = 40;
/** Steps of a pass that read the meeting. Each reads it once. */
const STEPS = 6;

let stack: Stack;
beforeAll(async () => {
  // As in production, so that statements are shared on a busy machine too.
  stack = await startStack({ longestLingerMs: 1_000 });
  await stack.connect();
  const { crm } = stack.sandbox;
  const company = crm.create('companies', { domain: 'acme.example' });
  crm.associate('companies', company.id, 'deals', crm.create('deals', { dealname: 'Deal' }).id);
  for (const name of ['ann', 'ben', 'cleo'])
    crm.associate('contacts', crm.create('contacts', { email: `${name}@acme.example` }).id, 'companies', company.id);
  await accepted('first', {});
  await stack.starter.sweep(0);
  await ended();
});
afterAll(() => stack.close());

/** Stores a meeting with three known participants. */
async function accepted(meetingId: string, options: { readonly backfilledAt?: Date }): Promise<void> {
  const people = ['ann', 'ben', 'cleo'].map((name) => ({ email: `${name}@acme.example` }));
  const participants = [{ email: 'ana.ruiz@northwind.example', internal: true }, ...people];
  const { db } = stack.product;
  const posted = postedMeetingSchema.parse(meeting({ meetingId, participants }));
  await acceptMeeting(db, { workspaceId: stack.workspaceId, ...posted, ...options });
}

/** Waits until every pass has ended and its history is complete. */
async function ended(): Promise<void> {
  const open = sql<{ open: boolean }>`
    select exists (select from meetings where unfinished_since is not null)
      or exists (select from sync_attempts where ended_at is null) as open ${sql.raw(NOT_COUNTED)}
  `;
  while ((await open.execute(stack.product.db)).rows[0]?.open !== false) await sleep(50);
}

/** The statements of some meetings' syncs, the most frequent first, a meeting each. */
async function statementsOf(meetings: number, options: { readonly backfilledAt?: Date }): Promise<[string, number][]> {
  for (let index = 0; index < meetings; index += 1) await accepted(`m-${meetings}-${index}`, options);
  const before = await countStatements(stack.databaseUrl);
  await stack.starter.sweep(0);
  await ended();
  const counted = statementsBetween(before, await countStatements(stack.databaseUrl));
  return [...counted]
    .map(([query, calls]): [string, number] => [query.replaceAll(/\s+/g, ' ').slice(0, 150), calls / meetings])
    .toSorted(([, a], [, b]) => b - a);
}

test.each([
  // A slow machine reads the connection again for some steps.
  ['a live meeting', 1, {}, 66],
  ['a meeting in bulk', MEETINGS, { backfilledAt: new Date() }, 30],
])('the statements that %s takes', async (_, meetings, options, most) => {
  const statements = await statementsOf(meetings, options);
  const total = statements.reduce((sum, [, calls]) => sum + calls, 0);
  // On failure, the list shows which of them are new.
  expect(total <= most ? [] : statements).toEqual([]);
  const reads = statements.filter(([query]) => /^select .*"meetings"\.\*/.test(query));
  expect(reads.reduce((sum, [, calls]) => sum + calls, 0)).toBeLessThanOrEqual(STEPS);
});
