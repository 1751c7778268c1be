import type { Choice } from '../meeting/linking/choices';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import type { Settings } from '../meeting/settings';
import type { Db } from '../store/database';
import type { StoredLink } from '../store/meetings/links';
import type { MeetingKey } from '../store/meetings/key';
import type { MeetingRow } from '../store/meetings/meetings';
import { findPlanRows } from '../store/plan-rows';

/** All inputs of a plan except HubSpot itself. */
export interface PlanInput {
  readonly meeting: ProcessedMeeting;
  readonly row: Pick<
    MeetingRow,
    | 'body_hash'
    | 'link_basis'
    | 'started_at'
    | 'accepted_at'
    | 'posted_at'
    | 'rewrite'
    | 'unmatched'
    | 'intake_warnings'
    | 'pass_warnings'
    | 'person_erased'
  >;
  readonly settings: Settings;
  /** Addresses of the participants whose contacts a person requested. */
  readonly requestedContacts: ReadonlySet<string>;
  /** In chronological order. */
  readonly choices: readonly Choice[];
  /** The links of the previous pass. */
  readonly stored: readonly StoredLink[];
  readonly now: number;
}

/**
 * Reads a plan's inputs from the database.
 *
 * @param settings - `@default` the workspace's settings
 * @returns null when the meeting does not exist, or its content was deleted
 */
export async function loadPlanInput(
  db: Db,
  key: MeetingKey,
  portalId: number,
  settings?: Settings,
): Promise<PlanInput | null> {
  const found = await findPlanRows(db, key, portalId);
  if (found === null || found.row.body === null) return null;
  return {
    meeting: found.row.body,
    row: found.row,
    settings: settings ?? found.settings,
    requestedContacts: new Set(found.requestedContacts),
    choices: found.choices,
    stored: found.links,
    now: Date.now(),
  };
}
