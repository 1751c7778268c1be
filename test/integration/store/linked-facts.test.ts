import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Link } from '../../../src/meeting/linking/cascade';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { openDatabase } from '../../../src/store/database';
import { dropLink, refuseLink, renameLink, replaceLinks } from '../../../src/store/meetings/links';
import { finishDeletion, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { migrate, migrations } from '../../../src/store/migrate';
import { saveParticipants } from '../../../src/store/mirror/mirror';
import { erasePerson } from '../../../src/store/mirror/privacy';
import type { Database } from '../../../src/store/schema';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { createBlankDatabase } from '../../support/database';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();
let workspaceId: string;
let workspaces = 0;
beforeEach(openWorkspace);

async function openWorkspace(): Promise<void> {
  ({ workspaceId } = await createWorkspace(db, `Facts ${(workspaces += 1)}`));
}

const linkTo = (objectType: string, id: string): Link => ({ objectType, id, via: 'participant', from: null });
const person = (email: string) => ({ email, domain: email.split('@')[1] ?? null });
const post = async (to: Kysely<Database>, workspace: string, meetingId: string, title = 'Demo') =>
  await acceptMeeting(to, {
    workspaceId: workspace,
    meeting: processedMeetingSchema.parse(meeting({ meetingId, title })),
  });

interface Facts {
  readonly meeting_id: string;
  /** `portal/deal`, sorted. */
  readonly deals: readonly string[];
  readonly people: readonly string[];
}

async function keptIn(from: Kysely<Database>, workspace = workspaceId): Promise<Facts[]> {
  const rows = await from
    .selectFrom('meeting_facts')
    .selectAll()
    .where('workspace_id', '=', workspace)
    .orderBy('meeting_id')
    .execute();
  return rows.map((row) => ({
    meeting_id: row.meeting_id,
    deals: row.deal_ids.map((id, index) => `${row.deal_portals[index]}/${id}`).toSorted(),
    people: row.people.toSorted(),
  }));
}

/** Computes the same facts from the tables that they are derived from. */
async function trueIn(from: Kysely<Database>, workspace = workspaceId): Promise<Facts[]> {
  const facts = await from
    .selectFrom('meeting_facts')
    .select('meeting_id')
    .where('workspace_id', '=', workspace)
    .orderBy('meeting_id')
    .execute();
  const links = await from.selectFrom('links').selectAll().where('workspace_id', '=', workspace).execute();
  const people = await from
    .selectFrom('meeting_participants')
    .selectAll()
    .where('workspace_id', '=', workspace)
    .execute();
  return facts.map(({ meeting_id }) => ({
    meeting_id,
    deals: links
      .filter((link) => link.meeting_id === meeting_id && link.object_type === 'deals' && link.refused === null)
      .map((link) => `${link.portal_id}/${link.record_id}`)
      .toSorted(),
    people: people
      .filter((one) => one.meeting_id === meeting_id)
      .map(({ email }) => email)
      .toSorted(),
  }));
}

test("a meeting's stored deals and people stay correct after any sequence of changes", async () => {
  const id = fc.constantFrom('1', '2', '3');
  const portal = fc.constantFrom(7, 8);
  const email = fc.constantFrom('ana@acme.example', 'bo@acme.example', 'cy@beta.example');
  const deal = id.map((one) => ({ objectType: 'deals', id: one }));
  const change = fc.oneof(
    fc.record({ do: fc.constant('post' as const), title: fc.string().map((text) => `Demo ${text}`) }),
    fc.record({
      do: fc.constant('link' as const),
      portal,
      deals: fc.subarray(['1', '2', '3']),
      contacts: fc.subarray(['1', '2']),
    }),
    fc.record({ do: fc.constant('refuse' as const), portal, deal }),
    fc.record({ do: fc.constant('drop' as const), portal, deal }),
    fc.record({ do: fc.constant('rename' as const), portal, deal, to: id }),
    fc.record({
      do: fc.constant('meet' as const),
      people: fc.subarray(['ana@acme.example', 'bo@acme.example', 'cy@beta.example']),
    }),
    fc.record({ do: fc.constant('forget' as const), email }),
    fc.record({ do: fc.constant('erase' as const) }),
    fc.record({ do: fc.constant('remove' as const) }),
  );
  const story = fc.array(fc.tuple(fc.constantFrom('a', 'b'), change), { minLength: 5, maxLength: 25 });
  let dealsSeen = 0;
  let peopleSeen = 0;
  await fc.assert(
    fc.asyncProperty(story, async (changes) => {
      await openWorkspace();
      for (const [meetingId, one] of changes) {
        const key = { workspaceId, meetingId };
        // A sync continues only while its meeting exists.
        await post(db, workspaceId, meetingId);
        switch (one.do) {
          case 'post':
            await post(db, workspaceId, meetingId, one.title);
            break;
          case 'link':
            await replaceLinks(db, key, one.portal, [
              ...one.contacts.map((contact) => linkTo('contacts', contact)),
              ...one.deals.map((ref) => linkTo('deals', ref)),
            ]);
            break;
          case 'refuse':
            await refuseLink(db, key, one.portal, one.deal, 'no');
            break;
          case 'drop':
            await dropLink(db, key, one.portal, one.deal);
            break;
          case 'rename':
            if (one.to !== one.deal.id) await renameLink(db, key, one.portal, one.deal, one.to);
            break;
          case 'meet':
            await saveParticipants(db, key, one.people.map(person));
            break;
          case 'forget':
            await erasePerson(db, { workspaceId, portalId: 1 }, { emails: [one.email], names: [], records: [] });
            break;
          case 'erase':
            await requestDeletion(db, workspaceId, meetingId);
            await finishDeletion(db, key);
            break;
          case 'remove':
            await db
              .deleteFrom('meetings')
              .where('workspace_id', '=', workspaceId)
              .where('meeting_id', '=', meetingId)
              .execute();
            break;
        }
        const kept = await keptIn(db);
        expect(kept).toEqual(await trueIn(db));
        dealsSeen += kept.flatMap(({ deals }) => deals).length;
        peopleSeen += kept.flatMap(({ people }) => people).length;
      }
    }),
    { numRuns: 40 },
  );
  expect(dealsSeen).toBeGreaterThan(0);
  expect(peopleSeen).toBeGreaterThan(0);
});

describe('two transactions that change one meeting concurrently', () => {
  beforeEach(async () => {
    await post(db, workspaceId, 'm');
    await replaceLinks(db, { workspaceId, meetingId: 'm' }, 7, [
      linkTo('deals', '1'),
      linkTo('deals', '2'),
      linkTo('deals', '3'),
    ]);
  });

  type Work = (db: Kysely<Database>) => Promise<unknown>;
  const key = () => ({ workspaceId, meetingId: 'm' });
  const postAgain: Work = (to) =>
    sql`update meetings set body = jsonb_set(body, '{title}', '"Another"') where workspace_id = ${workspaceId}`.execute(
      to,
    );
  const link: Work = async (to) => {
    await to.deleteFrom('links').where('workspace_id', '=', workspaceId).execute();
    await sql`
      insert into links (workspace_id, meeting_id, portal_id, object_type, record_id, via, position)
      values (${workspaceId}, 'm', 7, 'deals', '4', 'participant', 1)
    `.execute(to);
  };
  const refuse: Work = async (to) => {
    await refuseLink(to, key(), 7, { objectType: 'deals', id: '1' }, 'no');
  };
  const drop: Work = async (to) => {
    await dropLink(to, key(), 7, { objectType: 'deals', id: '2' });
  };
  const meet: Work = async (to) => {
    await saveParticipants(to, key(), [person('ana@acme.example')]);
  };

  test.each<[string, Work, Work, Pick<Facts, 'deals' | 'people'>]>([
    ['its body, and its links', postAgain, link, { deals: ['7/4'], people: [] }],
    ['its links, and its body', link, postAgain, { deals: ['7/4'], people: [] }],
    ['its body, and its people', postAgain, meet, { deals: ['7/1', '7/2', '7/3'], people: ['ana@acme.example'] }],
    ['its people, and its body', meet, postAgain, { deals: ['7/1', '7/2', '7/3'], people: ['ana@acme.example'] }],
    ['one link, and another', refuse, drop, { deals: ['7/3'], people: [] }],
    ['a link, and its people', drop, meet, { deals: ['7/1', '7/3'], people: ['ana@acme.example'] }],
  ])('%s: neither is lost', async (_name, first, second, expected) => {
    let done: Promise<unknown> = Promise.resolve();
    await db.transaction().execute(async (transaction) => {
      await first(transaction);
      done = second(db);
      await anotherWaits();
    });
    await done;
    expect(await keptIn(db)).toEqual([{ meeting_id: 'm', ...expected }]);
    expect(await trueIn(db)).toEqual(await keptIn(db));
  });

  /** Returns once another connection to this database waits for a row lock. */
  async function anotherWaits(): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- asked until it is so
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `.execute(db);
      if (rows.length > 0) return;
    }
  }
});

test('existing meetings have their deals and people after the migration', async () => {
  const blank = await createBlankDatabase();
  const before = openDatabase(blank.url);
  try {
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const { error } = await new Migrator({ db: before, provider }).migrateTo('0019_taken_deliveries');
    expect(error).toBeUndefined();
    // Written in SQL, because today's code may write other columns.
    await sql`
      insert into workspaces (id, name) values ('old', 'Old');
      insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status)
      select 'old', meeting_id, '{}', '', 'Demo', now(), 'synced' from unnest('{a,b,c}'::text[]) as meeting_id;
      insert into links (workspace_id, meeting_id, portal_id, object_type, record_id, via, position, refused) values
        ('old', 'a', 7, 'contacts', '1', 'participant', 1, null),
        ('old', 'a', 7, 'deals', '1', 'cascade', 2, 'no'),
        ('old', 'a', 7, 'deals', '2', 'cascade', 3, null);
      insert into meeting_participants (workspace_id, meeting_id, email) values ('old', 'b', 'ana@acme.example');
    `.execute(before);
    expect(await migrate(blank.url)).toContain('0020_linked_facts');
    expect(await keptIn(before, 'old')).toEqual([
      { meeting_id: 'a', deals: ['7/2'], people: [] },
      { meeting_id: 'b', deals: [], people: ['ana@acme.example'] },
      { meeting_id: 'c', deals: [], people: [] },
    ]);
  } finally {
    await before.destroy();
    await blank.drop();
  }
});
