import { sql, type Selectable } from 'kysely';
import { listWarnings, type Warning } from '../../meeting/warnings/warnings';
import type { Db } from '../database';
import type { Database } from '../schema';
import type { MeetingKey } from './key';

/**
 * Replaces the warnings of one step of a pass. The warnings of other steps and of the posted content stay. Call it in
 * every attempt of the step, with an empty list when there are none. Stores at most 100. Does nothing when the content
 * was deleted in the meantime.
 *
 * @param step - a name chosen by the caller, such as `owner` or `associations`. The status document sorts by it
 * @param known - all stored warnings, if the step has read them at its beginning. If the step has no old and no new ones, nothing is stored
 */
export async function savePassWarnings(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  step: string,
  warnings: readonly Warning[],
  known?: Readonly<Record<string, readonly Warning[]>>,
): Promise<void> {
  if (known !== undefined && warnings.length === 0 && known[step] === undefined) return;
  const listed = JSON.stringify(listWarnings(warnings));
  const others = sql<string>`pass_warnings - ${step}::text`;
  await db
    .updateTable('meetings')
    .set({
      pass_warnings:
        warnings.length === 0
          ? others
          : sql<string>`pass_warnings || jsonb_build_object(${step}::text, ${listed}::jsonb)`,
      updated_at: sql<Date>`now()`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('body', 'is not', null)
    .where(sql<boolean>`coalesce(pass_warnings -> ${step}::text, '[]') <> ${listed}::jsonb`)
    .execute();
}

/** Deletes the warnings of some steps, because the meeting is not written. */
export async function clearPassWarnings(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  steps: readonly string[],
): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ pass_warnings: sql<string>`pass_warnings - ${[...steps]}::text[]`, updated_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where(sql<boolean>`jsonb_exists_any(pass_warnings, ${[...steps]}::text[])`)
    .execute();
}

/**
 * Replaces the warnings of the posted content if the content is unchanged, because another body may have the same content
 * and other warnings. `acceptMeeting` itself stores the warnings of new content.
 *
 * @param bodyHash - hash of the content that the warnings are about
 */
export async function saveIntakeWarnings(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  bodyHash: string,
  warnings: readonly Warning[],
): Promise<void> {
  const listed = JSON.stringify(listWarnings(warnings));
  await db
    .updateTable('meetings')
    .set({ intake_warnings: listed, updated_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('body_hash', '=', bodyHash)
    .where(sql<boolean>`intake_warnings <> ${listed}::jsonb`)
    .execute();
}

/** All warnings of a meeting: first those of the posted content, then those of the steps. */
export function warningsOf(
  row: Pick<Selectable<Database['meetings']>, 'intake_warnings' | 'pass_warnings'>,
): Warning[] {
  const steps = Object.entries(row.pass_warnings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [...row.intake_warnings, ...steps.flatMap(([, warnings]) => warnings)];
}

/** The columns of a meeting's warnings with all texts masked. */
export function maskedWarnings(
  {
    intake_warnings: intake,
    pass_warnings: passes,
  }: Pick<Selectable<Database['meetings']>, 'intake_warnings' | 'pass_warnings'>,
  mask: (text: string) => string,
) {
  const masked = (warnings: readonly Warning[]) =>
    warnings.map(({ path, message }) => ({ path: mask(path), message: mask(message) }));
  return {
    intake_warnings: JSON.stringify(masked(intake)),
    pass_warnings: JSON.stringify(
      Object.fromEntries(Object.entries(passes).map(([step, warnings]) => [step, masked(warnings)])),
    ),
  };
}
