import { sql } from 'kysely';
import { phoneEndings, tracesOf, type ErasedPerson } from '../../meeting/people/erased-person';
import type { Db } from '../database';

/** Bodies are large, so one statement searches only this many. */
const MEETINGS_SEARCHED_AT_ONCE = 200;

/** Pages of the meetings whose content, present or earlier, has a trace of the person. Reads every body of the workspace once. */
export async function* meetingsThatName(
  db: Db,
  workspaceId: string,
  person: ErasedPerson,
): AsyncGenerator<readonly string[]> {
  const sought = { traces: JSON.stringify(tracesOf(person)), endings: phoneEndings(person) };
  let after = '';
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins after the last one
    const { last, found } = await tracesAmong(db, workspaceId, sought, after);
    if (found.length > 0) yield found;
    if (last === null) return;
    after = last;
  }
}

/** What a meeting had in earlier versions: steps that people made theirs, suggestions, and HubSpot's values of then. */
const EARLIER_TEXTS = sql`
  (select string_agg(text, ' ') from step_tasks as task
    where task.workspace_id = meetings.workspace_id and task.meeting_id = meetings.meeting_id),
  (select string_agg(concat_ws(' ', present, proposed, value, quote, reason), ' ') from field_reviews as review
    where review.workspace_id = meetings.workspace_id and review.meeting_id = meetings.meeting_id),
  (select string_agg(before, ' ') from field_candidates as candidate
    where candidate.workspace_id = meetings.workspace_id and candidate.meeting_id = meetings.meeting_id)`;

async function tracesAmong(
  db: Db,
  workspaceId: string,
  { traces, endings }: { readonly traces: string; readonly endings: readonly string[] },
  after: string,
): Promise<SearchedMeetings> {
  const { rows } = await sql<SearchedMeetings>`
    with page as (
      select meeting_id, body -> 'participants' as people,
        lower(normalize(concat_ws(' ', body::text, ${EARLIER_TEXTS}))) as content
      from meetings
      where workspace_id = ${workspaceId} and meeting_id > ${after}
      order by meeting_id limit ${MEETINGS_SEARCHED_AT_ONCE}
    )
    select max(meeting_id) as last, coalesce(array_agg(meeting_id order by meeting_id) filter (where exists (
      select from jsonb_array_elements(${traces}::jsonb) as trace
      where not exists (select from jsonb_array_elements_text(trace) as part where strpos(content, part) = 0)
    ) or exists (
      select from jsonb_array_elements(people) as each, unnest(array[each ->> 'phone', each ->> 'name']) as given,
        unnest(${endings}::text[]) as ending
      where right(regexp_replace(given, '\\D', '', 'g'), length(ending)) = ending
    )), '{}') as found
    from page
  `.execute(db);
  return rows[0] ?? { last: null, found: [] };
}

interface SearchedMeetings {
  /** Null when no meeting is left. */
  readonly last: string | null;
  readonly found: readonly string[];
}
