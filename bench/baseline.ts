import { setTimeout as sleep } from 'node:timers/promises';
import { participantsOf } from './customers';
import { callsOf, type Calls } from './measure/calls';
import type { Account, Rig } from './rig';

/** The naive way, measured on the same sandbox. */
export interface Baseline {
  readonly meetings: number;
  readonly calls: Calls;
  readonly callsPerMeeting: number;
  readonly secondsPerMeeting: number;
  /** Meetings a second. */
  readonly rate: number;
}

interface Answer {
  readonly id?: string;
  readonly results?: readonly { readonly id?: string; readonly toObjectId?: number }[];
}

/**
 * Syncs meetings as a first attempt would: one after the other, with a search for each participant, a get for each kind of
 * association, and a call for each activity and each of its associations. A 429 is repeated a second later.
 */
export async function measureNaive(
  { programs: { sandbox } }: Rig,
  account: Account,
  meetings: number,
): Promise<Baseline> {
  sandbox.requests.clear();
  const from = performance.now();
  for (let index = 0; index < meetings; index += 1)
    // oxlint-disable-next-line no-await-in-loop -- the naive way
    await syncNaively(sandbox.url, account, index);
  const seconds = (performance.now() - from) / 1_000;
  const calls = callsOf(sandbox);
  sandbox.requests.clear();
  return {
    meetings,
    calls,
    callsPerMeeting: calls.count / meetings,
    secondsPerMeeting: seconds / meetings,
    rate: meetings / seconds,
  };
}

async function syncNaively(url: string, { accessToken, people }: Account, index: number): Promise<void> {
  const records = new Map<string, readonly [type: string, id: string]>();
  for (const email of participantsOf(people, index)) {
    const filter = { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: email }] }] };
    // oxlint-disable-next-line no-await-in-loop -- the naive way
    const found = await call('POST', '/crm/objects/2026-03/contacts/search', filter);
    for (const { id = '' } of found.results ?? []) {
      add('contacts', id);
      // oxlint-disable-next-line no-await-in-loop -- as above
      for (const company of await associated('contacts', id, 'companies')) add('companies', company);
      // oxlint-disable-next-line no-await-in-loop -- as above
      for (const deal of await associated('contacts', id, 'deals')) add('deals', deal);
    }
  }
  for (const [type, id] of [...records.values()].filter(([of]) => of === 'companies'))
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const deal of await associated(type, id, 'deals')) add('deals', deal);
  await write('meetings', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_meeting_title: `Naive ${index}` });
  await write('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: `Naive ${index}` });

  function add(type: string, id: string): void {
    records.set(`${type} ${id}`, [type, id]);
  }

  async function associated(type: string, id: string, to: string): Promise<string[]> {
    const { results = [] } = await call('GET', `/crm/objects/2026-03/${type}/${id}/associations/${to}`);
    return results.map(({ toObjectId }) => String(toObjectId));
  }

  async function write(type: string, properties: Readonly<Record<string, string>>): Promise<void> {
    const { id } = await call('POST', `/crm/objects/2026-03/${type}`, { properties });
    for (const [to, record] of records.values())
      // oxlint-disable-next-line no-await-in-loop -- the naive way
      await call('PUT', `/crm/objects/2026-03/${type}/${id}/associations/default/${to}/${record}`);
  }

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- repeats after a 429
      const answer = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (answer.ok) return (await answer.json()) as Answer;
      if (answer.status !== 429) throw new Error(`${method} ${path} answered ${answer.status}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(1_000);
    }
  }
}
