import type { Link } from '../meeting/linking/cascade';
import type { LeftOut } from '../meeting/linking/left-out';
import type { Skip } from '../meeting/skips';
import type { PlanInput } from './input';
import { planLinks } from './links';
import { planParticipants, type MissingContact } from './participants';
import type { CrmReader } from './reader';

/** What a sync of a meeting would do. A plan uses the same functions as the sync's steps. */
export interface MeetingPlan {
  /** Why nothing would be written; null when the meeting would be written. */
  readonly skip: Skip | null;
  readonly links: readonly Link[];
  /** Participants for whom a contact would be created and linked. */
  readonly toCreate: readonly MissingContact[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Computes what a sync of a meeting would do. Writes nothing, and sends HubSpot no more requests than a sync.
 *
 * @param recordedTwice - whether another recording of the same calendar event is written instead
 */
export async function planMeeting(reader: CrmReader, input: PlanInput, recordedTwice: boolean): Promise<MeetingPlan> {
  if (recordedTwice && input.settings.oneRecordingPerMeeting)
    return { skip: { code: 'recorded_twice' }, links: [], toCreate: [], leftOut: [] };
  const { skip, roots, toCreate, leftOut } = await planParticipants(reader, input);
  if (skip !== null) return { skip, links: [], toCreate, leftOut };
  const plan = await planLinks(reader, input, roots);
  return { skip, links: plan.links, toCreate, leftOut: [...leftOut, ...plan.leftOut] };
}
