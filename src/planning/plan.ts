import type { Link } from '../meeting/linking/cascade';
import type { LeftOut } from '../meeting/linking/left-out';
import type { Skip } from '../meeting/skips';
import type { PlanInput } from './input';
import { planLinks } from './links';
import { planParticipants, type MissingContact } from './participants';
import type { CrmReader } from './reader';

/** What a sync of a meeting would do, by the functions that its steps run. */
export interface MeetingPlan {
  /** Why nothing would be written; null when the meeting would be. */
  readonly skip: Skip | null;
  readonly links: readonly Link[];
  /** Of whom a contact would be made and linked. */
  readonly toCreate: readonly MissingContact[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Computes what is due for a meeting. Writes nothing, and asks HubSpot no more than a sync would.
 *
 * @param recordedTwice - another recording of the same calendar event has its place
 */
export async function planMeeting(reader: CrmReader, input: PlanInput, recordedTwice: boolean): Promise<MeetingPlan> {
  if (recordedTwice && input.settings.oneRecordingPerMeeting)
    return { skip: { code: 'recorded_twice' }, links: [], toCreate: [], leftOut: [] };
  const { skip, roots, toCreate, leftOut } = await planParticipants(reader, input);
  if (skip !== null) return { skip, links: [], toCreate, leftOut };
  const plan = await planLinks(reader, input, roots);
  return { skip, links: plan.links, toCreate, leftOut: [...leftOut, ...plan.leftOut] };
}
