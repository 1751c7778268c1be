import { sql, type Kysely } from 'kysely';

/**
 * Since when a meeting's sync is unfinished. A trigger maintains it with the status, and a new request does not reset it,
 * so that a meeting whose run is lost repeatedly does not look recent.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings add column unfinished_since timestamptz;
    update meetings set unfinished_since = updated_at where status in ('accepted', 'syncing', 'waiting');

    create index meetings_unfinished on meetings (status, unfinished_since) where unfinished_since is not null;

    create function note_unfinished() returns trigger language plpgsql as $$
    begin
      if new.status not in ('accepted', 'syncing', 'waiting') then
        new.unfinished_since := null;
      elsif new.unfinished_since is null then
        new.unfinished_since := now();
      end if;
      return new;
    end
    $$;
    create trigger meetings_unfinished before insert or update of status on meetings
      for each row execute function note_unfinished();
  `.execute(db);
}
