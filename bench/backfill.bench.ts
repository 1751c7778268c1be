import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { HUBSPOT_LIMITS } from '../sandbox/settings';
import { postedMeetingSchema } from '../src/meeting/intake/schema';
import { acceptMeeting } from '../src/store/meetings/meetings';
import { meeting } from '../test/support/meetings';
import { startStack, type Stack } from '../test/support/stack';

const MEETINGS = Number(process.env['BENCH_MEETINGS'] ?? 1_000);
const NAIVE_MEETINGS = 20;
const PEOPLE = 300;

/** Contacts with a company and a deal for every three of them. @returns their addresses */
function customers({ sandbox: { crm } }: Stack): string[] {
  let company = '';
  return Array.from({ length: PEOPLE }, (_, index) => {
    const email = `p${index}@c${Math.floor(index / 3)}.example`;
    const contact = crm.create('contacts', { email });
    if (index % 3 === 0) {
      company = crm.create('companies', { domain: email.split('@')[1] ?? '' }).id;
      crm.associate('companies', company, 'deals', crm.create('deals', { dealname: `D${index}` }).id);
    }
    crm.associate('contacts', contact.id, 'companies', company);
    return email;
  });
}

const about = (meetingId: string, index: number, people: readonly string[]) =>
  meeting({
    meetingId,
    participants: [
      { email: 'ana.ruiz@northwind.example', internal: true },
      ...[0, 1, 2].map((nth) => ({ email: people[(index * 3 + nth) % PEOPLE] ?? '' })),
    ],
  });

/** Calls that reached HubSpot, how long they took together, and how many were refused. */
function callsOf(stack: Stack): { calls: number; seconds: number; refused: number } {
  const requests = stack.sandbox.requests.list();
  const seconds = ((requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0)) / 1_000;
  return { calls: requests.length, seconds, refused: requests.filter(({ status }) => status === 429).length };
}

/** The naive way: one meeting after the other, and a call for each participant, record and association. */
async function naive(stack: Stack, people: readonly string[]): Promise<void> {
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  const call = async (method: string, path: string, body?: unknown): Promise<{ id?: string; results?: unknown[] }> => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- repeats after a 429
      const answer = await fetch(`${stack.sandbox.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (answer.status !== 429) return (await answer.json().catch(() => ({}))) as { id?: string };
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(1_000);
    }
  };
  for (let index = 0; index < NAIVE_MEETINGS; index += 1) {
    const links: [string, string][] = [];
    for (const email of [0, 1, 2].map((nth) => people[(index * 3 + nth) % PEOPLE])) {
      const filter = { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: email }] }] };
      // oxlint-disable-next-line no-await-in-loop -- the naive way
      const found = await call('POST', '/crm/objects/2026-03/contacts/search', filter);
      const [contact] = (found.results ?? []) as { id: string }[];
      if (contact === undefined) continue;
      links.push(['contacts', contact.id]);
      // oxlint-disable-next-line no-await-in-loop -- the naive way
      const companies = await call('GET', `/crm/objects/2026-03/contacts/${contact.id}/associations/companies`);
      for (const { toObjectId } of (companies.results ?? []) as { toObjectId: number }[])
        links.push(['companies', String(toObjectId)]);
    }
    for (const type of ['meetings', 'notes']) {
      const properties =
        type === 'meetings'
          ? { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_meeting_title: `naive ${index}` }
          : { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: `naive ${index}` };
      // oxlint-disable-next-line no-await-in-loop -- the naive way
      const made = await call('POST', `/crm/objects/2026-03/${type}`, { properties });
      for (const [to, id] of links)
        // oxlint-disable-next-line no-await-in-loop -- the naive way
        await call('PUT', `/crm/objects/2026-03/${type}/${made.id ?? ''}/associations/default/${to}/${id}`);
    }
  }
}

/** Measures a backfill under HubSpot's limit of 110 requests in ten seconds, and the naive way beside it. */
test.each([
  ["HubSpot's limits", HUBSPOT_LIMITS, { HUBSPOT_REQUESTS_PER_10_SECONDS: '' }],
  ['no limits', undefined, {}],
])(
  'a backfill with %s',
  async (name, limits, env) => {
    const stack = await startStack({ timeScale: 1, ...(limits === undefined ? {} : { sandbox: { limits } }), env });
    await stack.connect();
    const people = customers(stack);
    stack.sandbox.requests.clear();
    const naiveFrom = Date.now();
    await naive(stack, people);
    const naiveSeconds = (Date.now() - naiveFrom) / 1_000;
    const naiveCalls = callsOf(stack);

    stack.sandbox.requests.clear();
    for (let index = 0; index < MEETINGS; index += 1)
      // oxlint-disable-next-line no-await-in-loop -- before the measurement
      await acceptMeeting(stack.product.db, {
        workspaceId: stack.workspaceId,
        ...postedMeetingSchema.parse(about(`b${index}`, index, people)),
        backfilledAt: new Date(),
      });
    const startedAt = Date.now();
    const unfinished = async () =>
      await stack.product.db
        .selectFrom('meetings')
        .select('meeting_id')
        .where('status', 'in', ['accepted', 'syncing', 'waiting'])
        .limit(1)
        .execute();
    do {
      // oxlint-disable-next-line no-await-in-loop -- sweeping
      await stack.starter.sweep(0);
      // oxlint-disable-next-line no-await-in-loop -- polling
      await sleep(500);
      // oxlint-disable-next-line no-await-in-loop -- polling
    } while ((await unfinished()).length > 0);
    const seconds = (Date.now() - startedAt) / 1_000;
    const { calls, refused } = callsOf(stack);
    const rate = MEETINGS / seconds;
    const naiveRate = NAIVE_MEETINGS / naiveSeconds;
    console.log(
      [
        `backfill, ${name}: ${MEETINGS} meetings in ${seconds.toFixed(1)} s = ${rate.toFixed(1)} a second (${(rate / naiveRate).toFixed(0)} times naive)`,
        `  ${(calls / MEETINGS).toFixed(2)} calls a meeting, ${((calls / (seconds * 11)) * 100).toFixed(0)} % of the limit, ${refused} responses with 429`,
        `  naive: ${naiveRate.toFixed(2)} a second, ${(naiveCalls.calls / NAIVE_MEETINGS).toFixed(1)} calls a meeting`,
      ].join('\n'),
    );
    expect(stack.sandbox.crm.list('notes').length).toBe(MEETINGS + NAIVE_MEETINGS);
    await stack.close();
  },
  900_000,
);
