import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { openDatabase } from '../../../src/store/database';
import { migrate, migrations } from '../../../src/store/migrate';
import { createBlankDatabase } from '../../support/database';

const defaults = { openDealsOnly: false, dealPipelines: [], maxDeals: null, customObjectTypes: [] };

test('existing meetings have the basis of their links as JSON after the migration', async () => {
  const blank = await createBlankDatabase();
  const db = openDatabase(blank.url);
  try {
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const { error } = await new Migrator({ db, provider }).migrateTo('0035_account_facts');
    expect(error).toBeUndefined();
    // Written in SQL, because today's code may write other columns.
    await sql`
      insert into workspaces (id, name) values ('old', 'Old');
      insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status, linked_body_hash)
      select 'old', meeting_id, '{}', '', 'Demo', now(), 'synced', basis from (values
        ('a', null), ('b', 'abc'), ('c', e'abc\n[true,["p\\\\n1"]]'), ('d', e'abc\n[false,[]]\n[3,["2-7"]]'), ('e', 'before')
      ) as old (meeting_id, basis);
    `.execute(db);
    expect(await migrate(blank.url)).toContain('0036_link_basis');
    // A process of the previous version still runs.
    await sql`update meetings set linked_body_hash = e'new\n[true,[]]\n[null,[]]' where meeting_id = 'e'`.execute(db);

    const rows = await db.selectFrom('meetings').select(['meeting_id', 'link_basis']).orderBy('meeting_id').execute();
    expect(rows.map((row) => row.link_basis)).toEqual([
      null,
      { ...defaults, bodyHash: 'abc' },
      { ...defaults, bodyHash: 'abc', openDealsOnly: true, dealPipelines: ['p\n1'] },
      { ...defaults, bodyHash: 'abc', maxDeals: 3, customObjectTypes: ['2-7'] },
      { ...defaults, bodyHash: 'new', openDealsOnly: true },
    ]);
  } finally {
    await db.destroy();
    await blank.drop();
  }
});
