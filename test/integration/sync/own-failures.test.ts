import { afterEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pino from 'pino';
import { handOverMeetings } from '../../../src/activities/backfill';
import { judgeKeys, startWithKeys } from '../../../src/connection/encryption-keys';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { SecretBox } from '../../../src/secrets';
import { acceptBackfill, addLines, openBackfill } from '../../../src/store/jobs/backfills';
import { listSealedTokens, lockConnection, saveResealedTokens } from '../../../src/store/connections/connections';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
afterEach(() => stack.close());

/** Makes the next writes to a table fail. A sequence counts them, because a rollback does not reset it. */
async function failNext(table: string, code: string, times: number): Promise<void> {
  await sql
    .raw(
      `create sequence if not exists tries;
       create or replace function fail() returns trigger language plpgsql as $$
       begin
         if nextval('tries') <= ${times} then raise exception 'staged' using errcode = '${code}'; end if;
         return new;
       end $$;
       create trigger fails before insert or update on ${table} for each row execute function fail();`,
    )
    .execute(stack.product.db);
}

test.each([
  ['links', '53100'],
  ['links', '40P01'],
  ['engagements', '25006'],
  ['engagements', '40001'],
  ['hubspot_budgets', '57014'],
  ['meeting_participants', '58030'],
])('a sync survives a %s table that fails with %s, and writes once', async (table, code) => {
  stack = await startStack();
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  await failNext(table, code, 1);
  const document = await stack.sync(meeting({ meetingId: 'm1' }));
  expect(document).toMatchObject({ status: 'synced', reason: null });
  expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(2);
});

/** Renames the key of the stored tokens, as if `ENCRYPTION_KEYS` had lost that key or got it back. */
async function reseal(from: SecretBox, to: SecretBox): Promise<void> {
  const { db } = stack.product;
  const row = await lockConnection(db, stack.workspaceId);
  const again = (sealed: string, context: string) => to.seal(from.open(sealed, context), context);
  await saveResealedTokens(db, stack.workspaceId, {
    accessToken: again(row?.access_token ?? '', `access:${stack.workspaceId}`),
    refreshToken: again(row?.refresh_token ?? '', `refresh:${stack.workspaceId}`),
  });
}

const lost = new SecretBox([{ id: 'lost', key: Buffer.alloc(32, 7) }]);
/** Seals under the id of the configured key, which has another value. */
const otherValue = (secrets: SecretBox) => new SecretBox([{ id: secrets.sealingKeyId, key: Buffer.alloc(32, 7) }]);

test('a backfill starts no meeting while the key is missing', async () => {
  stack = await startStack();
  await stack.connect();
  const { db, secrets } = stack.product;
  const handOver = handOverMeetings(stack.product);
  const backfillId = await openBackfill(db, stack.workspaceId);
  const body = processedMeetingSchema.parse(meeting({ meetingId: 'past' }));
  await addLines(db, backfillId, [{ line: 1, meetingId: 'past', body: JSON.stringify(body) }]);
  await acceptBackfill(db, backfillId);
  await reseal(secrets, lost);
  expect(await handOver({ workspaceId: stack.workspaceId, backfillId })).toMatchObject({
    waiting: 1,
    held: 'key_missing',
  });
  await reseal(lost, secrets);
  expect(await handOver({ workspaceId: stack.workspaceId, backfillId })).toMatchObject({ waiting: 0, held: null });
});

test.each([
  ['missing key', () => lost, /ENCRYPTION_KEYS lacks \\"lost\\"/],
  ['key with another value', otherValue, /ENCRYPTION_KEYS has another value for \\"test\\"/],
])('a meeting needs attention for a %s, and continues when the key is back', async (_, boxOf, logged) => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  const { db, secrets } = stack.product;
  const other = boxOf(secrets);
  await reseal(secrets, other);
  expect(await stack.sync(meeting({ meetingId: 'm1' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'key_missing', message: expect.stringContaining(`"${other.sealingKeyId}"`) },
  });
  const { missing, changed, readable } = judgeKeys(secrets, await listSealedTokens(db));
  expect([[...missing, ...changed], readable]).toEqual([[other.sealingKeyId], []]);
  expect((await stack.reconcile())?.state).not.toBe('running');

  // A start without the key logs it and continues no meeting. A start with the key continues the meeting.
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const { signal } = new AbortController();
  await startWithKeys({ db, secrets, log }, signal);
  expect(lines.join('')).toMatch(logged);
  await stack.starter.sweep(0);
  expect(await stack.status('m1')).toMatchObject({ status: 'needs_attention' });
  await reseal(other, secrets);
  await startWithKeys({ db, secrets, log }, signal);
  await stack.starter.sweep(0);
  expect(await stack.until('m1', 'synced')).toMatchObject({ reason: null });
});
