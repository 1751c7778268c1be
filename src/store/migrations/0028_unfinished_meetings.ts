import { sql, type Kysely } from 'kysely';

/**
 * Since when a meeting is under way. It changes with the status, wherever that is written, and outlives being asked for
 * again: a meeting whose run is lost over and over does not look young.
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
