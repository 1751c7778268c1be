import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../database';
import { BY_INDEX, merged } from '../merged';

/** The kind of a search: by the address of a person or by the domain of a company. */
export type SearchedBy = 'email' | 'domain';

/** An address or domain, normalised like those of participants. */
export interface SearchedKey {
  readonly kind: SearchedBy;
  readonly key: string;
}

/** The result of a search for an address or domain. */
export interface SearchedAnswer extends SearchedKey {
  /** Empty when HubSpot has no record with it. */
  readonly records: readonly { readonly id: string; readonly properties: Readonly<Record<string, string | null>> }[];
  /** The time since the search was sent, in milliseconds. */
  readonly askedMsAgo: number;
}

/** Results are for the attempts of one pass. A pass that takes longer searches again. */
const KEPT_MINUTES = 60;

type Account = { readonly workspaceId: string; readonly portalId: number };

/**
 * Stores results of searches for the next attempts. Drops results for addresses and domains that belong to no participant
 * of a stored meeting, because the meeting may have been deleted in the meantime.
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
 * Returns the stored results for these keys that are no older than `since` ({@link timeOfReading}) and at most an hour old.
 */
export async function keptAnswers(
  db: Db,
  account: Account,
  keys: readonly SearchedKey[],
  since: string,
): Promise<readonly (SearchedKey & Pick<SearchedAnswer, 'records'>)[]> {
  return keys.length === 0 ? [] : await answersSince(db, { ...account, keys, since });
}

type AskedAnswers = Account & { readonly keys: readonly SearchedKey[]; readonly since: string };

const answersSince = merged(async (db, asked: readonly AskedAnswers[]) => {
  const given = asked.flatMap(({ keys, ...of }, position) => keys.map((key) => ({ ...of, ...key, position })));
  const { rows } = await sql<{ position: number; kind: SearchedBy; key: string; records: unknown }>`
    select position, kind, key, records
    from unnest(${given.map(({ position }) => position)}::int[], ${given.map(({ workspaceId }) => workspaceId)}::text[],
      ${given.map(({ portalId }) => portalId)}::bigint[], ${given.map(({ kind }) => kind)}::text[],
      ${given.map(({ key }) => key)}::text[], ${given.map(({ since }) => since)}::timestamptz[])
      as given (position, workspace_id, portal_id, kind, key, since)
    cross join lateral (
      select records from searched_answers as known
      where known.workspace_id = given.workspace_id and known.portal_id = given.portal_id and known.kind = given.kind
        and known.key = given.key and asked_at >= greatest(since, now() - make_interval(mins => ${KEPT_MINUTES}))
      ${BY_INDEX}
    ) as kept
  `.execute(db);
  const found = Map.groupBy(rows, ({ position }) => position);
  return asked.map((_, position) =>
    (found.get(position) ?? []).map(({ kind, key, records: stored }) => ({
      kind,
      key,
      records: records.parse(stored),
    })),
  );
});

/** Deletes results that are outdated, because HubSpot reported a record with the address or domain. */
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

/** Deletes results about people who are erased. */
export async function eraseAnswersAbout(db: Db, workspaceId: string, emails: readonly string[]): Promise<void> {
  await sql`
    delete from searched_answers where workspace_id = ${workspaceId} and kind = 'email' and key = any (${emails})
  `.execute(db);
}

/** Deletes results about the participants of a meeting. Call it before the participants are deleted. */
export async function deleteAnswersOf(
  db: Db,
  { workspaceId, meetingId }: { readonly workspaceId: string; readonly meetingId: string },
): Promise<void> {
  await sql`
    delete from searched_answers as kept using meeting_participants as person
    where kept.workspace_id = ${workspaceId} and person.workspace_id = ${workspaceId} and person.meeting_id = ${meetingId}
      and ((kind = 'email' and key = person.email) or (kind = 'domain' and key = person.domain))
  `.execute(db);
}

/** Deletes results that are too old to be used. */
export async function deleteOldAnswers(db: Db): Promise<void> {
  await sql`
    delete from searched_answers where asked_at < now() - make_interval(mins => ${KEPT_MINUTES})
  `.execute(db);
}
