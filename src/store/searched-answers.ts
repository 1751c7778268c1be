import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from './database';

/** What a search was for: the address of a person, or the domain of a company. */
export type SearchedBy = 'email' | 'domain';

/** An address or domain, as participants' are compared. */
export interface SearchedKey {
  readonly kind: SearchedBy;
  readonly key: string;
}

/** What a search found for an address or domain. */
export interface SearchedAnswer extends SearchedKey {
  /** Empty where HubSpot knows no record with it. */
  readonly records: readonly { readonly id: string; readonly properties: Readonly<Record<string, string | null>> }[];
  /** For how long the question had been asked when the answer came, in milliseconds. */
  readonly askedMsAgo: number;
}

/** Answers are for the attempts of one pass; a pass that takes longer asks again. */
const KEPT_MINUTES = 60;

type Account = { readonly workspaceId: string; readonly portalId: number };

/**
 * Keeps what searches found, for the next attempts. Only what is asked about a participant of a stored meeting is kept:
 * an answer that comes after the meeting was deleted is dropped.
 */
export async function keepAnswers(
  db: Db,
  { workspaceId, portalId }: Account,
  answers: readonly SearchedAnswer[],
): Promise<void> {
  if (answers.length === 0) return;
  await sql`
    insert into searched_answers as kept (workspace_id, portal_id, kind, key, records, asked_at)
    select ${workspaceId}, ${portalId}::bigint, kind, key, records, now() - make_interval(secs => asked_ms_ago / 1000)
    from unnest(
      ${answers.map(({ kind }) => kind)}::text[], ${answers.map(({ key }) => key)}::text[],
      ${answers.map(({ records }) => JSON.stringify(records))}::jsonb[],
      ${answers.map(({ askedMsAgo }) => askedMsAgo)}::double precision[]
    ) as given (kind, key, records, asked_ms_ago)
    where exists (
      select from meeting_participants as person where person.workspace_id = ${workspaceId}
        and ((kind = 'email' and person.email = key) or (kind = 'domain' and person.domain = key))
    )
    on conflict (workspace_id, portal_id, kind, key) do update
      set records = excluded.records, asked_at = excluded.asked_at
      where excluded.asked_at > kept.asked_at
  `.execute(db);
}

const records = z.array(z.object({ id: z.string(), properties: z.record(z.string(), z.string().nullable()) }));

/**
 * The answers to these questions that are no older than `since` ({@link timeOfReading}), and at most an hour old.
 */
export async function keptAnswers(
  db: Db,
  { workspaceId, portalId }: Account,
  keys: readonly SearchedKey[],
  since: string,
): Promise<(SearchedKey & Pick<SearchedAnswer, 'records'>)[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ kind: SearchedBy; key: string; records: unknown }>`
    select kind, key, records from searched_answers
    where workspace_id = ${workspaceId} and portal_id = ${portalId}
      and (kind, key) in (
        select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ key }) => key)}::text[])
      )
      and asked_at >= greatest(${since}::timestamptz, now() - make_interval(mins => ${KEPT_MINUTES}))
  `.execute(db);
  return rows.map((row) => ({ ...row, records: records.parse(row.records) }));
}

/** Forgets answers that no longer hold, because HubSpot named a record with the address or domain. */
export async function dropAnswers(
  db: Db,
  { workspaceId, portalId }: Account,
  keys: readonly SearchedKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    delete from searched_answers
    where workspace_id = ${workspaceId} and portal_id = ${portalId} and (kind, key) in (
      select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ key }) => key)}::text[])
    )
  `.execute(db);
}

/** Forgets what was asked about people, who are erased. */
export async function eraseAnswersAbout(db: Db, workspaceId: string, emails: readonly string[]): Promise<void> {
  await sql`
    delete from searched_answers where workspace_id = ${workspaceId} and kind = 'email' and key = any (${emails})
  `.execute(db);
}

/** Forgets what was asked about the participants of a meeting. Call it before they are deleted. */
export async function eraseAnswersOf(
  db: Db,
  { workspaceId, meetingId }: { readonly workspaceId: string; readonly meetingId: string },
): Promise<void> {
  await sql`
    delete from searched_answers as kept using meeting_participants as person
    where kept.workspace_id = ${workspaceId} and person.workspace_id = ${workspaceId} and person.meeting_id = ${meetingId}
      and ((kind = 'email' and key = person.email) or (kind = 'domain' and key = person.domain))
  `.execute(db);
}

/** Deletes answers that are too old to be used. */
export async function deleteOldAnswers(db: Db): Promise<void> {
  await sql`
    delete from searched_answers where asked_at < now() - make_interval(mins => ${KEPT_MINUTES})
  `.execute(db);
}
