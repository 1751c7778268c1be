import type { EngagementRow } from '../../store/engagements/ledger';

/** An activity that HubSpot has, as far as decisions look at it. A null `contentHash`: its content must be written again. */
export interface ExistingActivity {
  readonly row: Pick<EngagementRow, 'joined' | 'deleted_at' | 'removing'>;
  readonly contentHash: string | null;
}

/** What a pass does with one activity. */
export type WriteAction<Existing, Content> =
  | { readonly do: 'createOrJoin' }
  | { readonly do: 'update'; readonly existing: Existing; readonly content: Content }
  | { readonly do: 'updateJoined'; readonly existing: Existing }
  | { readonly do: 'remove'; readonly existing: Existing }
  /** A person deleted it in HubSpot. */
  | { readonly do: 'leaveDeleted' };

/**
 * Decides what to do with one activity.
 *
 * @param existing - null if HubSpot certainly has none
 * @param content - the content that is due for an existing activity; null if the meeting no longer has any
 * @param rewrite - whether the activities were requested again although nothing changed here
 */
export function decideWrite<Existing extends ExistingActivity, Content>(
  existing: Existing | null,
  content: Content | null,
  rewrite: boolean,
): WriteAction<Existing, Content> {
  if (existing === null) return { do: 'createOrJoin' };
  if (content === null) return { do: 'remove', existing };
  const isDeletedByPerson = existing.row.deleted_at !== null && !existing.row.removing;
  if (isDeletedByPerson && !rewrite) return { do: 'leaveDeleted' };
  return existing.row.joined ? { do: 'updateJoined', existing } : { do: 'update', existing, content };
}

/**
 * Decides whether an existing activity is written again, and what the write is then called.
 *
 * @param contentHash - hash of the content that is due
 */
export function decideUpdate(
  existing: ExistingActivity,
  contentHash: string,
  rewrite: boolean,
): 'unchanged' | 'adopted' | 'updated' {
  // A removal of ours began and did not end, so HubSpot may have it or not.
  if (existing.contentHash === contentHash && !rewrite && !existing.row.removing) return 'unchanged';
  return existing.contentHash === null ? 'adopted' : 'updated';
}

/** Decides what follows when an update finds that a person deleted the activity, or our part in a calendar meeting. */
export function decideAfterDeletion(
  { row, contentHash }: ExistingActivity,
  rewrite: boolean,
): 'recreate' | 'markDeleted' {
  // We removed it ourselves, and the meeting has content for it again.
  if (row.removing) return 'recreate';
  // A calendar meeting that never contained our part was deleted for a reason that does not concern the summary.
  return rewrite || (row.joined && contentHash === null) ? 'recreate' : 'markDeleted';
}

/**
 * Whether our part was in the calendar meeting before, so that a person who removed it did so on purpose. A requested
 * rewrite writes it all the same.
 */
export function wasWrittenBefore({ row, contentHash }: ExistingActivity, rewrite: boolean): boolean {
  return contentHash !== null && !rewrite && !row.removing;
}
