import { sql } from 'kysely';
import { z } from 'zod';
import type { FieldValue } from '../../meeting/fields/meeting-field';
import type { Db } from '../database';

/** Reading more meetings would take long, and shows the same keys. */
const MEETINGS = 50;
/** Values of a key, which show what kind of value it is. */
const VALUES = 5;

const values = z.array(z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

/**
 * Values of the newest meetings, by key: those of the pipeline's fields, and those built-in ones that may be an option of a
 * property.
 */
export async function seenFieldValues(
  db: Db,
  workspaceId: string,
): Promise<ReadonlyMap<string, readonly FieldValue[]>> {
  const { rows } = await sql<{ key: string; values: unknown }>`
    with newest as materialized (
      select body from meetings
      where workspace_id = ${workspaceId} and body is not null and not erasing
      order by accepted_at desc limit ${MEETINGS}
    ), seen as (
      select field ->> 'key' as key, field -> 'value' as value
      from newest cross join lateral jsonb_array_elements(body -> 'fields') as field
      where jsonb_typeof(body -> 'fields') = 'array'
      union
      select 'ai_score_label', body #> '{summary,aiScore,label}' from newest
      union
      select 'topics', jsonb_path_query_array(body, '$.summary.topics[*].title') from newest
    ), numbered as (
      select key, value, row_number() over (partition by key order by value) as number from seen
      where key is not null and value is not null and jsonb_typeof(value) <> 'null'
    )
    select key, jsonb_agg(value) as values from numbered where number <= ${VALUES} group by key order by key
  `.execute(db);
  return new Map(rows.map((row) => [row.key, values.parse(row.values)]));
}
